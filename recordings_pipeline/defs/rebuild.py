"""Tables about speech, published again from what is kept."""

import dagster as dg
from pydantic import Field

from recordings_pipeline.defs.given_days import spans_and_problems
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

    with (
        spans_and_problems(config.days) as (spans, problems),
        open_archive(organization.place, keys=organization.age_keys) as archive,
    ):
        for found in (found for span in spans for found in rebuild(archive, span)):
            if found.problem:
                problems.append(f"{found.day}: {found.problem}")
            for report in found.reports:
                for name, metadata in metadata_by_table(report).items():
                    context.log_event(
                        dg.AssetMaterialization(
                            asset_key=name, partition=found.day.key, metadata=metadata
                        )
                    )
