"""How do the days stand? Reads the ledger and asks nobody."""

from datetime import date, datetime

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.gaps import failing
from recordings_pipeline.core.place import Where
from recordings_pipeline.core.settling import is_old_enough
from recordings_pipeline.core.status import DayStatus, day_status
from recordings_pipeline.stages.orphans import known_orphans
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger_place import has_ledger, open_ledger


def read_status(data: Where, first: date, last: date, now: datetime) -> list[DayStatus]:
    """Return the days from first to last, both included, that were planned or exported.

    Raises:
        ConfigurationError: Nothing was ever planned or exported into the directory.
    """
    home = Home(data)
    if not has_ledger(home):
        raise ConfigurationError(
            "RECORDINGS_DATA", f"holds no ledger: {home.root}: plan or export something first"
        )
    with open_ledger(home) as ledger:
        counts, sizes = ledger.totals.outcomes(first, last), ledger.totals.sizes(first, last)
        orphans = known_orphans(ledger)
        return [
            day_status(
                standing,
                counts.get(standing.day, {}),
                sizes.get(standing.day, 0),
                len(orphans.of_day(day)) if orphans and is_old_enough(day, now) else 0,
                len(failing(ledger.days.gaps(day))),
            )
            for standing in ledger.days.standings(first, last)
            for day in [standing.day]
        ]
