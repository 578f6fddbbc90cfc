"""Which days have something that is due by now? Reads the ledger and asks nobody."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from recordings_pipeline.core.days import ONE_DAY, Day
from recordings_pipeline.core.late import LATE_DAYS, Due, day_clocks, last_of_each
from recordings_pipeline.core.place import Where
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger_place import has_ledger, open_ledger


@dataclass(frozen=True, slots=True)
class LateDays:
    """Days with something that is due.

    Attributes:
        due: Those nobody works on, oldest first.
        busy: Those somebody works on, who may be about to do it.
    """

    due: dict[Day, Due] = field(default_factory=dict)
    busy: tuple[Day, ...] = ()


def late_days(data: Where, now: datetime) -> LateDays:
    """Return which of the last days are worth a run now; the day still running is none."""
    home = Home(data)
    if not has_ledger(home):
        return LateDays()
    today = now.astimezone(UTC).date()
    first = today - LATE_DAYS * ONE_DAY
    with home.storing(), open_ledger(home) as ledger:
        standings = ledger.days.standings(first, today - ONE_DAY)
        days = day_clocks(standings, ledger.clocks.lacking(first), now)
        found = last_of_each([*ledger.clocks.struck(first, now), *days])
    over = {day: due for day, due in found.items() if day.end <= now}
    busy = tuple(day for day in over if home.is_locked(str(day)))
    return LateDays({day: due for day, due in over.items() if day not in busy}, busy)
