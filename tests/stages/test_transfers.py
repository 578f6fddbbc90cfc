"""One file's way from a signed URL to its name: cut, resumed, refused, published once."""

import hashlib
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import (
    AnswerUnusable,
    Interrupted,
    LinkExpired,
    NameTaken,
    NotFound,
    RecordingsError,
    StorageFailed,
    TransferInterrupted,
    UntrustedBytes,
)
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.core.transfer import Held
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed
from recordings_pipeline.stages.arrivals import Ended, Fetched, Job, Wanted
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.transfers import Engine, Transfers
from recordings_pipeline.storage.part_file import PartFile
from tests.conftest import Start
from tests.hosts import Answer, Heard, Serve, in_turn
from tests.stages.conftest import DAY, Open

PLAIN, DELETED, TRANSCRIBED = 0, 2, 4


def call_of(simulator: Simulator, index: int = PLAIN) -> Call:
    return simulator.world.calls(DAY.date)[index]


def content_of(simulator: Simulator, call: Call) -> bytes:
    return simulator.media(str(call.recording_id))


def wanted(
    simulator: Simulator, call: Call, path: str | None = None, lifetime_s: int = 600
) -> Wanted:
    """Want a call's file, by default with a URL that leads there."""
    path = path or f"/media/{call.recording_id}/1"
    url = signed_url(signed(simulator.media_url, path, int(time.time()) + lifetime_s))
    return Wanted(DAY, call.conversation_id, str(call.recording_id), 1, url)


def hold(export: Export, call: Call, content: bytes, etag: str, total: int) -> Path:
    """Leave a part behind, as a run that was stopped does, and return its path."""
    with PartFile(export.home.path(layout.PARTS), str(call.recording_id)) as part:
        part.begin(0, total, etag)
        part.append(content)
    return export.home.path(layout.PARTS / f"{call.recording_id}.part")


def etag_of(simulator: Simulator, call: Call) -> str:
    return simulator.content(str(call.recording_id)).etag


def fetch_all(export: Export, *jobs: Job, engine: Engine | None = None) -> list[Ended]:
    """Fetch some recordings and record them, as the stage does; in the order they ended."""
    transfers: Transfers[Job] = Transfers(export.home, export.stop, export.client.meter, engine)
    found = [item for group in transfers.run(jobs) for item in group]
    return [item for item in found if isinstance(item, Ended)]


def fetch(export: Export, file: Wanted) -> Fetched:
    """Fetch a recording that has one file, or raise what stands in its way."""
    (ended,) = fetch_all(export, Job((file,)))
    if ended.error is not None:
        raise ended.error
    return ended.fetched[0]


def left_parts(export: Export) -> list[str]:
    return sorted(path.name for path in export.home.path(layout.PARTS).iterdir())


def test_a_cut_download_goes_on_and_no_byte_comes_twice(start: Start, opened: Open) -> None:
    simulator = start(faults="cut-bodies", calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)

    fetched = fetch(export, wanted(simulator, call))

    content = content_of(simulator, call)
    assert (export.home.root / fetched.path).read_bytes() == content
    assert fetched.is_resumed
    assert fetched.received_bytes == simulator.traffic.media_bytes == len(content)
    assert left_parts(export) == []


@pytest.mark.parametrize("left", [1, 100_000, "all but one"], ids=str)
def test_a_download_resumes_from_the_byte_an_earlier_run_holds(
    start: Start, opened: Open, left: int | str
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    content = content_of(simulator, call)
    missing = left if isinstance(left, int) else len(content) - 1
    hold(export, call, content[:-missing], etag_of(simulator, call), len(content))

    fetched = fetch(export, wanted(simulator, call))

    assert fetched.received_bytes == simulator.traffic.media_bytes == missing
    assert fetched.is_resumed
    assert fetched.digest.sha256 == hashlib.sha256(content).hexdigest()


def test_a_part_that_holds_every_byte_asks_for_none(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    content = content_of(simulator, call)
    hold(export, call, content, etag_of(simulator, call), len(content))

    fetched = fetch(export, wanted(simulator, call))

    assert (export.home.root / fetched.path).read_bytes() == content
    assert simulator.traffic.media_requests == 0


def test_a_part_of_other_content_is_not_resumed(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    content = content_of(simulator, call)
    hold(export, call, b"other content", '"other"', len(content))

    fetched = fetch(export, wanted(simulator, call))

    assert not fetched.is_resumed
    assert (export.home.root / fetched.path).read_bytes() == content


def test_a_file_published_before_a_crash_is_not_fetched_again(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    job = Job((wanted(simulator, call),))
    transfers: Transfers[Job] = Transfers(export.home, export.stop, export.client.meter)
    with closing(transfers.run([job])) as groups:
        ((first,),) = [next(groups)]  # and nobody comes to record it

    (again,) = fetch_all(export, job)

    assert isinstance(first, Ended)
    assert [file.path for file in again.fetched] == [file.path for file in first.fetched]
    assert again.fetched[0].received_bytes == 0
    assert simulator.traffic.media_requests == 1
    assert left_parts(export) == []


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ((PLAIN, "/media/{0.recording_id}/1", -1), LinkExpired),
        (
            (TRANSCRIBED, "/transcripts/{0.conversation_id}/{0.recording_id}", 600),
            AnswerUnusable,
        ),
    ],
    ids=["an expired URL", "a page instead of audio"],
)
def test_an_answer_without_bytes_leaves_the_held_ones_where_they_are(
    start: Start, opened: Open, question: tuple[int, str, int], error: type[RecordingsError]
) -> None:
    index, path, lifetime_s = question
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator, index)
    part = hold(export, call, b"held", '"a"', 1_000)

    with pytest.raises(error):
        fetch(export, wanted(simulator, call, path.format(call), lifetime_s))

    assert part.read_bytes() == b"held"


def test_a_url_past_its_time_is_not_even_tried(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    file = replace(wanted(simulator, call_of(simulator)), good_until=time.monotonic())

    with pytest.raises(LinkExpired):
        fetch(export, file)

    assert simulator.traffic.media_requests == 0


def test_what_is_gone_at_the_source_leaves_no_part_behind(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator, DELETED)
    hold(export, call, b"held", '"a"', 1_000)

    with pytest.raises(NotFound):
        fetch(export, wanted(simulator, call))

    assert left_parts(export) == []


def test_whole_bytes_that_are_no_audio_go_to_quarantine(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    noise = b"neither RIFF nor anything else " * 10
    hold(export, call, noise, '"a"', len(noise))

    with pytest.raises(UntrustedBytes):
        fetch(export, wanted(simulator, call))

    aside = export.home.path(layout.QUARANTINE / f"date={DAY}" / str(call.recording_id))
    assert aside.read_bytes() == noise
    assert list(export.home.path(layout.AUDIO).glob("date=*")) == []


def test_a_foreign_file_with_the_final_name_is_left_alone(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    ids = (call.conversation_id, str(call.recording_id))
    path = export.home.path(layout.audio_path(DAY, *ids, 1, "wav"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"foreign")

    with pytest.raises(NameTaken):
        fetch(export, wanted(simulator, call))

    assert path.read_bytes() == b"foreign"


def test_a_stopped_run_keeps_its_parts_and_asks_for_nothing_more(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    content = content_of(simulator, call)
    part = hold(export, call, content[:1_000], etag_of(simulator, call), len(content))
    export.stop.set()

    with pytest.raises(Interrupted):
        fetch(export, wanted(simulator, call))

    kept = part.read_bytes()
    assert len(kept) >= 1_000
    assert content.startswith(kept)


WHOLE = {"Content-Length": "5000", "ETag": '"a"', "Content-Type": "audio/wav"}


def test_a_host_that_cuts_every_whole_body_is_given_up(
    serve: Serve, start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    host = serve(in_turn(Answer(200, b"RIFF" + bytes(1_000), WHOLE)))
    file = replace(wanted(simulator, call), url=signed_url(f"{host.url}/media"))

    with pytest.raises(TransferInterrupted, match="of 5000 bytes"):
        fetch(export, file)

    assert export.client.spent.bytes_moved == len(host.asked) * 1_004


def test_a_stop_parks_what_is_on_its_way_and_the_next_run_continues_it(
    serve: Serve, start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    half = Answer(200, b"RIFF" + bytes(996), WHOLE, is_held=True)

    def reply(_heard: Heard) -> Answer:
        threading.Timer(0.3, export.stop.set).start()
        return half

    host = serve(reply)
    began = time.monotonic()

    with pytest.raises(Interrupted):
        fetch(export, replace(wanted(simulator, call), url=signed_url(f"{host.url}/media")))

    assert time.monotonic() - began < 10
    with PartFile(export.home.path(layout.PARTS), str(call.recording_id)) as part:
        assert part.held == Held(1_000, '"a"', 5_000)


def test_what_has_its_name_when_a_stop_comes_is_still_told(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=60)
    export = opened(simulator)
    calls = [c for c in simulator.world.calls(DAY.date) if c.is_exportable][:40]
    transfers: Transfers[Job] = Transfers(
        export.home, export.stop, export.client.meter, Engine(group_files=1)
    )
    told: list[Path] = []

    def run() -> None:
        for group in transfers.run([Job((wanted(simulator, call),)) for call in calls]):
            told.extend(
                Path(f.path) for end in group if isinstance(end, Ended) for f in end.fetched
            )
            export.stop.set()

    with pytest.raises(Interrupted):
        run()

    published = export.home.path(layout.AUDIO).glob("date=*/*/*")
    assert {path.relative_to(export.home.root) for path in published} == set(told)


def test_a_stop_reaches_a_feeder_that_waits_for_room(
    serve: Serve, start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=30)
    export = opened(simulator)
    calls = [c for c in simulator.world.calls(DAY.date) if c.is_exportable][:20]
    held = serve(in_turn(Answer(200, b"RIFF", WHOLE, is_held=True)))
    files = [replace(wanted(simulator, c), url=signed_url(f"{held.url}/m")) for c in calls]
    threading.Timer(0.5, export.stop.set).start()

    with pytest.raises(Interrupted):
        fetch_all(export, *(Job((file,)) for file in files), engine=Engine(connections=2))


def test_a_slow_host_does_not_hold_up_another_one(serve: Serve, start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=60)
    export = opened(simulator)
    calls = [c for c in simulator.world.calls(DAY.date) if c.is_exportable][:20]
    held = serve(in_turn(Answer(200, b"RIFF", WHOLE, is_held=True)))
    slow = [replace(wanted(simulator, c), url=signed_url(f"{held.url}/m")) for c in calls[:12]]
    fast = [wanted(simulator, call) for call in calls[12:]]
    transfers: Transfers[Job] = Transfers(
        export.home, export.stop, export.client.meter, Engine(connections=8)
    )

    ended: list[object] = []
    with closing(transfers.run([Job((file,)) for file in [*slow, *fast]])) as groups:
        while len(ended) < len(fast):
            ended += next(groups)

    paths = [end.fetched for end in ended if isinstance(end, Ended)]
    assert all(paths)


def test_a_recording_that_would_touch_the_reserve_stops_the_run(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    file = wanted(simulator, call_of(simulator))

    with pytest.raises(StorageFailed, match="RECORDINGS_RESERVE_GB"):
        fetch_all(export, Job((file,)), engine=Engine(reserve_bytes=10**18))

    assert left_parts(export) == []


def test_what_is_no_recording_is_handed_through_and_groups_are_as_small_as_asked_for(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=30)
    export = opened(simulator)
    calls = [call for call in simulator.world.calls(DAY.date) if call.is_exportable]
    jobs: list[Job | str] = [Job((wanted(simulator, call),)) for call in calls]
    transfers: Transfers[str] = Transfers(
        export.home, export.stop, export.client.meter, Engine(group_files=1)
    )

    groups = list(transfers.run([*jobs, "not a recording"]))

    assert {len(group) for group in groups} == {1}
    assert ["not a recording"] in groups
    assert len(groups) == len(jobs) + 1
