"""Asks both sides, before anything moves, whether the day can be exported."""

from collections.abc import Callable, Collection

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import NotFound, PermissionMissing, PreflightFailed
from recordings_pipeline.core.model import Conversation
from recordings_pipeline.core.preflight import (
    Facts,
    Finding,
    Room,
    failures,
    findings,
    predicted_bytes,
    room_findings,
)
from recordings_pipeline.genesys import analytics
from recordings_pipeline.stages.export import Export

# No object has this id, so a question about it costs nothing and still shows the permission.
_NOBODY = "00000000-0000-4000-8000-000000000000"


def check_day(export: Export, day: Day) -> list[Finding]:
    """Return every finding about a day, good and bad; costs six API calls.

    Raises:
        LoginRefused: The credentials are wrong.
        ConfigurationError: The data directory belongs to another organization.
    """
    return findings(_facts(export, day))


def require_day(export: Export, day: Day) -> int:
    """Return how many recorded conversations a day has, or refuse to begin.

    Raises:
        PreflightFailed: A check failed; the message says which, and what to do.
    """
    facts = _facts(export, day)
    problems = failures(findings(facts))
    text = (
        f"{facts.used_bytes} bytes used, {facts.free_bytes} free, quota {facts.quota_bytes}, "
        f"{facts.calls_per_minute} calls a minute"
    )
    export.ledger.events.checked(day, export.now(), text, is_passed=not problems)
    if problems:
        raise PreflightFailed(problems)
    return facts.conversation_count


def require_room(export: Export, day: Day, without: Collection[str]) -> None:
    """Refuse to fetch what there is no space or quota for; asks the platform nothing.

    Args:
        export: The export at work.
        day: The day of which recordings are to come.
        without: Recordings that are not to come.

    Raises:
        PreflightFailed: The message says what to free or to raise.
    """
    spans = export.ledger.recordings.spans_to_come(day, without)
    room = Room(
        predicted_bytes=predicted_bytes(spans),
        held_bytes=export.ledger.totals.size(day),
        free_bytes=export.home.free_bytes(),
        used_bytes=export.home.used_bytes(),
        quota_bytes=export.quota_bytes,
        reserve_bytes=export.engine.reserve_bytes,
    )
    problems = failures(room_findings(room))
    if problems:
        raise PreflightFailed(problems)


def _facts(export: Export, day: Day) -> Facts:
    organization = export.bind_organization()
    ledger, risk = export.ledger.kind()
    missing: dict[str, str] = {}
    sample: list[Conversation] = []
    total = 0
    try:
        sample, total = analytics.recorded_page(export.client, day)
    except PermissionMissing as error:
        missing["conversations"] = error.needed
    missing |= _denied("recordings", lambda: export.client.recordings(_NOBODY))
    missing |= _denied("transcripts", lambda: export.client.transcript_links(_NOBODY, _NOBODY))
    return Facts(
        organization=organization,
        missing_permissions=missing,
        conversation_count=total,
        done_count=export.ledger.totals.done_count(day),
        held_bytes=export.ledger.totals.size(day),
        mean_conversation_s=_mean_s(sample),
        codecs=frozenset(codec for conversation in sample for codec in conversation.codecs),
        free_bytes=export.home.free_bytes(),
        used_bytes=export.home.used_bytes(),
        quota_bytes=export.quota_bytes,
        reserve_bytes=export.engine.reserve_bytes,
        calls_per_minute=export.client.calls_per_minute(),
        url_lifetime_s=round(export.url_lifetime_s(asks_anew=True)),
        metadata=export.metadata,
        ledger=ledger,
        ledger_risk=risk,
    )


def _denied(what: str, ask: Callable[[], object]) -> dict[str, str]:
    try:
        ask()
    except NotFound:
        return {}
    except PermissionMissing as error:
        return {what: error.needed}
    return {}


def _mean_s(sample: list[Conversation]) -> float:
    lengths = [(c.end - c.start).total_seconds() for c in sample if c.end is not None]
    return sum(lengths) / len(lengths) if lengths else 0.0
