"""Erases the days that were kept long enough; legal holds beat the rule."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.erasing import Erasure, Fate, Order
from recordings_pipeline.core.retention import first_day_kept, rule
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.erasing import erase, resume, survey


@dataclass(frozen=True, slots=True)
class Retained:
    """What went, or would go, of one day, and what stays.

    Attributes:
        conversation_count: Conversations that go.
        held: How many stay as they are to, by hold.
        left: How many were to go and are still there, by reason.
    """

    day: Day
    conversation_count: int
    recording_count: int
    file_count: int
    size_bytes: int
    held: dict[str, int]
    left: dict[str, int]

    @property
    def stays(self) -> dict[str, int]:
        """How many stay, by reason."""
        return {**self.held, **self.left}


def plan(archive: Archive, days: int) -> Iterator[Retained]:
    """Say what the rule would take, day by day; nothing is touched."""
    yield from _by_day(archive, days, lambda ids: survey(archive, ids))


def retain(archive: Archive, days: int, by: str) -> Iterator[Retained]:
    """Erase what the rule takes, day by day; killed anywhere, the next one goes on.

    A day that is being exported stays for another time.
    """
    order = Order("", by, why=rule(days))
    list(resume(archive))
    yield from _by_day(archive, days, lambda ids: erase(archive, ids, order))


def _by_day(
    archive: Archive, days: int, take: Callable[[list[str]], Iterable[Erasure]]
) -> Iterator[Retained]:
    before = first_day_kept(archive.clock(), days)
    for day, ids in archive.ledger.erasures.conversations_before(before).items():
        found = list(take(ids))
        gone = [one for one in found if one.fate is Fate.ERASED]
        yield Retained(
            day,
            len(gone),
            sum(one.recording_count for one in gone),
            sum(one.file_count for one in gone),
            sum(one.size_bytes for one in gone),
            _by_reason(one for one in found if one.fate is Fate.HELD),
            _by_reason(one for one in found if one.fate not in {Fate.ERASED, Fate.HELD}),
        )


def _by_reason(found: Iterable[Erasure]) -> dict[str, int]:
    return dict(Counter(one.reason for one in found))
