"""What can be known to go wrong before anything moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings_pipeline.core import costs
from recordings_pipeline.core.allowance import DEFAULT_PER_MINUTE
from recordings_pipeline.core.containers import SUPPORTED_CODECS

# Two channels of 8 kHz mu-law, the common original: 16,000 bytes a second of conversation.
BYTES_PER_CONVERSATION_S = 16_000
BYTES_PER_GB = 1_000_000_000
# A batch of 100 files needs its URLs for the time its downloads take; five minutes are ample.
SHORT_LIFETIME_S = 300
_MINUTES_WORTH_A_WARNING = 60


class Level(StrEnum):
    """How bad a finding is: only a failure stops the export."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the preflight: what was checked, what was found, what to do."""

    check: str
    level: Level
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What is about to be written, and where.

    Attributes:
        predicted_bytes: What is still to be fetched of the day.
        held_bytes: What the data directory holds of the day already.
        free_bytes: Free space where the data directory lies.
        used_bytes: What the data directory holds of all days.
        quota_bytes: Most it may hold; None for no limit.
        reserve_bytes: Free space that is never used.
    """

    predicted_bytes: int
    held_bytes: int
    free_bytes: int
    used_bytes: int
    quota_bytes: int | None
    reserve_bytes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a day is about to ask of both sides.

    Attributes:
        missing_permissions: What the platform says is missing, by what it is needed for.
        conversation_count: Recorded conversations of the day, as the source counts them.
        done_count: Those of which an earlier run left nothing to fetch.
        held_bytes: What the data directory holds of the day already.
        mean_conversation_s: Their mean length in seconds, from a sample.
        codecs: Lower-case codec names the sample announced.
        free_bytes: Free space where the data directory lies.
        used_bytes: What the data directory holds already.
        quota_bytes: Most it may hold; None for no limit.
        calls_per_minute: The client's allowance; None when the platform does not say.
        url_lifetime_s: How long a signed URL lives.
        metadata: ``always`` or ``when_needed``.
        reserve_bytes: Free space that is never used.
        ledger: Which database the ledger is.
        ledger_risk: What could lose what is committed to it; empty for nothing.
    """

    organization: str
    missing_permissions: Mapping[str, str]
    conversation_count: int
    done_count: int
    held_bytes: int
    mean_conversation_s: float
    codecs: frozenset[str]
    free_bytes: int
    used_bytes: int
    quota_bytes: int | None
    calls_per_minute: int | None
    url_lifetime_s: int
    reserve_bytes: int
    metadata: str = "when_needed"
    ledger: str = "SQLite"
    ledger_risk: str = ""

    @property
    def room(self) -> Room:
        """What is still to come, against what there is room for."""
        return Room(
            predicted_bytes=round(self._left_s * BYTES_PER_CONVERSATION_S),
            held_bytes=self.held_bytes,
            free_bytes=self.free_bytes,
            used_bytes=self.used_bytes,
            quota_bytes=self.quota_bytes,
            reserve_bytes=self.reserve_bytes,
        )

    @property
    def _left_s(self) -> float:
        # Counted in conversations: what is held says little about the rest when it is compressed.
        return max(self.conversation_count - self.done_count, 0) * self.mean_conversation_s

    @property
    def predicted_calls(self) -> int:
        """What one run of a new day takes, one recording a conversation; `plan` knows better."""
        count = self.conversation_count
        per_minute = self.calls_per_minute or DEFAULT_PER_MINUTE
        load = costs.Load(
            is_settled=False,
            is_first=True,
            is_old_enough=True,
            by_job=False,
            conversation_count=count,
            asked_count=count,
            fetched_count=count,
            transcript_count=count,
            metadata=self.metadata,
            odd_share=costs.ODD_SHARE,
            calls_while_urls_live=per_minute * self.url_lifetime_s // 60,
        )
        return sum(costs.calls_by_kind(load).values())


def findings(facts: Facts) -> list[Finding]:
    """Judge the facts, in the order a person would check them."""
    return [
        Finding("credentials", Level.OK, f"organization {facts.organization}"),
        *_permissions(facts),
        _ledger(facts),
        *room_findings(facts.room),
        _allowance(facts),
        _lifetime(facts),
        _codecs(facts),
    ]


def predicted_bytes(spans: Iterable[tuple[datetime | None, datetime | None]]) -> int:
    """Predict the size of recordings by start and end of their conversations.

    A span without a start or an end counts nothing: an open conversation is fetched another day.
    """
    known = ((end - start).total_seconds() for start, end in spans if start and end)
    return round(sum(known) * BYTES_PER_CONVERSATION_S)


def room_findings(room: Room) -> list[Finding]:
    """Judge space and quota; what moves nothing needs no room."""
    return [_space(room), _quota(room)]


def failures(found: list[Finding]) -> tuple[str, ...]:
    """Return one sentence per failed check; empty when the export may start."""
    return tuple(
        f"{finding.check}: {finding.found}; {finding.remedy}"
        for finding in found
        if finding.level is Level.FAILURE
    )


def _permissions(facts: Facts) -> list[Finding]:
    if not facts.missing_permissions:
        return [Finding("permissions", Level.OK, "conversations, recordings and transcripts")]
    remedy = "grant it to a role of the OAuth client, in every division"
    return [
        Finding(f"permission for {what}", Level.FAILURE, f"missing: {needed}", remedy)
        for what, needed in facts.missing_permissions.items()
    ]


def _ledger(facts: Facts) -> Finding:
    if facts.ledger_risk:
        remedy = "a power cut may lose what was committed: change the server's setting"
        return Finding("ledger", Level.WARNING, f"{facts.ledger}: {facts.ledger_risk}", remedy)
    return Finding("ledger", Level.OK, facts.ledger)


def _space(room: Room) -> Finding:
    needed = room.predicted_bytes + room.reserve_bytes
    predicted = f"{_gb(room.predicted_bytes)} to come, {_gb(room.held_bytes)} of the day held"
    found = f"{_gb(room.free_bytes)} free, {predicted}"
    if room.predicted_bytes and room.free_bytes < needed:
        remedy = f"free {_gb(needed - room.free_bytes)} or set RECORDINGS_DATA to a larger disk"
        return Finding("free space", Level.FAILURE, found, remedy)
    return Finding("free space", Level.OK, found)


def _quota(room: Room) -> Finding:
    if room.quota_bytes is None:
        return Finding("quota", Level.OK, f"none set; {_gb(room.used_bytes)} used")
    found = f"{_gb(room.used_bytes)} of {_gb(room.quota_bytes)} used"
    if room.predicted_bytes and room.used_bytes + room.predicted_bytes > room.quota_bytes:
        return Finding(
            "quota", Level.FAILURE, found, "raise RECORDINGS_QUOTA_GB or move older days away"
        )
    return Finding("quota", Level.OK, found)


def _allowance(facts: Facts) -> Finding:
    per_minute = facts.calls_per_minute or DEFAULT_PER_MINUTE
    minutes = facts.predicted_calls / per_minute
    found = f"about {facts.predicted_calls} calls, {per_minute} a minute: {minutes:.1f} min"
    if minutes > _MINUTES_WORTH_A_WARNING:
        return Finding(
            "API allowance", Level.WARNING, found, "expect a long run, or ask the vendor for more"
        )
    return Finding("API allowance", Level.OK, found)


def _lifetime(facts: Facts) -> Finding:
    found = f"{facts.url_lifetime_s // 60} min"
    if facts.url_lifetime_s < SHORT_LIFETIME_S:
        remedy = "raise the batch download URL lifetime in the recording settings (up to 60 min)"
        return Finding("URL lifetime", Level.WARNING, found, remedy)
    return Finding("URL lifetime", Level.OK, found)


def _codecs(facts: Facts) -> Finding:
    strange = sorted(facts.codecs - SUPPORTED_CODECS)
    if strange:
        return Finding(
            "codecs",
            Level.WARNING,
            f"unknown: {', '.join(strange)}",
            "files in an unknown container are quarantined, not lost",
        )
    return Finding("codecs", Level.OK, ", ".join(sorted(facts.codecs)) or "none announced")


def _gb(count: int) -> str:
    return f"{count / BYTES_PER_GB:.2f} GB"
