"""Who spoke when, as two assets of one step: a file is listened to once."""

from collections.abc import Iterator

import dagster as dg

from recordings_pipeline.defs.assets import audio_files, run_asset
from recordings_pipeline.defs.metadata import (
    column_schema,
    materialization_metadata,
    table_metadata,
)
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.resources import Organization

_DESCRIPTIONS = {
    "voice_activity": (
        "Who spoke when, told from the sound itself: one row per stretch of speech and channel. "
        "Needs no transcript and no licence; RECORDINGS_VOICE chooses the detector, or none."
    ),
    "audio_channels": (
        "How well each channel of an audio file can be heard: one row per channel, and one for a "
        "file that nobody could listen to, with the reason."
    ),
}


def _spec(table: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        table,
        deps=[audio_files],
        group_name="recordings",
        kinds={"parquet"},
        code_version="1",
        description=_DESCRIPTIONS[table],
        metadata={"dagster/column_schema": column_schema(table)},
    )


# In no pool: it asks nobody.
@dg.multi_asset(
    name="voice_activity",
    specs=[_spec(table) for table in _DESCRIPTIONS],
    partitions_def=DAYS,
)
def voice_activity(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Listen to the day's audio files; those that were heard before are not heard again."""
    report = run_asset(context, organization, "voice_activity")
    yield dg.MaterializeResult(
        asset_key="voice_activity", metadata=materialization_metadata(report)
    )
    for other in report.others:
        yield dg.MaterializeResult(asset_key=other.name, metadata=table_metadata(other))
