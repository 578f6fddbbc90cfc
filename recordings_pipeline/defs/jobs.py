"""When something runs without being asked."""

import dagster as dg

export_day = dg.define_asset_job(
    "export_day",
    # The rescue list belongs to no day.
    selection=dg.AssetSelection.groups("recordings") - dg.AssetSelection.assets("rescue_list"),
    description="All five assets of one day: index, audio, transcripts, turns, metrics.",
)

# Calls end, recordings upload and transcripts arrive for a while after midnight UTC.
every_day = dg.build_schedule_from_partitioned_job(
    export_day,
    name="every_day",
    hour_of_day=3,
    minute_of_hour=30,
    description="Exports the UTC day that has just ended, at 03:30 UTC.",
)
