"""Tables about speech, published again from what is kept."""

import dagster as dg
from pydantic import Field

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import Interrupted, RecordingsError
from recordings_pipeline.defs.metadata import metadata_by_table
from recordings_pipeline.defs.resources import Organization


class WhatToRebuild(dg.Config):
    """Which days' tables are published again."""

    days: list[str] = Field(
        default_factory=list,
        description="Days such as 2026-01-31; empty for every day that was indexed.",
    )


@dg.op(description="Publishes the tables about speech again, from what is kept.")
def rebuild_days(
    context: dg.OpExecutionContext, config: WhatToRebuild, organization: Organization
) -> None:
    """Rebuild day by day, and materialize what was published; asks the platform nothing.

    A day that fails does not stop the others; at the end the run fails and names them.
    """
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.rebuild import rebuild

    problems: list[str] = []
    try:
        spans = [Span(day.date, day.date) for day in map(Day.from_key, config.days)] or [Span()]
        with open_archive(organization.data) as archive:
            for found in (found for span in spans for found in rebuild(archive, span)):
                problems += [f"{found.day}: {found.problem}"] if found.problem else []
                for report in found.reports:
                    for name, metadata in metadata_by_table(report).items():
                        context.log_event(
                            dg.AssetMaterialization(
                                asset_key=name, partition=found.day.key, metadata=metadata
                            )
                        )
    except Interrupted:
        raise
    except (RecordingsError, ValueError) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    if problems:
        raise dg.Failure(description=" | ".join(problems), allow_retries=False)
