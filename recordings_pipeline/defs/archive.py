"""The archive in Dagster: its bytes compared with the ledger, and what it lacks fetched again."""

import secrets
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import (
    ConfigurationError,
    Interrupted,
    RecordingsError,
)
from recordings_pipeline.core.sentences import sentence_of
from recordings_pipeline.defs.day_checks import what_differs
from recordings_pipeline.defs.given_days import spans_and_problems
from recordings_pipeline.defs.metadata import faults_table, materialization_metadata
from recordings_pipeline.defs.options import ARCHIVE
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.core.verification import Verification
    from recordings_pipeline.stages.export import Export

_STAGE = "audio_files"
_SEEDS = 1_000_000


class WhatToVerify(dg.Config):
    """Which part of the archive is compared with the ledger."""

    first_day: str = Field("", description="First day, such as 2026-01-01; empty for the first.")
    last_day: str = Field("", description="Last day, included; empty for the last there is.")
    sample: str = Field("1%", description="Recordings to hash: 200, or a share such as 1% or 100%.")


class WhatToReplay(dg.Config):
    """Which recordings get another chance."""

    days: list[str] = Field(
        default_factory=list,
        description="Days such as 2026-01-31; empty for every day with something to replay.",
    )
    outcome: str = Field(
        "quarantined",
        description=(
            "What is replayed: quarantined; excluded, as far as it is wanted by now; forbidden; "
            "or retry, before its time."
        ),
    )


@dg.asset_check(
    asset=ARCHIVE.key,
    description=(
        "Every file is there and has its size, and a sample of them has its SHA-256; nothing lies "
        "among them that nobody knows. Of all days; what differs is listed with the next step."
    ),
)
def matches_the_ledger(config: WhatToVerify, organization: Organization) -> dg.AssetCheckResult:
    """Compare the archive with the ledger; asks the platform nothing."""
    seed = secrets.randbelow(_SEEDS)
    try:
        span = Span(
            Day.from_key(config.first_day).date if config.first_day else date.min,
            Day.from_key(config.last_day).date if config.last_day else date.max,
        )
        found = _verified(organization, span, config.sample, seed)
    except (ConfigurationError, ValueError) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    return dg.AssetCheckResult(
        passed=found.is_clean,
        description=what_differs(found.faults) if found.faults else None,
        metadata={
            "files": found.file_count,
            "hashed": found.hashed_count,
            "bytes_hashed": found.hashed_bytes,
            "seconds": round(found.seconds, 3),
            "mb_per_s": round(found.mb_per_s, 2),
            "seed": seed,
            "differ": found.fault_count,
            "faults": faults_table(found.faults),
        },
    )


def _verified(organization: Organization, span: Span, sample: str, seed: int) -> "Verification":
    from recordings_pipeline.core.verification import sample_from, total
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.verify import Lot, verify

    with open_archive(organization.place) as archive:
        lot = Lot(sample_from(sample), seed)
        return total(part for _, part in verify(archive, span, lot))


@dg.op(pool="genesys_api", description="Makes what has no file due again, and fetches it.")
def replay_days(
    context: dg.OpExecutionContext, config: WhatToReplay, organization: Organization
) -> None:
    """Replay day by day, and materialize `audio_files` of each.

    A day that fails does not stop the others; at the end the run fails and names them.
    """
    with spans_and_problems(config.days) as (spans, problems), organization.export() as export:
        for span in spans:
            problems.extend(_replayed(context, export, span, config.outcome))


def _replayed(
    context: dg.OpExecutionContext, export: "Export", span: Span, outcome: str
) -> Iterator[str]:
    """Replay some days; yield what went wrong."""
    from recordings_pipeline.stages.archive import archive_of
    from recordings_pipeline.stages.day import run_stage
    from recordings_pipeline.stages.replay import choice_of, replay

    for done in replay(archive_of(export), span, choice_of(export, outcome)):
        if done.problem:
            yield done.problem
            continue
        context.log.info("%s: %d recordings are due again", done.day, len(done.recording_ids))
        try:
            report = run_stage(export, _STAGE, done.day)
        except Interrupted:
            raise
        except RecordingsError as error:
            yield f"{done.day}: {sentence_of(error)}"
            continue
        context.log_event(
            dg.AssetMaterialization(
                asset_key=_STAGE,
                partition=done.day.key,
                metadata=dict(materialization_metadata(report)),
            )
        )
