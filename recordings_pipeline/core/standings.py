"""How recordings and transcripts stand, as the ledger remembers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, TranscriptState, Verdict
from recordings_pipeline.core.pauses import Pause
from recordings_pipeline.core.rows import row_from_text
from recordings_pipeline.core.schemas import RECORDING_INDEX

if TYPE_CHECKING:  # its structs take a tenth of what loading Dagster takes
    from recordings_pipeline.core.speech import Stretch

# The reason of a day that somebody planned, and nobody exported.
NOT_EXPORTED = "not exported yet"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one recording stands.

    Attributes:
        retry_time: When it is worth trying again; None when final or due now.
        row: Its row of the recording index.
    """

    recording_id: str
    conversation_id: str
    communication_id: str | None
    verdict: Verdict
    retry_time: datetime | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DueRecording:
    """A recording that may be fetched.

    Attributes:
        batch_id: The batch request of the index that named it; None when metadata did.
    """

    recording_id: str
    batch_id: str | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a recording stands from now on, with its files, or none."""

    recording_id: str
    verdict: Verdict
    retry_time: datetime | None = None
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One recording as the source listed it: its row of the index, and how it stands now."""

    row: Mapping[str, Any]
    verdict: Verdict
    retry_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedConversation:
    """What the source listed of one conversation.

    Attributes:
        ended: None while it is open.
        batch_id: The batch request that named its recordings; None when metadata did.
        unlisted_ids: Communications that say they were recorded, without a recording.
        stretches: What everybody did on its voice legs, as `core.stretches` writes it.
    """

    conversation_id: str
    ended: datetime | None
    batch_id: str | None
    unlisted_ids: tuple[str, ...]
    recordings: tuple[Listed, ...]
    stretches: str = ""


@dataclass(frozen=True, slots=True)
class KnownConversation:
    """What the ledger remembers of one conversation.

    Attributes:
        asked: When the source was last asked which recordings it has.
    """

    conversation_id: str
    asked: datetime
    ended: datetime | None
    batch_id: str | None
    unlisted_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """How a conversation that has recordings went.

    Attributes:
        end: None while it is open.
        stretches: What everybody did on its voice legs.
    """

    conversation_id: str
    start: datetime
    end: datetime | None
    stretches: tuple["Stretch", ...]


@dataclass(frozen=True, slots=True)
class DayStanding:
    """How a day stands.

    Attributes:
        reasons: Why it is not settled, a sentence each.
        planned_calls: API calls the planner predicted; None when nobody asked it.
        spent_calls: API calls it took so far, over all runs.
    """

    day: Day
    indexed_time: datetime
    is_settled: bool
    reasons: tuple[str, ...]
    conversation_count: int
    open_count: int
    planned_recordings: int | None = None
    planned_calls: int | None = None
    planned_bytes: int | None = None
    spent_calls: int = 0

    @property
    def was_indexed(self) -> bool:
        """Whether the source was ever asked about it; a plan alone asks for its size only."""
        return self.reasons != (NOT_EXPORTED,)


@dataclass(frozen=True, slots=True)
class TranscriptStanding:
    """How the transcript of one communication stands, and when the source was asked.

    Attributes:
        retry_time: When it is worth asking again; None for any time, and for what is final.
        recording_ids: The recordings whose transcript file was fetched.
        failures: How often it has failed in a row.
    """

    communication_id: str
    conversation_id: str
    state: TranscriptState
    asked_time: datetime
    retry_time: datetime | None = None
    recording_ids: tuple[str, ...] = ()
    failures: int = 0


@dataclass(frozen=True, slots=True)
class ToldRecording:
    """A recording of which a transcript file was kept, or pauses are told, or both."""

    conversation_id: str
    recording_id: str
    communication_id: str
    is_kept: bool
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenRecording:
    """A recording of voice, which may have a transcript.

    Attributes:
        ended: When its conversation ended; None while it is open.
        came: When the last of its files was published; None before that.
    """

    communication_id: str
    conversation_id: str
    recording_id: str
    is_deferred: bool
    ended: datetime | None
    came: datetime | None


def verdict_from(row: Mapping[str, Any]) -> Verdict:
    """Read outcome and reason out of a row of the ledger."""
    return Verdict(Outcome(row["outcome"]), row["reason"])


def standing_from(row: Mapping[str, Any]) -> Standing:
    """Read a row of the ledger."""
    return Standing(
        recording_id=row["recording_id"],
        conversation_id=row["conversation_id"],
        communication_id=row["communication_id"],
        verdict=verdict_from(row),
        retry_time=row["retry_time"],
        row=row_from_text(RECORDING_INDEX, row["row"]),
    )
