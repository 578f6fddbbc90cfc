"""What days say of themselves: whether they may change, and whether they are whole."""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from uuid import UUID

import dagster as dg

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.day_checks import digests_result, settled_result
from recordings_pipeline.storage.ledger import Ledger
from tests.stages.test_verify import flip, publish

DAYS = [Day.from_key(f"2026-01-0{number}") for number in range(1, 8)]
OPEN = "3 conversations are still open"


def report(day: Day, *reasons: str) -> StageReport:
    settled = StageReport("recording_index", day, 1, PurePosixPath("t"), {}, Throughput())
    return replace(settled, provisional_because=reasons)


def test_a_settled_day_passes() -> None:
    result = settled_result([report(DAYS[0])])

    assert result.passed
    assert result.description is None


def test_a_provisional_day_warns_and_says_when_it_settles_and_what_to_do() -> None:
    result = settled_result([report(DAYS[0]), report(DAYS[1], OPEN)])

    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert str(result.description).startswith(
        f"{DAYS[1]} settles with the first look after 2026-01-05 00:00 UTC and after: {OPEN} | "
    )
    assert str(result.description).endswith("at once: job recheck_days, or export --look-back")
    counts = {name: result.metadata[name].value for name in ("provisional_days", "days")}
    assert counts == {"provisional_days": 1, "days": 2}


def test_of_many_provisional_days_a_few_are_described() -> None:
    result = settled_result([report(day, OPEN) for day in DAYS])

    assert str(result.description).count(OPEN) == 3
    assert "and 4 more days" in str(result.description)


def test_the_files_that_differ_are_named_with_the_command_of_their_day(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / layout.LEDGER)
    paths = [
        publish(tmp_path, ledger, day, UUID(int=number)) for number, day in enumerate(DAYS[:3], 1)
    ]
    ledger.close()
    clean = digests_result(tmp_path, DAYS[:3])
    flip(paths[1])

    broken = digests_result(tmp_path, DAYS[:3])

    assert clean.passed
    assert (broken.passed, broken.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert str(broken.description).split(" | ") == [
        f"{paths[1].relative_to(tmp_path)}: SHA-256 differs",
        f"recordings-pipeline verify --from {DAYS[1]} --to {DAYS[1]} --repair",
        "then run the days again",
    ]
    assert broken.metadata["hashed"] == dg.MetadataValue.int(3)
    assert broken.metadata["differ"] == dg.MetadataValue.int(1)


def test_only_what_is_not_accounted_for_stops_what_follows() -> None:
    blocking = {
        spec.name: spec.blocking
        for name in ("recording_index", "audio_files")
        for spec in defs.resolve_assets_def(name).check_specs
    }

    assert blocking == {
        "contract": True,
        "every_recording_has_an_outcome": True,
        "is_settled": False,
        "digests_of_a_sample": False,
    }
