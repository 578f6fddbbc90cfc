"""One file's way from a signed URL to its name: cut, resumed, refused, published once."""

import hashlib
import time
from contextlib import closing
from dataclasses import replace

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import (
    AnswerUnusable,
    LinkExpired,
    NameTaken,
    NotFound,
    RecordingsError,
    TransferInterrupted,
    UntrustedBytes,
)
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.stages.arrivals import Ended, Job
from recordings_pipeline.stages.transfers import Transfers
from tests.conftest import Start
from tests.hosts import Answer, Serve, in_turn
from tests.stages.conftest import DAY, Open
from tests.stages.fetching import (
    DELETED,
    PLAIN,
    TRANSCRIBED,
    WHOLE,
    call_of,
    content_of,
    etag_of,
    fetch,
    fetch_all,
    hold,
    left_parts,
    wanted,
)


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
    transfers: Transfers[Job] = Transfers(
        export.home, export.stop, export.client.meter, export.engine
    )
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
