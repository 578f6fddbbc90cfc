"""What becomes of a recording when a batch brings less, or more, than was asked for."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from recordings_pipeline.core.gaps import GapKind
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

CALLS = 6
FILES = 2
Build = Callable[..., str]


@pytest.fixture
def world(tmp_path: Path) -> Build:
    """Write down a world of six short calls with traits by number; return its path."""
    seconds = "median = 4\nspread = 0.1\nshortest = 3\nlongest = 5"

    def build(name: str, pinned: dict[int, str]) -> str:
        lines = "\n".join(f'{number} = ["{trait}"]' for number, trait in pinned.items())
        path = tmp_path / f"{name}.toml"
        path.write_text(
            f"calls_per_day = {CALLS}\n[seconds]\n{seconds}\n[share]\n[pinned]\n{lines}\n"
        )
        return str(path)

    return build


def run(export: Export) -> StageReport:
    """Index the day and fetch it; return what the fetching says."""
    run_stage(export, "recording_index", DAY)
    return run_stage(export, "audio_files", DAY)


def test_a_recording_with_one_good_file_of_two_is_never_half_exported(
    start: Start, opened: Open, world: Build
) -> None:
    name = world("two", dict.fromkeys(range(CALLS), "two_files"))
    # Every third of twelve results is an error: one file of four recordings.
    spoilt = opened(start(world=name, calls_per_day=None, faults="batch-errors"))

    first = run(spoilt)

    halves = {id_: len(files) for id_, files in spoilt.ledger.files(DAY).items()}
    assert first.counts == {"exported": 2, "retry": 4}
    assert set(halves.values()) == {FILES}
    whole = opened(start(world=name, calls_per_day=None))
    assert run(whole).counts == {"exported": CALLS}
    assert {len(files) for files in whole.ledger.files(DAY).values()} == {FILES}


def test_a_recording_that_nobody_listed_fails_the_day_until_the_next_run_lists_it(
    start: Start, opened: Open, world: Build
) -> None:
    name = world("sensitive", dict.fromkeys(range(CALLS), "sensitive"))
    simulator = start(world=name, calls_per_day=None)
    export = opened(simulator)
    run(export)
    planted = {"day": DAY.key, "what": "recording", "count": CALLS}
    answer = httpx.post(f"{simulator.base_url}/simulator/plant", json=planted)
    ids = set(answer.raise_for_status().json()["recording_ids"])

    unknown = run(export)

    standing = export.ledger.days.standing(DAY)
    assert standing is not None
    assert not standing.is_settled
    assert len(ids) == CALLS
    assert {gap.id for gap in unknown.gaps} == ids
    assert {gap.kind for gap in unknown.gaps} == {GapKind.UNKNOWN_RESULT}
    assert all(gap.is_failing and gap.id in gap.next_step for gap in unknown.gaps)

    listed = run(export)

    assert listed.gaps == export.ledger.days.gaps(DAY) == ()
    assert listed.counts == {"exported": CALLS, "forbidden": CALLS}
    assert export.ledger.days.standing(DAY).is_settled  # type: ignore[union-attr]
