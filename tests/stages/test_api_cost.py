"""What a clean day costs: calls by route, so that none is asked twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from recordings_pipeline.core.settings import Settings
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import open_export
from tests.conftest import Start, settings_of
from tests.stages.conftest import DAY

CLEAN = str(Path(__file__).parents[2] / "benchmarks" / "clean.toml")
CALLS = 120
BATCHES = 2
STAGES = ("recording_index", "audio_files", "transcripts", "diarization", "conversation_metrics")
POLL = "GET /api/v2/recording/batchrequests/{id}"
SUBMIT = "POST /api/v2/recording/batchrequests"
QUERY = "POST /api/v2/analytics/conversations/details/query"
LIFETIME = "GET /api/v2/recording/settings"
METADATA = "GET /api/v2/conversations/{id}/recordingmetadata"
TRANSCRIPT = (
    "GET /api/v2/speechandtextanalytics/conversations/{id}/communications/{id}/transcripturls"
)
# Preflight, discovery, settling, names and login: the same for a day of any size.
MOST_OF_A_DAY = 20
Run = Callable[..., Counter[str]]


@pytest.fixture
def simulator(start: Start) -> Simulator:
    return start(world=CLEAN, calls_per_day=CALLS)


@pytest.fixture
def run(simulator: Simulator, tmp_path: Path) -> Run:
    """Run stages as one process would, and return the calls by route."""

    def of(stages: Sequence[str], mode: str = "when_needed") -> Counter[str]:
        settings: Settings = settings_of(simulator, tmp_path, RECORDINGS_METADATA=mode)
        with open_export(settings) as export:
            for stage in stages:
                run_stage(export, stage, DAY)
            return Counter(export.client.spent.calls_by_route)

    return of


def test_audio_costs_four_calls_for_a_hundred_recordings_and_a_few_for_the_day(run: Run) -> None:
    spent = run(STAGES[:2])

    assert (spent.pop(SUBMIT), spent.pop(POLL)) == (BATCHES, 3 * BATCHES)
    assert spent.total() <= MOST_OF_A_DAY
    # The preflight's, and two pages of the index.
    assert spent.pop(QUERY) == 3
    assert set(spent.values()) == {1}


def test_the_stages_of_a_day_cost_little_more_in_processes_of_their_own(run: Run) -> None:
    apart = sum((run([stage]) for stage in STAGES[:2]), Counter[str]())

    # A request that the index made is read once more, instead of being made again.
    assert (apart.pop(SUBMIT), apart.pop(POLL)) == (BATCHES, 4 * BATCHES)
    assert apart[LIFETIME] == 1
    assert apart.total() <= MOST_OF_A_DAY + 1


def test_a_transcript_costs_one_call(run: Run) -> None:
    run(STAGES[:2])

    spent = run(STAGES[2:])

    assert dict(spent) == {"POST /oauth/token": 1, TRANSCRIPT: CALLS}


def test_full_metadata_costs_one_call_a_recording(run: Run) -> None:
    assert run(STAGES[:1], "always")[METADATA] == CALLS + 1


def test_a_settled_day_costs_a_login_and_a_look_whose_it_is(run: Run) -> None:
    run(STAGES)

    assert dict(run(STAGES)) == {"POST /oauth/token": 1, "GET /api/v2/tokens/me": 1}
