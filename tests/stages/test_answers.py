"""What becomes of a recording when a batch brings less, or more, than was asked for."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import httpx
import pytest

from recordings_pipeline.core.completeness import NOT_LISTED, SENSITIVE
from recordings_pipeline.core.gaps import GapKind
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export
from tests.conftest import Start
from tests.late import HOUR, Times
from tests.stages.conftest import DAY, Open

CALLS = 6
FILES = 2
METADATA = "/recordingmetadata"
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
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert run(replace(whole, clock=lambda: tomorrow)).counts == {"exported": CALLS}
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


@pytest.mark.parametrize(
    ("fate", "verdict"),
    [
        ("deleted", Verdict(Outcome.MISSING, "deleted at the source")),
        ("vanished", Verdict(Outcome.MISSING, NOT_LISTED)),
        ("uploading", Verdict(Outcome.DEFERRED, "still uploading")),
        ("sensitive", Verdict(Outcome.FORBIDDEN, SENSITIVE)),
    ],
)
def test_a_lost_file_that_does_not_come_again_says_what_the_source_says_of_it(
    start: Start, opened: Open, world: Build, fate: str, verdict: Verdict
) -> None:
    before = start(world=world("before", {}), calls_per_day=None)
    after = start(world=world("after", {0: fate}), calls_per_day=None)
    recording_id = str(before.world.calls(DAY.date)[0].recording_id)
    export = opened(before)
    run(export)
    (removed,) = export.ledger.files(DAY)[recording_id]
    export.home.path(PurePosixPath(removed["path"])).unlink()
    later = opened(after)

    report = run(later)

    assert later.ledger.standings(DAY)[recording_id].verdict == verdict
    assert report.counts == {"exported": CALLS - 1, str(verdict.outcome): 1}
    routes = after.traffic.routes.items()
    assert sum(count for route, count in routes if METADATA in route) == 1


@pytest.mark.parametrize("fate", ["deleted", "vanished"])
def test_a_file_that_failed_on_a_settled_day_and_is_gone_since_is_missing(
    start: Start, opened: Open, world: Build, fate: str
) -> None:
    failing = start(world=world("before", {}), calls_per_day=None, faults="html-media")
    gone = start(world=world("after", {0: fate}), calls_per_day=None, faults="html-media")
    recording_id = str(failing.world.calls(DAY.date)[0].recording_id)
    run(opened(failing))
    opening = opened(gone)
    # When what failed is due again.
    later = replace(opening, clock=lambda: opening.now() + 24 * HOUR)
    before = later.ledger.standings(DAY)[recording_id].verdict

    run(later)

    assert later.ledger.days.standing(DAY).is_settled  # type: ignore[union-attr]
    assert before.outcome is Outcome.RETRY
    assert later.ledger.standings(DAY)[recording_id].verdict.outcome is Outcome.MISSING


def test_a_codec_nobody_wants_is_fetched_once_and_again_when_somebody_does(
    start: Start, world: Build, tmp_path: Path
) -> None:
    now = DAY.end + HOUR
    name = world("codecs", {0: "opus", 1: "mp3"})
    times = Times(start(world=name, calls_per_day=None, now=now), tmp_path / "data", now)
    narrow = {"RECORDINGS_CODECS": "wav", "RECORDINGS_LOOKBACK_DAYS": "1"}
    counts, requests = [], []

    for hours in (1, 10, 20):
        before = times.simulator.traffic.media_requests
        times.at(DAY.end + hours * HOUR).look_back(**narrow)
        requests.append(times.simulator.traffic.media_requests - before)
        counts.append(Counter(times.outcomes(DAY).values()))

    assert requests == [CALLS, 0, 0]
    assert counts == [{Outcome.EXPORTED: CALLS - 2, Outcome.EXCLUDED: 2}] * 3
    times.look_back(**narrow | {"RECORDINGS_CODECS": "wav,opus"})
    wider = {Outcome.EXPORTED: CALLS - 1, Outcome.EXCLUDED: 1}
    assert Counter(times.outcomes(DAY).values()) == wider
