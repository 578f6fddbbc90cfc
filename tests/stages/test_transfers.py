"""One file's way from a signed URL to its name: cut, resumed, refused, published once."""

import hashlib
import time
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
    TransferInterrupted,
    UntrustedBytes,
)
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.transfers import Fetched, Transfers, Wanted
from recordings_pipeline.storage.part_file import PartFile
from tests.conftest import Start
from tests.hosts import Answer, Patience, Serve, in_turn
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


def fetch(export: Export, file: Wanted) -> Fetched:
    """Fetch a recording that has one file."""
    (fetched,) = Transfers(export.home, export.stop, export.client.meter).fetch([file])
    return fetched


def test_a_cut_download_goes_on_and_no_byte_comes_twice(start: Start, opened: Open) -> None:
    simulator = start(faults="cut-bodies", calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)

    fetched = fetch(export, wanted(simulator, call))

    content = content_of(simulator, call)
    assert (export.home.root / fetched.path).read_bytes() == content
    assert fetched.is_resumed
    assert fetched.received_bytes == simulator.traffic.media_bytes == len(content)


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
    first = fetch(export, wanted(simulator, call))

    again = fetch(export, wanted(simulator, call))
    again.forget()

    assert (again.path, again.digest, again.received_bytes) == (first.path, first.digest, 0)
    assert simulator.traffic.media_requests == 1
    assert list(export.home.path(layout.PARTS).iterdir()) == []


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


def test_what_is_gone_at_the_source_leaves_no_part_behind(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator, DELETED)
    hold(export, call, b"held", '"a"', 1_000)

    with pytest.raises(NotFound):
        fetch(export, wanted(simulator, call))

    assert list(export.home.path(layout.PARTS).iterdir()) == []


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


def test_a_stopped_transfer_keeps_its_part(start: Start, opened: Open) -> None:
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


def test_a_host_that_cuts_every_whole_body_is_given_up(
    serve: Serve, start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    whole = {"Content-Length": "5000", "ETag": '"a"', "Content-Type": "audio/wav"}
    host = serve(in_turn(Answer(200, b"RIFF" + bytes(1_000), whole)))
    url = signed_url(f"{host.url}/media")
    file = Wanted(DAY, call.conversation_id, str(call.recording_id), 1, url)

    with pytest.raises(TransferInterrupted, match="of 5000 bytes"):
        Transfers(export.home, Patience(), export.client.meter).fetch([file])

    asked = len(host.asked)
    assert export.client.spent.bytes_moved == asked * 1_004
