"""Recordings that the source archives or deletes soon, and that we do not have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from recordings_pipeline.core.model import Outcome, Retained, Verdict
from recordings_pipeline.core.standings import Standing

ARCHIVED, DELETED = "archived", "deleted"
# Ours already, or not to be had: excluded by a setting, gone, or erased on request.
_NOT_WANTED = frozenset({Outcome.EXPORTED, Outcome.EXCLUDED, Outcome.MISSING, Outcome.ERASED})
_UNKNOWN = "its day was never indexed: export it"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rescue:
    """A recording to fetch before the source moves or deletes it.

    Attributes:
        ending: ``archived`` or ``deleted``, whichever comes first.
        ending_time: When.
        days_left: Whole days until then; 0 on the last one.
        outcome: How it stands in the ledger; None where the ledger does not know it.
        reason: Why it was not exported, for a person.
    """

    recording_id: str
    conversation_id: str
    ending: str
    ending_time: datetime
    days_left: int
    outcome: Outcome | None
    reason: str

    def row(self) -> dict[str, Any]:
        """Return its row of the table."""
        return {
            "recording_id": self.recording_id,
            "conversation_id": self.conversation_id,
            "ending": self.ending,
            "ending_time": self.ending_time,
            "days_left": self.days_left,
            "outcome": None if self.outcome is None else str(self.outcome),
            "reason": self.reason,
        }


def is_wanted(verdict: Verdict) -> bool:
    """Say whether a recording is one that we could still fetch."""
    return verdict.outcome not in _NOT_WANTED


def rescue_list(
    standings: Mapping[str, Standing], retained: Iterable[Retained], now: datetime, days: int
) -> list[Rescue]:
    """Return what is to be fetched soon, each recording once, the most urgent first.

    Args:
        standings: What the ledger knows, by recording: of what it wants, and of what the source
            retains.
        retained: What the source's retention query says; its dates are newer than the ledger's.
        now: Now.
        days: How far to look ahead.
    """
    told = {
        id_: Retained(
            id_, found.conversation_id, None, found.row["archive_time"], found.row["delete_time"]
        )
        for id_, found in standings.items()
    }
    told |= {found.recording_id: found for found in retained}
    found = [_rescue(item, standings.get(id_), now, days) for id_, item in told.items()]
    return sorted(filter(None, found), key=lambda rescue: (rescue.ending_time, rescue.recording_id))


def _rescue(
    retained: Retained, standing: Standing | None, now: datetime, days: int
) -> Rescue | None:
    if standing is not None and not is_wanted(standing.verdict):
        return None
    # What is in the archive already stays there until it is deleted.
    endings = [(DELETED, retained.delete_time), (ARCHIVED, retained.archive_time)]
    coming = [(time, name) for name, time in endings if time is not None and time >= now]
    if not coming or min(coming)[0] > now + days * _DAY:
        return None
    time, name = min(coming)
    outcome = None if standing is None else standing.verdict.outcome
    reason = _UNKNOWN if standing is None else standing.verdict.reason or _why(outcome)
    return Rescue(
        recording_id=retained.recording_id,
        conversation_id=retained.conversation_id,
        ending=name,
        ending_time=time,
        days_left=(time - now) // _DAY,
        outcome=outcome,
        reason=reason,
    )


def _why(outcome: Outcome | None) -> str:
    return "nobody has tried to fetch it" if outcome is Outcome.DISCOVERED else str(outcome)
