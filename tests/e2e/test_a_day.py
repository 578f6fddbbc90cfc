"""A day through webserver, queue, daemon and code server: the one test of them in `make test`."""

from datetime import date

from recordings_pipeline.core.schemas import SCHEMAS
from tests.e2e.conftest import CALLS, Scene

ON_DEMAND = {"export_audit"}
# Of a run of one day: a dozen steps with what Dagster itself says of each.
MOST_EVENTS = 250


def test_a_day_is_materialized_with_an_event_per_table_and_none_per_recording(
    scene: Scene,
) -> None:
    run_id = scene.graph.launch("2026-01-01")
    scene.graph.is_status(run_id, "SUCCESS")

    messages = scene.graph.messages(run_id)
    day = scene.organization.world.calls(date(2026, 1, 1))
    ids = [recording.id for call in day for recording in call.recordings]
    assert len(scene.files("2026-01-01")) == len(ids) == CALLS
    for table in set(SCHEMAS) - ON_DEMAND:
        assert scene.graph.materialized(table, ["2026-01-01"]) == ["2026-01-01"]
    assert len(messages) < MOST_EVENTS
    assert not [text for text in messages if any(id_ in text for id_ in ids)]
