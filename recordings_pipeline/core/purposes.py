"""What the platform calls participants, and what that makes of them: the one list of each kind."""

CUSTOMERS = frozenset({"customer", "external"})
AGENTS = frozenset({"agent", "internal", "user"})
# What they say is neither an agent's talk nor a customer's.
MACHINES = frozenset(
    {"acd", "botflow", "dialer", "ivr", "voicemail", "voicesurveyflow", "workflow"}
)
# On the line, or in the record, without a voice of their own: a queue, a dialer, a phone. Where a
# transcript has words of one all the same, they are a machine's.
SILENT = frozenset(
    {
        "acd", "api", "campaign", "dialer", "fax", "group", "inbound", "manual", "outbound",
        "station", "unknown", "workflow",
    }
)  # fmt: skip
SIDES = {
    **dict.fromkeys(AGENTS | MACHINES | {"fax"}, "internal"),
    **dict.fromkeys(CUSTOMERS, "external"),
}
