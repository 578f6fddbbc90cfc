"""When something runs without being asked."""

import os

import dagster as dg

from recordings_pipeline.core.days import ONE_DAY, Day
from recordings_pipeline.core.timetable import daily_hour, hours_later
from recordings_pipeline.defs.archive import matches_the_ledger, replay_days
from recordings_pipeline.defs.freshness import days_settle_in_time
from recordings_pipeline.defs.given_days import described
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.rebuild import rebuild_days
from recordings_pipeline.defs.recheck import recheck_given_days
from recordings_pipeline.defs.resources import Organization

# UTC, like the days themselves: no clock change moves, skips or repeats a tick. Calls end,
# recordings upload and transcripts arrive for a while after midnight; and a look at 06:30 is the
# last one at a day, 54 hours after its end, so that what is a little later than the settling delay
# of 48 hours comes as well. At any other hour it still is half an hour later than that.
EVERY_DAY_HOUR = daily_hour(os.environ)
LOOK_BACK_HOUR = hours_later(EVERY_DAY_HOUR, 3)
# By then the look-back is over, and what it could not settle is known.
CHECKS_HOUR = hours_later(EVERY_DAY_HOUR, 6)
MINUTE = 30
# The queue takes the highest first; runs of a backfill, like those a person starts, have 0.
EVERY_DAY_FIRST = {"dagster/priority": "20"}
LOOK_BACK_NEXT = {"dagster/priority": "10"}

# What belongs to no day.
_RESCUE = dg.AssetSelection.assets("rescue_list")
_ALL_DAYS = dg.AssetSelection.checks(days_settle_in_time) | _RESCUE
# Somebody wants it of some days; it reads all of the audit log.
_ON_DEMAND = dg.AssetSelection.assets("export_audit")

export_day = dg.define_asset_job(
    "export_day",
    selection=dg.AssetSelection.groups("recordings")
    - dg.AssetSelection.assets("archive")
    - _RESCUE
    - _ON_DEMAND,
    description=(
        "All assets of one day: index, audio, transcripts, voice activity, turns, metrics. Choose "
        "the day, or a range, in the launchpad; it needs no config."
    ),
)

verify_archive = dg.define_asset_job(
    "verify_archive",
    selection=dg.AssetSelection.checks(matches_the_ledger),
    description=described(
        "Compares the audio on disk with the ledger: all sizes, by default 1% of bytes.",
        {
            "archive_matches_the_ledger": {
                "first_day": "2026-01-01", "last_day": "2026-01-31", "sample": "100%"
            }
        },
    ),
)  # fmt: skip

daily_checks = dg.define_asset_job(
    "daily_checks",
    selection=_ALL_DAYS,
    description=(
        "Whether days settle in time, and what the source archives or deletes soon that is not "
        "exported. It needs no config."
    ),
)


@dg.job(
    description=described(
        "Looks at days again and fetches what came late or failed; of a settled day only what is "
        "left to fetch. By default those of a look-back.",
        {"recheck_given_days": {"days": ["2026-01-30", "2026-01-31"]}},
    )
)
def recheck_days() -> None:
    """Look back at once."""
    recheck_given_days()


@dg.job(
    description=described(
        "Publishes the tables about speech again from the kept transcript files, and asks nobody: "
        "for a version that reads them better. By default of every day.",
        {"rebuild_days": {"days": ["2026-01-31"]}},
    )
)
def rebuild_tables() -> None:
    """Rebuild, by default, every day that was indexed."""
    rebuild_days()


@dg.job(
    description=described(
        "Gives what has no file another chance: due again, bytes in quarantine kept beside, and "
        "audio_files of those days materialized. By default every day with a quarantine.",
        {"replay_days": {"days": ["2026-01-31"], "outcome": "quarantined"}},
    )
)
def replay_quarantine() -> None:
    """Replay, by default, every day that has something in quarantine."""
    replay_days()


@dg.schedule(
    job=export_day,
    cron_schedule=f"{MINUTE} {EVERY_DAY_HOUR} * * *",
    execution_timezone="UTC",
    description=(
        f"Exports the UTC day that has just ended, at {EVERY_DAY_HOUR:02}:{MINUTE} UTC "
        "(RECORDINGS_DAILY_HOUR); it stays provisional until it settles."
    ),
)
def every_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Request a run for yesterday."""
    day = Day(context.scheduled_execution_time.date() - ONE_DAY)
    if not DAYS.has_partition_key(day.key):
        return dg.SkipReason(f"{day} is before RECORDINGS_FIRST_DAY")
    return dg.RunRequest(run_key=f"every_day:{day}", partition_key=day.key, tags=EVERY_DAY_FIRST)


@dg.schedule(
    job=export_day,
    cron_schedule=f"{MINUTE} {LOOK_BACK_HOUR} * * *",
    execution_timezone="UTC",
    description=(
        "Looks again at the last days and at every older one with something left to do, three "
        "hours after every_day. The last of these looks settles a day."
    ),
)
def look_back(
    context: dg.ScheduleEvaluationContext, organization: Organization
) -> list[dg.RunRequest] | dg.SkipReason:
    """Request a run for each day of the look-back but yesterday, which `every_day` has just run.

    A tick that is evaluated twice requests the same keys, and Dagster runs a key once.
    """
    tick = context.scheduled_execution_time
    days = [
        day
        for day in organization.days_to_look_at(tick)
        if not day.end <= tick < day.end + ONE_DAY and DAYS.has_partition_key(day.key)
    ]
    if not days:
        return dg.SkipReason("no day before yesterday may still change")
    at = f"{tick:%Y-%m-%dT%H:%M}"
    return [
        dg.RunRequest(run_key=f"look_back:{at}:{day}", partition_key=day.key, tags=LOOK_BACK_NEXT)
        for day in days
    ]


@dg.schedule(
    job=daily_checks,
    cron_schedule=f"{MINUTE} {CHECKS_HOUR} * * *",
    execution_timezone="UTC",
    description=(
        "Says whether days settle in time, and what the source archives or deletes soon, six hours "
        "after every_day."
    ),
)
def check_up(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Request the checks that belong to no day."""
    return dg.RunRequest(run_key=f"check_up:{context.scheduled_execution_time:%Y-%m-%d}")
