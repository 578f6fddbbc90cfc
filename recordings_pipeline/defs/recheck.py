"""Days looked at again because a person says so, whichever they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted, RecordingsError
from recordings_pipeline.defs.given_days import spans_and_problems
from recordings_pipeline.defs.metadata import metadata_by_table
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.stages.export import Export


class WhatToRecheck(dg.Config):
    """Which days are looked at again."""

    days: list[str] = Field(
        default_factory=list,
        description="Days such as 2026-01-31; empty for those of a look-back, yesterday included.",
    )


@dg.op(pool="genesys_api", description="Runs all stages of days again: what came late is fetched.")
def recheck_given_days(
    context: dg.OpExecutionContext, config: WhatToRecheck, organization: Organization
) -> None:
    """Export day by day, and materialize what was published.

    A day that fails, or has recordings that nothing explains, does not stop the others; at the end
    the run fails and names them.
    """
    with spans_and_problems(config.days) as (spans, problems), organization.export() as export:
        given = [Day(span.first) for span in spans if not span.is_all]
        for day in given or organization.days_to_look_at(datetime.now(UTC)):
            problems.extend(_rechecked(context, export, day))


def _rechecked(context: dg.OpExecutionContext, export: "Export", day: Day) -> Iterator[str]:
    """Export a day; yield what went wrong."""
    from recordings_pipeline.stages.day import export_day

    try:
        for report in export_day(export, day):
            for table, metadata in metadata_by_table(report).items():
                context.log_event(
                    dg.AssetMaterialization(table, metadata=metadata, partition=day.key)
                )
            for reason in report.provisional_because:
                context.log.info("%s is provisional: %s", day, reason)
            if report.gaps:
                first = report.gaps[0]
                yield (
                    f"{day}: {len(report.gaps)} recordings should be there and are not, the first "
                    f"is {first.id}: {first.reason}; {first.next_step}"
                )
    except Interrupted:
        raise
    except RecordingsError as error:
        yield f"{day}: {error}"
