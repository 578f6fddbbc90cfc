"""I5, I6 and I13: what a day says of itself."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.invariants.violation import Violation
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.verification import export_command

# Words that say it all, and those that say why the recording is there.
_NEEDS_NO_REASON = frozenset({Outcome.EXPORTED, Outcome.DISCOVERED})


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A published table next to the ledger.

    Attributes:
        problem: Why it cannot be read; empty when it can.
        lacking: Recordings whose rows it lacks, or has otherwise.
        strange: Recordings it has, and the ledger has not.
    """

    day: Day
    path: str
    problem: str = ""
    lacking: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def tables_are_whole(found: Iterable[TableFacts]) -> Iterator[Violation]:
    """I5: a published table can be read, and has the ledger's rows, all of them and no other."""
    for table in found:
        if table.problem:
            yield _of_table(table, f"it cannot be read: {table.problem}", "rebuild it: rebuild")
        for ids, text in ((table.lacking, "lacks"), (table.strange, "has, unlike the ledger,")):
            if ids:
                some = ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"
                yield _of_table(table, f"it {text} the rows of {some}", export_command(table.day))


def _of_table(table: TableFacts, cause: str, next_step: str) -> Violation:
    return Violation("I5", table.path, cause, next_step)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recording of a day, as far as its future goes."""

    day: Day
    recording_id: str
    outcome: str
    reason: str
    retry_time: datetime | None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it has neither an end nor a time to come."""
        if Outcome(self.outcome).is_final:
            return False
        return self.retry_time is None or self.retry_time <= now


def nothing_is_lost(
    listed: Collection[str], found: Iterable[Waiting], now: datetime
) -> Iterator[Violation]:
    """I6: whatever the source listed is known, and has an end or a time to come.

    Args:
        listed: Ids that the source listed.
        found: What the ledger knows.
        now: What is due by then is overdue.
    """
    known = set()
    for one in found:
        known.add(one.recording_id)
        if one.is_overdue(now):
            cause = f"{one.outcome}, and nobody fetched it"
            if one.retry_time is not None:
                cause = f"{one.outcome}, and due since {one.retry_time:%Y-%m-%d %H:%M} UTC"
            thing = f"recording {one.recording_id}"
            yield Violation("I6", thing, cause, export_command(one.day))
    for id_ in sorted(set(listed) - known):
        step = "keep the directory as it is: the ledger was replaced or restored"
        yield Violation("I6", f"recording {id_}", "listed once, and not in the ledger", step)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a run, or a day, says of itself.

    Attributes:
        thing: Who says it, such as ``day 2026-01-31`` or ``exit code 0``.
        is_success: Whether it claims that all is well.
        overdue_count: Recordings without an end and without a time to come.
    """

    thing: str
    is_success: bool
    overdue_count: int


def ends_are_honest(claims: Iterable[Claim], found: Iterable[Waiting]) -> Iterator[Violation]:
    """I13: success is not claimed over open ends, and whatever has no file says why."""
    for claim in claims:
        if claim.is_success and claim.overdue_count:
            cause = f"it claims success, and {claim.overdue_count} recordings are overdue"
            yield Violation("I13", claim.thing, cause, "trust the ledger: export the day again")
    for one in found:
        if not one.reason and Outcome(one.outcome) not in _NEEDS_NO_REASON:
            thing = f"recording {one.recording_id}"
            cause = f"{one.outcome} without a reason"
            yield Violation("I13", thing, cause, "report it with the output of this command")
