"""Runs a stage on each day of a run: one day, or a range of them in a backfill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    Busy,
    ConfigurationError,
    Interrupted,
    LoginRefused,
    PermanentError,
    PermissionMissing,
    PreflightFailed,
    RecordingsError,
    StorageFailed,
    Unreachable,
)
from recordings_pipeline.core.fields import NotJson
from recordings_pipeline.core.sentences import sentence_of
from recordings_pipeline.defs.metadata import metadata_by_table, spent_metadata
from recordings_pipeline.defs.options import code_version
from recordings_pipeline.defs.progress import logging_headway
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.core.reports import StageReport
    from recordings_pipeline.core.throughput import Throughput
    from recordings_pipeline.stages.export import Export

# Another attempt of the run cannot change these.
_HOPELESS = (Busy, ConfigurationError, PermanentError, PreflightFailed)
# These say nothing about their day: the next one would meet the same, after the same wait.
_EVERYWHERE = (
    ConfigurationError,
    LoginRefused,
    NotJson,
    PermissionMissing,
    PreflightFailed,
    StorageFailed,
    Unreachable,
)
# Dagster tags the runs of a backfill with its id.
_BACKFILL = "dagster/backfill"
_CODE_VERSION = "dagster/code_version"

More = Callable[["StageReport"], Mapping[str, Any]]


@dataclass
class TriedDays:
    """What became of the days of a run.

    Attributes:
        reports: One for each day that was finished, in order.
        problems: Why a day was not finished, by day.
        untried: Days that nobody tried, because they would have met the same.
        spent: What all of them took, finished or not.
    """

    reports: "list[StageReport]" = field(default_factory=list)
    problems: dict[Day, RecordingsError] = field(default_factory=dict)
    untried: list[Day] = field(default_factory=list)
    spent: "list[Throughput]" = field(default_factory=list)

    @property
    def days(self) -> list[Day]:
        """The days that were finished."""
        return [report.day for report in self.reports]

    def raise_failure(self) -> None:
        """Say why the step failed, naming its days, if it did.

        Raises:
            Failure: A day was not finished.
        """
        if not self.problems:
            return
        from recordings_pipeline.core.throughput import total

        is_hopeless = all(isinstance(error, _HOPELESS) for error in self.problems.values())
        raise dg.Failure(
            description=self._description(),
            metadata={**spent_metadata(total(self.spent)), "failed_days": len(self.problems)},
            allow_retries=not is_hopeless,
        )

    def _description(self) -> str:
        count = len(self.reports) + len(self.problems) + len(self.untried)
        if count == 1:
            return " | ".join(map(sentence_of, self.problems.values()))
        texts = [f"{len(self.reports)} of {count} days are finished and kept"]
        texts += [f"{day}: {sentence_of(error)}" for day, error in self.problems.items()]
        if self.untried:
            named = ", ".join(map(str, self.untried))
            texts.append(f"not tried, as it would have met the same: {named}")
        return " | ".join(texts)


def run_asset(
    context: dg.AssetExecutionContext,
    organization: Organization,
    stage: str,
    more: More = lambda _: {},
) -> list[Day]:
    """Run a stage on the run's days, and return them; see `try_days`.

    Raises:
        Failure: A day was not finished.
    """
    tried = try_days(context, organization, stage, more)
    tried.raise_failure()
    return tried.days


def try_days(
    context: dg.AssetExecutionContext,
    organization: Organization,
    stage: str,
    more: More = lambda _: {},
) -> TriedDays:
    """Run a stage on each of the run's days, and tell Dagster of those that were finished.

    A day that fails does not stop the others, unless they would meet the same: days have nothing
    to do with each other, and what is finished now need not be started again. The step is to fail
    at its end all the same, so that the day is red and nothing is built from it. What follows is
    then skipped for the whole range, as Dagster knows no step that is done for some of its days;
    the finished days go on when the backfill is re-executed from its failure.

    Dagster marks no day of a step that fails. Finished ones are therefore logged here when, and
    only when, the step is about to end badly: by a failure, an interruption, or a mistake of ours.
    If it ends well, they would count twice.

    Args:
        context: The step; its days may be one or a range, `partition_key` is for one only.
        organization: Whose recordings.
        stage: What is run on each day.
        more: What else is told of the stage's first table.
    """
    tried = TriedDays()
    told: dict[str, dict[str, dict[str, Any]]] = {}

    def tell(report: "StageReport") -> None:
        by_table = metadata_by_table(report)
        by_table[stage] |= more(report)
        for table, metadata in by_table.items():
            context.add_asset_metadata(metadata, dg.AssetKey(table), report.day.key)
        told[report.day.key] = by_table
        tried.reports.append(report)
        context.log.info("%s %s: %d rows", stage, report.day, report.row_count)

    try:
        _try_each(context, organization, stage, tried, tell)
    except BaseException:
        _keep(context, told)
        raise
    if tried.problems:
        _keep(context, told)
    return tried


def _try_each(
    context: dg.AssetExecutionContext,
    organization: Organization,
    stage: str,
    tried: TriedDays,
    tell: "Callable[[StageReport], None]",
) -> None:
    left = [Day.from_key(key) for key in context.partition_keys]
    try:
        with organization.export(is_backfill=_BACKFILL in context.run.tags) as export:
            while left:
                try:
                    tell(_run(context, export, stage, left[0], tried))
                except _EVERYWHERE:
                    raise
                except Interrupted:
                    raise
                except RecordingsError as error:
                    context.log.warning("%s %s: %s", stage, left[0], error)
                    tried.problems[left[0]] = error
                del left[0]
    except Interrupted:
        raise
    except RecordingsError as error:
        if not left:
            raise
        tried.problems[left[0]], tried.untried = error, left[1:]


def _run(
    context: dg.AssetExecutionContext, export: "Export", stage: str, day: Day, tried: TriedDays
) -> "StageReport":
    from recordings_pipeline.stages.day import run_stage
    from recordings_pipeline.stages.measure import Measurement

    measurement = Measurement(export.client)
    try:
        with logging_headway(context.log, export.look):
            return run_stage(export, stage, day)
    finally:
        tried.spent.append(measurement.taken())


def _keep(
    context: dg.AssetExecutionContext, told: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> None:
    """Mark days as materialized, although the step fails."""
    for day, by_table in told.items():
        for table, metadata in by_table.items():
            tags = {_CODE_VERSION: code_version(table)}
            context.log_event(
                dg.AssetMaterialization(table, metadata=metadata, partition=day, tags=tags)
            )
