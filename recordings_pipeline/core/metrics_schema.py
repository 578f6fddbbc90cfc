"""What the columns of the conversations' metrics mean, and whose definition each follows."""

from recordings_pipeline.core.columns import CONVERSATION, Column, Schema, Type, plain


def _per_side(name: str, type_: Type, description: str) -> tuple[Column, ...]:
    """Return a column for the agents' side and one for the customer's."""
    return tuple(
        plain(f"{side}_{name}", type_, description.format(side=f"the {side}'s side"))
        for side in ("agent", "customer")
    )


def _monologues() -> tuple[Column, ...]:
    said = (
        "Longest speech of the {side}'s side: pauses up to 1.5 s and the other's bursts up to 1 s "
        "do not end it, a hold does (Gong's longestMonologue)"
    )
    return tuple(
        plain(f"longest_{side}_monologue_ms", "int64", said.format(side=side))
        for side in ("agent", "customer")
    )


CONVERSATION_METRICS = Schema(
    "conversation_metrics",
    "One row per indexed conversation; null where a value is unknown or has no meaning.",
    (
        CONVERSATION,
        plain(
            "source",
            "string",
            "transcript, or audio where nothing was transcribed; null without either",
            is_repeated=True,
        ),
        plain("is_transcribed", "bool", "Whether a transcript is the source", nullable=False),
        plain("turn_count", "int64", "Turns of the recordings that count: each word is in one"),
        plain("duration_ms", "int64", "Start to end of the conversation; null while it is open"),
        plain("hold_ms", "int64", "Time in which an agent held and no other talked (segments)"),
        *_per_side("talk_ms", "int64", "Speech of {side}, without holds (Amazon's TalkTime)"),
        plain("ivr_talk_ms", "int64", "Speech of machines: IVR, voicemail, bots"),
        plain("agent_talk_ratio", "float64", "Agent over agent and customer, 0 to 1 (Gong)"),
        *_per_side("talk_percent", "float64", "Speech of {side} in % of the duration (Genesys)"),
        plain("overtalk_ms", "int64", "Both sides at once, for 300 ms or more each (Genesys)"),
        plain("overtalk_count", "int64", "How often that was (Genesys overtalkCount)"),
        plain("overtalk_percent", "float64", "overtalk_ms in % of the duration (Genesys)"),
        plain(
            "silence_ms",
            "int64",
            "Nobody speaks for 3 s or more (Amazon's NonTalkTime), from the first to the last word "
            "of agent and customer, without holds, queues and the pauses of pause_ms",
        ),
        plain("silence_count", "int64", "How often that was"),
        plain("silence_percent", "float64", "silence_ms in % of the duration"),
        *_monologues(),
        *_per_side(
            "interruption_count",
            "int64",
            "How often {side} came in when the other had talked for 500 ms and went on for 300 ms "
            "more, then stopped first (Amazon's Interruptions); a hint where the source is audio",
        ),
        *_per_side(
            "backchannel_count", "int64", "Bursts of {side} up to 1 s within the other's speech"
        ),
        *_per_side(
            "response_ms",
            "int64",
            "Median gap before {side} takes the floor; overlaps, silences and waits are no gap "
            "(Gong's patience)",
        ),
        *_per_side("word_count", "int64", "Words of {side}, without holds; null for audio"),
        *_per_side(
            "words_per_minute",
            "float64",
            "Words of {side} a minute of its talk (Amazon's TalkSpeed); null for audio",
        ),
        plain("first_agent_speech_ms", "int64", "Conversation's start to the agent's first word"),
        plain(
            "speaker_switches_per_minute",
            "float64",
            "Changes of the floor a minute between first and last word, without waits (Gong's "
            "interactivity)",
        ),
        *_per_side("sentiment", "float64", "Mean of the source's sentiments of {side}, -1 to 1"),
        plain(
            "pause_ms",
            "int64",
            "Pauses and secure pauses that transcript or metadata tell; null where neither tells "
            "of any: one may be counted as a silence then (RECORDINGS_METADATA=always tells more)",
        ),
    ),
    keys=("conversation_id",),
)
