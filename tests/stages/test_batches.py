"""What a batch request brings for the recordings it was made for."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import PermanentError
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import PERMISSIONS, Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.batches import Delivery, deliveries
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import POLL_S, Start, settings_of
from tests.faults.playing import fault
from tests.listing import conversation, discovered
from tests.stages.conftest import DAY, Open, standing_of

PLAIN, WITHHELD, DELETED, ARCHIVED, RELISTED = range(5)
UNLISTED_ID = "11111111-1111-4111-8111-111111111111"
SUBMIT = "POST /api/v2/recording/batchrequests"

Batch = tuple[Delivery, Sequence[Call]]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Generator[Batch]:
    """Ask once for recordings of every kind; return the first delivery and the calls."""
    data: Path = tmp_path_factory.mktemp("batches")
    options = Options(world="plain", calls_per_day=6, requests_per_minute=60_000)
    with Simulator(options) as simulator, open_export(settings_of(simulator, data)) as export:
        calls = simulator.world.calls(DAY.date)
        wanted = [standing_of(call) for call in calls[:RELISTED]]
        wanted.append(standing_of(calls[RELISTED], UNLISTED_ID))
        yield next(deliveries(export, DAY, [wanted])), calls


def test_an_archived_recording_does_not_hold_up_the_others(batch: Batch) -> None:
    delivery, calls = batch

    asked = {standing.recording_id for standing in delivery.standings}

    assert delivery.is_completed
    assert calls[PLAIN].recording_id in asked
    assert calls[ARCHIVED].recording_id not in asked


def test_a_recording_comes_with_its_url_and_type(batch: Batch) -> None:
    delivery, calls = batch

    (media,) = delivery.media[str(calls[PLAIN].recording_id)]

    assert media.url is not None
    assert (media.content_type, media.has_error) == ("audio/wav", False)


def test_a_withheld_recording_comes_with_nothing(batch: Batch) -> None:
    delivery, calls = batch

    assert delivery.media[str(calls[WITHHELD].recording_id)] == []


def test_a_deleted_recording_comes_as_an_error_without_a_url(batch: Batch) -> None:
    delivery, calls = batch

    (media,) = delivery.media[str(calls[DELETED].recording_id)]

    assert (media.url, media.has_error) == (None, True)


def test_a_recording_nobody_asked_for_is_told_apart(batch: Batch) -> None:
    delivery, calls = batch

    relisted = calls[RELISTED]
    assert delivery.others == {relisted.recording_id: relisted.conversation_id}
    assert delivery.media[UNLISTED_ID] == []


def test_a_batch_holds_a_hundred_conversations_and_the_next_is_asked_for_meanwhile(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=120)
    calls = [c for c in simulator.world.calls(DAY.date) if c.recording_id]
    fresh = [standing_of(call) for call in calls if call.file_state != "ARCHIVED"]
    assert len(fresh) > BATCH_SIZE

    coming = deliveries(opened(simulator), DAY, [fresh])
    delivery = next(coming)

    assert len(delivery.standings) == BATCH_SIZE
    assert simulator.traffic.routes[SUBMIT] == 2
    assert [len(delivery.standings) for delivery in coming] == [len(fresh) - BATCH_SIZE]
    assert simulator.traffic.routes[SUBMIT] == 2


def test_nothing_wanted_asks_nothing(start: Start, opened: Open) -> None:
    simulator = start()

    assert list(deliveries(opened(simulator), DAY, [])) == []
    assert simulator.traffic.api_requests == 0


def test_what_an_old_request_does_not_name_is_asked_for_anew(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    calls = [simulator.world.calls(DAY.date)[index] for index in (PLAIN, RELISTED)]
    batch_id = export.client.request_batch([calls[0].conversation_id])
    for call in calls:
        found = discovered(str(call.recording_id), communication_id=call.communication_id)
        listed = replace(conversation(call.conversation_id, [found]), batch_id=batch_id)
        export.ledger.listed(DAY, export.now(), [listed])
    while not export.client.batch(batch_id).is_completed:
        export.client.wait(0.05)
    asked = simulator.traffic.routes[SUBMIT]

    coming = deliveries(export, DAY, [[standing_of(call) for call in calls]])

    media = {id_: files for delivery in coming for id_, files in delivery.media.items()}
    assert all(media[str(call.recording_id)] for call in calls)
    assert simulator.traffic.routes[SUBMIT] == asked + 1


def plan_in(folder: Path, **what: object) -> str:
    """Write down what is answered to those who look at a batch."""
    path = folder / "faults.toml"
    path.write_text(fault("poll", **what))
    return str(path)


@pytest.mark.parametrize("status", [403, 404])
def test_a_request_that_cannot_be_read_is_made_anew_once(
    start: Start, opened: Open, tmp_path: Path, status: int
) -> None:
    simulator = start(calls_per_day=6, faults=plan_in(tmp_path, status=status, numbers=[1]))
    call = simulator.world.calls(DAY.date)[PLAIN]

    (delivery,) = deliveries(opened(simulator), DAY, [[standing_of(call)]])

    assert delivery.media[str(call.recording_id)]
    assert simulator.traffic.routes[SUBMIT] == 2


@pytest.mark.parametrize(
    ("status", "told"),
    [(403, "only the OAuth client that made it may read it"), (404, "not found")],
)
def test_a_request_that_can_never_be_read_is_an_error_after_the_second_one(
    start: Start, opened: Open, tmp_path: Path, status: int, told: str
) -> None:
    simulator = start(calls_per_day=6, faults=plan_in(tmp_path, status=status))
    call = simulator.world.calls(DAY.date)[PLAIN]

    with pytest.raises(PermanentError, match=told):
        list(deliveries(opened(simulator), DAY, [[standing_of(call)]]))

    assert simulator.traffic.routes[SUBMIT] == 2


def test_what_the_index_asked_as_another_client_is_asked_for_anew(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=6, other_clients=(PERMISSIONS,))
    for environment, stage in zip(simulator.environments, (index_day, fetch_day), strict=True):
        settings = settings_from({**environment, **POLL_S, "RECORDINGS_DATA": str(tmp_path)})
        with open_export(settings) as export:
            stage(export, DAY)
            counts = export.ledger.totals.counts(DAY)

    assert Outcome.RETRY not in counts
    assert counts[Outcome.EXPORTED] > 0
