"""What comes late: a day is run as soon as something of it is due, not only every morning."""

from collections.abc import Iterable
from datetime import UTC, datetime

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.defs.jobs import LOOK_BACK_NEXT, export_day
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.resources import Organization

# A tick asks Dagster about every run key it requests, one after the other.
_MOST_DAYS = 20
# Runs that are not over: more of them than this are a queue nobody should add to.
_MOST_RUNS = 500
_NOT_OVER = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_DAY = "dagster/partition"
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


@dg.sensor(
    job=export_day,
    minimum_interval_seconds=300,
    description=(
        "Runs a day as soon as something of it is due by the ledger: a recording or transcript "
        "whose time to be tried again has come, what may have come late, or the moment it may "
        "settle. Of the last 14 days; the look-back has the older ones. Asks the platform nothing."
    ),
)
def late_sensor(
    context: dg.SensorEvaluationContext, organization: Organization
) -> list[dg.RunRequest] | dg.SkipReason:
    """Request a run for each day with something due, unless the day is being run.

    There is no cursor: the run key is the day and when it came due, and Dagster runs a key once.
    So ticks may be repeated, overlap or be lost. A run that fails leaves its clocks as they are,
    and nothing is requested again until another one strikes, or the look-back comes by.
    """
    from recordings_pipeline.stages.late import late_days

    try:
        found = late_days(organization.place, datetime.now(UTC))
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    offered = {day: due for day, due in found.due.items() if DAYS.has_partition_key(day.key)}
    if not offered:
        return dg.SkipReason(_why_not(found.busy))
    taken = _days_being_run(context.instance, offered)
    free = [day for day in offered if day not in taken][:_MOST_DAYS]
    for day in free:
        context.log.info("%s: %s", day, offered[day].reason)
    if not free:
        return dg.SkipReason(_why_not([*found.busy, *taken]))
    return [
        dg.RunRequest(
            run_key=f"late:{day}:{offered[day].key}", partition_key=day.key, tags=LOOK_BACK_NEXT
        )
        for day in free
    ]


def _days_being_run(instance: dg.DagsterInstance, days: Iterable[Day]) -> list[Day]:
    """Return the days for which a run is queued or at work, alone or in a range."""
    runs = instance.get_runs(dg.RunsFilter(statuses=_NOT_OVER), limit=_MOST_RUNS)
    if len(runs) == _MOST_RUNS:
        return list(days)
    spans = [
        (tags.get(_DAY) or tags.get(_FIRST, ""), tags.get(_DAY) or tags.get(_LAST, ""))
        for tags in (run.tags for run in runs)
    ]
    return [day for day in days if any(first <= day.key <= last for first, last in spans)]


def _why_not(busy: Iterable[Day]) -> str:
    names = ", ".join(map(str, sorted(busy)))
    return f"due, and being run already: {names}" if names else "nothing is due"
