"""A batch request is refused for the sake of one conversation: the others have their files."""

from datetime import timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import UnexpectedStatus
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.refusals import MOST_IN_A_ROW
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.export import Export, real_time
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start, settings_of
from tests.faults.haste import hasty_export
from tests.stages.conftest import DAY, Open

CALLS = 32
# Halved until it is alone: 32, 16, 8, 4, 2, 1, and the other half of each.
HALVINGS = 5
SUBMIT = "POST /api/v2/recording/batchrequests"
SECONDS = "[seconds]\nmedian = 4\nspread = 0.1\nshortest = 3\nlongest = 5\n"


def world(start: Start, folder: Path, refused: tuple[int, ...] = (), **more: object) -> Simulator:
    """Start a source of short calls of which it refuses some."""
    path = folder / f"world{len(refused)}.toml"
    pinned = "\n".join(f'{number} = ["refused"]' for number in refused)
    path.write_text(f"calls_per_day = {CALLS}\n{SECONDS}[share]\n[pinned]\n{pinned}\n")
    return start(world=str(path), calls_per_day=CALLS, **more)


def export_day(export: Export) -> None:
    index_day(export, DAY)
    fetch_day(export, DAY)


def outcomes(export: Export) -> dict[str, int]:
    return dict(export.ledger.totals.counts(DAY))


@pytest.mark.parametrize("mode", ["when_needed", "always"])
@pytest.mark.parametrize("number", [0, CALLS - 1])
def test_only_the_conversation_that_a_batch_is_refused_for_lacks_its_file(
    start: Start, opened: Open, tmp_path: Path, number: int, mode: str
) -> None:
    simulator = world(start, tmp_path, (number,))
    export = opened(simulator, RECORDINGS_METADATA=mode)

    index_day(export, DAY)
    report = fetch_day(export, DAY)

    (refused,) = [r for r in export.ledger.recordings.manifest(DAY) if r["outcome"] == "retry"]
    assert refused["recording_id"] == simulator.world.calls(DAY.date)[number].recording_id
    assert "HTTP 400" in refused["reason"]
    assert refused["retry_time"] > real_time() + timedelta(hours=5)
    assert outcomes(export) == {Outcome.EXPORTED: CALLS - 1, Outcome.RETRY: 1}
    assert any("could not be fetched yet" in warning for warning in report.warnings)
    asked = simulator.traffic.routes[SUBMIT]
    assert asked <= 1 + 2 * HALVINGS + 1
    assert export.client.spent.calls_by_route[SUBMIT] == asked


def test_what_was_refused_is_tried_again_at_its_time_and_apart_from_others(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    export = opened(world(start, tmp_path, (7,)))
    export_day(export)
    healed = world(start, tmp_path)
    later = settings_of(healed, tmp_path)

    with hasty_export(later, real_time) as early:
        fetch_day(early, DAY)
        assert healed.traffic.routes.get(SUBMIT, 0) == 0
    with hasty_export(later, lambda: real_time() + timedelta(hours=7)) as again:
        fetch_day(again, DAY)

    assert outcomes(export) == {Outcome.EXPORTED: CALLS}
    assert healed.traffic.routes[SUBMIT] == 1


def test_what_is_refused_again_stays_refused_and_costs_one_request(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    simulator = world(start, tmp_path, (7,))
    export = opened(simulator)
    export_day(export)
    before = simulator.traffic.routes[SUBMIT]

    later = settings_of(simulator, tmp_path)
    with hasty_export(later, lambda: real_time() + timedelta(hours=7)) as again:
        fetch_day(again, DAY)

    assert outcomes(export) == {Outcome.EXPORTED: CALLS - 1, Outcome.RETRY: 1}
    assert simulator.traffic.routes[SUBMIT] == before + 1


def test_a_source_that_begins_to_refuse_everything_is_not_asked_about_each_conversation(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    simulator = world(start, tmp_path, tuple(range(CALLS // 2, CALLS)))
    export = opened(simulator)

    with pytest.raises(UnexpectedStatus, match="batchrequests: unexpected HTTP status 400"):
        index_day(export, DAY)

    assert simulator.traffic.routes[SUBMIT] <= 2 + 2 * MOST_IN_A_ROW + HALVINGS


@pytest.mark.parametrize("mode", ["when_needed", "always"])
def test_a_source_that_refuses_every_batch_ends_the_day_after_a_few_requests(
    start: Start, opened: Open, tmp_path: Path, mode: str
) -> None:
    simulator = world(start, tmp_path, tuple(range(CALLS)))
    export = opened(simulator, RECORDINGS_METADATA=mode)

    with pytest.raises(UnexpectedStatus, match="batchrequests: unexpected HTTP status 400"):
        export_day(export)

    assert simulator.traffic.routes[SUBMIT] <= 20
    assert Outcome.RETRY not in outcomes(export)
