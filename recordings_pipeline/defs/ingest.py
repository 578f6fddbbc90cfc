"""The drop folder in Dagster: what other ways bring becomes part of the archive."""

import os
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted, RecordingsError
from recordings_pipeline.core.layout import INCOMING_QUIET_S
from recordings_pipeline.defs.given_days import described
from recordings_pipeline.defs.resources import Organization, variables_present

if TYPE_CHECKING:
    from recordings_pipeline.stages.archive import Archive
    from recordings_pipeline.stages.ingest import Ingested

# A log names so many files that were not taken; beside each of them lies its reason.
_MOST_NAMED = 50


class HowToIngest(dg.Config):
    """What counts as a file that has come."""

    quiet_s: float = Field(
        INCOMING_QUIET_S, ge=0, description="Seconds for which a file must not have changed."
    )


@dg.op(description="Takes recordings out of incoming/: matched, verified, published.")
def ingest_files(
    context: dg.OpExecutionContext, config: HowToIngest, organization: Organization
) -> None:
    """Ingest what lies in the drop folder; materialize `audio_files` of the days that gained."""
    from recordings_pipeline.core.ingest import Fate
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.ingest import counts_of, ingest

    try:
        keeping, keys = organization.keeping, organization.age_keys
        with open_archive(organization.place, keeping, keys=keys) as archive:
            done = list(ingest(archive, organization.codec_policy, quiet_s=config.quiet_s))
            for day in sorted({one.day for one in done if one.fate is Fate.TAKEN and one.day}):
                context.log_event(_materialization(archive, day, done))
    except Interrupted:
        raise
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    counts = counts_of(done)
    context.add_output_metadata({str(fate): counts[fate] for fate in Fate})
    apart = [one for one in done if one.reason]
    for one in apart[:_MOST_NAMED]:
        # Names are other people's: the log, which every visitor can read, names recordings.
        context.log.warning("%s: %s: %s", one.fate, one.recording_id or "unknown", one.reason)
    if len(apart) > _MOST_NAMED:
        context.log.warning("… and %d more: recordings-pipeline ingest --list", len(apart))


@dg.job(
    # Bound here and not by the definitions: Dagster 1.13 makes a copy of a sensor whose job it has
    # to bind, and warns of a parameter of its own copy whenever the code location is loaded.
    resource_defs={"organization": Organization(**variables_present(os.environ))},
    description=described(
        "Takes recordings out of incoming/, where an S3 export is synchronized or people copy "
        "files to. What cannot be taken is moved to quarantine/incoming/ with its reason.",
        {"ingest_files": {"quiet_s": 60.0}},
    ),
)
def ingest_incoming() -> None:
    """Ingest once."""
    ingest_files()


def _materialization(
    archive: "Archive", day: Day, done: list["Ingested"]
) -> dg.AssetMaterialization:
    from recordings_pipeline.core.ingest import Fate

    taken = [one for one in done if one.fate is Fate.TAKEN and one.day == day]
    return dg.AssetMaterialization(
        asset_key="audio_files",
        partition=day.key,
        metadata={
            **archive.ledger.totals.counts(day),
            "ingested_files": len(taken),
            "ingested_bytes": sum(one.size_bytes for one in taken),
        },
    )
