"""A source that tells of fewer conversations than it counts: 25 of 3,000 is no clean export."""

from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start
from tests.hosts import Answer, Heard, Host, Serve, changed
from tests.stages.conftest import DAY, Open

CLEAN = str(Path(__file__).parents[2] / "benchmarks" / "clean.toml")
CALLS, FEW = 1_100, 25
RESULTS, QUERY = "/results", "details/query"
JOB = "POST /api/v2/analytics/conversations/details/jobs"
ASKED = "POST /api/v2/analytics/conversations/details/query"


def few(simulator: Simulator, serve: Serve, *paths: str, total: bool = False) -> Host:
    """Serve a simulator that leaves most of a page out, below some paths."""

    def cut(found: dict[str, Any]) -> dict[str, Any]:
        kept = {**found, "conversations": found.get("conversations", [])[:FEW]}
        return {**kept, "totalHits": FEW} if total else kept

    whole = changed(simulator, RESULTS, cut)
    pages = changed(simulator, QUERY, cut)

    def reply(heard: Heard) -> Answer:
        is_counting = b"segmentFilters" in heard.body
        wanted = QUERY if QUERY in heard.path else RESULTS
        if wanted not in paths or is_counting:
            return changed(simulator, "nothing", cut)(heard)
        return (pages if wanted == QUERY else whole)(heard)

    return serve(reply, reply)


def theirs(simulator: Simulator) -> dict[str, str]:
    return {name: text for name, text in simulator.environment.items() if "CLIENT" in name}


@pytest.fixture
def simulator(start: Start) -> Simulator:
    return start(world=CLEAN, calls_per_day=CALLS)


def test_a_job_that_tells_of_too_few_is_not_believed_and_the_day_is_read_by_query(
    simulator: Simulator, serve: Serve, opened: Open
) -> None:
    export = opened(few(simulator, serve, RESULTS), **theirs(simulator))

    report = index_day(export, DAY)

    (said,) = [line for line in report.warnings if "details job" in line]
    assert f"told of {2 * FEW} of {CALLS} recorded conversations" in said
    assert report.counts["conversations"] == report.counts["discovered"] == CALLS
    assert len(export.ledger.standings(DAY)) == CALLS


def test_a_day_fails_before_it_settles_where_the_query_tells_of_too_few_as_well(
    simulator: Simulator, serve: Serve, opened: Open
) -> None:
    export = opened(few(simulator, serve, RESULTS, QUERY, total=True), **theirs(simulator))

    with pytest.raises(MalformedPayload, match=f"of {CALLS} recorded conversations"):
        index_day(export, DAY)

    standing = export.ledger.days.standing(DAY)
    assert standing is None or not standing.is_settled


def test_pages_of_a_job_that_lose_conversations_lose_none_of_them(
    start: Start, opened: Open
) -> None:
    simulator = start(world=CLEAN, calls_per_day=CALLS, faults="short-pages")

    report = index_day(opened(simulator), DAY)

    assert report.counts["discovered"] == CALLS
    assert "details job" in " ".join(report.warnings)


@pytest.mark.slow
def test_a_clean_day_is_believed_without_another_call(simulator: Simulator, opened: Open) -> None:
    report = index_day(opened(simulator), DAY)

    routes = simulator.traffic.routes
    assert "details job" not in " ".join(report.warnings)
    assert (routes[JOB], routes[ASKED]) == (1, 1)
    assert routes["POST /api/v2/recording/batchrequests"] == CALLS // BATCH_SIZE
