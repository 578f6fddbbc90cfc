"""Both sides are asked before anything moves, and every problem is told at once."""

from dataclasses import replace

import pytest

from recordings_pipeline.core.errors import PreflightFailed
from recordings_pipeline.core.preflight import Level, failures
from recordings_pipeline.simulator.options import CONVERSATIONS, RECORDINGS
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.preflight import check_day, require_day
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

GB = 1_000_000_000


def put_audio(export: Export, size: int) -> None:
    """Put a file of a size into the directory; a sparse one, which takes no space."""
    folder = export.home.root / "audio" / "date=2026-01-01" / "c"
    folder.mkdir(parents=True)
    with (folder / "r.wav").open("wb") as file:
        file.truncate(size)


def test_a_check_costs_six_calls_and_moves_nothing(start: Start, opened: Open) -> None:
    simulator = start()
    export = opened(simulator)

    found = check_day(export, DAY)

    assert failures(found) == ()
    assert simulator.traffic.api_requests == 6
    assert simulator.traffic.media_requests == 0
    assert export.ledger.standings(DAY) == {}


def test_all_missing_permissions_are_named_at_once(start: Start, opened: Open) -> None:
    export = opened(start(permissions=frozenset()))

    problems = failures(check_day(export, DAY))

    assert len(problems) == 3
    for problem, permission in zip(problems, (CONVERSATIONS, RECORDINGS, RECORDINGS), strict=True):
        assert permission in problem


@pytest.mark.parametrize(
    ("quota", "is_full"),
    [("0.9", True), ("1", True), ("1.1", False)],
    ids=["less than there is", "just what there is", "room for the day"],
)
def test_the_audio_of_other_days_counts_against_the_quota(
    start: Start,
    opened: Open,
    quota: str,
    is_full: bool,  # noqa: FBT001
) -> None:
    export = opened(start(), RECORDINGS_QUOTA_GB=quota)
    put_audio(export, GB)

    problems = failures(check_day(export, DAY))

    assert [problem.partition(":")[0] for problem in problems] == ["quota"] * is_full


def test_a_full_quota_is_found_before_anything_moves(start: Start, opened: Open) -> None:
    simulator = start()
    export = opened(simulator, RECORDINGS_QUOTA_GB="0.000001")

    with pytest.raises(PreflightFailed, match="RECORDINGS_QUOTA_GB"):
        index_day(export, DAY)

    assert export.ledger.standings(DAY) == {}
    assert simulator.traffic.api_requests == 6


def test_a_day_that_was_exported_is_exported_again_within_the_same_quota(
    start: Start, opened: Open
) -> None:
    export = opened(start(calls_per_day=6))
    index_day(export, DAY)
    fetch_day(export, DAY)
    files = export.ledger.files(DAY).values()
    held = sum(file["size_bytes"] for recording in files for file in recording)
    full = replace(export, quota_bytes=export.home.used_bytes())

    found = {finding.check: finding for finding in check_day(full, DAY)}

    assert found["quota"].level is Level.OK
    assert held > 0
    assert f"{held / GB:.2f} GB of the day held" in found["free space"].found


def test_what_is_only_a_warning_does_not_stop_the_day(start: Start, opened: Open) -> None:
    export = opened(start(url_lifetime_s=120))

    count = require_day(export, DAY)

    found = check_day(export, DAY)
    assert [finding.check for finding in found if finding.remedy] == ["URL lifetime"]
    assert count > 0
