"""What is told of days by the step that made them: may they still change, and are they whole?"""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.defs.metadata import faults_table, gaps_table

if TYPE_CHECKING:
    from recordings_pipeline.core.place import Where
    from recordings_pipeline.core.reports import StageReport
    from recordings_pipeline.core.verification import Fault

EVERY_RECORDING = "every_recording_has_an_outcome"
SETTLED = "is_settled"
DIGESTS = "digests_of_a_sample"
_SEEDS = 1_000_000
_MOST_NAMED = 3


def settled_spec() -> dg.AssetCheckSpec:
    """Describe the check that tells provisional days from settled ones; it stops nothing."""
    return dg.AssetCheckSpec(
        SETTLED,
        asset="recording_index",
        description=(
            "The source is done with the day. A provisional day is as whole as it can be, and may "
            "still gain recordings and transcripts: the schedule look_back runs it again until it "
            "settles. To look at once: the job recheck_days, or recordings-pipeline export."
        ),
    )


def settled_result(reports: "Sequence[StageReport]") -> dg.AssetCheckResult:
    """Say which days may still change, why, and from when on they can settle."""
    from recordings_pipeline.core.settling import settling_text

    open_ = [report for report in reports if report.provisional_because]
    told = [settling_text(report.day, report.provisional_because) for report in open_]
    more = len(told) - _MOST_NAMED
    shown = [*told[:_MOST_NAMED], *([f"and {more} more days"] if more > 0 else [])]
    step = "nothing to do while look_back is on; at once: job recheck_days, or export --look-back"
    return dg.AssetCheckResult(
        asset_key="recording_index",
        check_name=SETTLED,
        passed=not open_,
        severity=dg.AssetCheckSeverity.WARN,
        description=" | ".join([*shown, step]) if open_ else None,
        metadata={"provisional_days": len(open_), "days": len(reports)},
    )


def completeness_spec() -> dg.AssetCheckSpec:
    """Describe the check that stops a day of which recordings are not accounted for."""
    return dg.AssetCheckSpec(
        EVERY_RECORDING,
        asset="audio_files",
        blocking=True,
        description=(
            "Each listed recording has one stated outcome, or a stated future, and each leg "
            "that was recorded has a recording. What fails it is listed with the next step."
        ),
    )


def completeness_result(reports: "Sequence[StageReport]") -> dg.AssetCheckResult:
    """Say whether the days have gaps, and which of them have."""
    gaps = [(report.day, gap) for report in reports for gap in report.gaps]
    counted = [f"{report.day}: {len(report.gaps)} unexplained" for report in reports if report.gaps]
    # A notice has these words and no table: the first one goes with them.
    told = [f"conversation {g.conversation_id}: {g.reason}; {g.next_step}" for _, g in gaps[:1]]
    checked = ", ".join(str(report.day) for report in reports)
    all_well = f"every recording of {checked} has an outcome"
    return dg.AssetCheckResult(
        asset_key="audio_files",
        check_name=EVERY_RECORDING,
        passed=not gaps,
        description=" | ".join([*counted, *told]) or all_well,
        metadata={"unexplained": len(gaps), "days": len(reports), "gaps": gaps_table(gaps)},
    )


def digests_spec() -> dg.AssetCheckSpec:
    """Describe the check that reads a few files again; what follows needs none of them."""
    return dg.AssetCheckSpec(
        DIGESTS,
        asset="audio_files",
        description=(
            "Files of the day, 20 by chance and 200 MB at most, have the SHA-256 of the ledger. "
            "What differs is listed with the next step; recordings-pipeline verify reads all."
        ),
    )


def digests_result(place: "Where", days: Sequence[Day]) -> dg.AssetCheckResult:
    """Hash a few files of each day, and name those that differ."""
    from recordings_pipeline.core.verification import total
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.sampling import verify_sample

    seed = secrets.randbelow(_SEEDS)
    with open_archive(place) as archive:
        found = total(verify_sample(archive, day, seed) for day in days)
    return dg.AssetCheckResult(
        asset_key="audio_files",
        check_name=DIGESTS,
        passed=found.is_clean,
        description=what_differs(found.faults) if found.faults else None,
        metadata={
            "hashed": found.hashed_count,
            "bytes_hashed": found.hashed_bytes,
            "seconds": round(found.seconds, 3),
            "differ": found.fault_count,
            "faults": faults_table(found.faults),
        },
    )


def what_differs(faults: "Sequence[Fault]") -> str:
    """Name some files that are not what the ledger says, and what to do."""
    named = [f"{fault.path}: {fault.cause}" for fault in faults[:_MOST_NAMED]]
    days = sorted({str(fault.day) for fault in faults if fault.day is not None})
    commands = [f"recordings-pipeline verify --from {day} --to {day} --repair" for day in days]
    more = len(faults) - _MOST_NAMED
    listed = [*named, *([f"and {more} more"] if more > 0 else [])]
    return " | ".join([*listed, *commands, "then run the days again"])
