"""Do days settle in time? Decided from how they stand, without a look at anything else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from recordings_pipeline.core.days import ONE_DAY, Day
from recordings_pipeline.core.standings import DayStanding

# The daily run is over within a day of a day's end, whatever its hour; six hours more are patience.
EXPORT_LIMIT = timedelta(hours=54)
# The look that settles a day comes 49 to 72 hours after its end.
SETTLE_LIMIT = timedelta(days=4)
# By then nobody has looked for days, and what the source keeps for so long is at risk.
ALARM_LIMIT = timedelta(days=7)
# Older days are history: who exported some of them once need not have wanted those between.
LOOKED_AT = 30 * ONE_DAY
_MOST_NAMED = 10
_NEXT = (
    "see why the last runs of every_day and look_back failed, and whether both schedules are on; "
    "then run the job recheck_days, or recordings-pipeline export --look-back"
)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the archive follows the present.

    Attributes:
        newest: The last day that was exported; None for none.
        newest_settled: The last that is settled.
        late: Days that should be settled by now and are not, with why, oldest first.
        is_alarming: Whether no day has settled for a week.
        is_behind: Whether the last daily run is missing.
    """

    newest: Day | None
    newest_settled: Day | None
    late: tuple[tuple[Day, str], ...]
    is_alarming: bool
    is_behind: bool

    @property
    def is_fresh(self) -> bool:
        return not self.late and not self.is_behind

    @property
    def text(self) -> str:
        """Say how it is, and what to do."""
        if self.newest is None:
            return "nothing was exported yet: switch the schedules every_day and look_back on"
        settled = f"last settled day: {self.newest_settled or 'none'}"
        known = f"{settled}, last exported day: {self.newest}"
        if self.is_fresh:
            return known
        named = [f"{day} ({why})" for day, why in self.late[:_MOST_NAMED]]
        more = len(self.late) - len(named)
        named += [f"{more} more"] if more > 0 else []
        late = f"late: {', '.join(named)} | " if named else ""
        return f"{known} | {late}{_NEXT}"


def freshness(now: datetime, standings: Iterable[DayStanding]) -> Freshness:
    """Judge the days of the last month; nothing before the first of them was ever wanted."""
    first = (now.astimezone(UTC) - LOOKED_AT).date()
    known = sorted(
        (one for one in standings if one.was_indexed and one.day.date >= first),
        key=lambda one: one.day,
    )
    if not known:
        return Freshness(None, None, (), is_alarming=False, is_behind=True)
    settled = [one.day for one in known if one.is_settled]
    since = settled[-1].end if settled else known[0].day.end
    return Freshness(
        newest=known[-1].day,
        newest_settled=settled[-1] if settled else None,
        late=tuple(_late(now, known)),
        is_alarming=now - since > ALARM_LIMIT,
        is_behind=now - known[-1].day.end > EXPORT_LIMIT,
    )


def _late(now: datetime, known: Sequence[DayStanding]) -> Iterator[tuple[Day, str]]:
    by_day = {one.day: one for one in known}
    day = known[0].day
    while now - day.end > SETTLE_LIMIT:
        standing = by_day.get(day)
        if standing is None:
            yield day, "never exported"
        elif not standing.is_settled:
            yield day, "; ".join(standing.reasons)
        day = Day(day.date + ONE_DAY)
