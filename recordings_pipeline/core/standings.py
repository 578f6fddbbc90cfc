"""How recordings and transcripts stand, as the ledger remembers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recordings_pipeline.core.model import Outcome, TranscriptState, Verdict
from recordings_pipeline.core.rows import row_from_text
from recordings_pipeline.core.schemas import RECORDING_INDEX


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
class Listed:
    """One recording as the source listed it: its row of the index, and how it stands now."""

    row: Mapping[str, Any]
    verdict: Verdict
    retry_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class TranscriptStanding:
    """How the transcript of one communication stands, and when the source was asked."""

    communication_id: str
    conversation_id: str
    state: TranscriptState
    asked_time: datetime


def standing_from(row: Mapping[str, Any]) -> Standing:
    """Read a row of the ledger."""
    return Standing(
        recording_id=row["recording_id"],
        conversation_id=row["conversation_id"],
        communication_id=row["communication_id"],
        verdict=Verdict(Outcome(row["outcome"]), row["reason"]),
        retry_time=row["retry_time"],
        row=row_from_text(RECORDING_INDEX, row["row"]),
    )
