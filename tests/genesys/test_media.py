"""The media reader streams signed URLs and adds nothing of its own to a request."""

import gzip
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import StorageFailed
from recordings_pipeline.core.peers import Peers
from recordings_pipeline.core.secrets import SignedUrl, signed_url
from recordings_pipeline.core.transfer import Held, request_headers
from recordings_pipeline.genesys.answers import GATHERED_BYTES, Ending
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed
from tests.conftest import Start
from tests.hosts import Answer, Host, Serve, in_turn

FAR = 4_000_000_000
HERE = Peers(is_loopback=True)
LOCAL = ReaderLimits(peers=HERE)
WHOLE = request_headers(Held())
BARE_AND_FULL = pytest.mark.parametrize("body", [b"", b"text"], ids=["bare", "with a body"])


DEADLINE_S = 20.0


@pytest.fixture
def reader() -> Generator[MediaReader]:
    reader = MediaReader(LOCAL)
    yield reader
    reader.close()


@dataclass
class Taken:
    """What a reader handed over; takes bodies of status 200 and 206 only."""

    begun: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        return b"".join(self.blocks)

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        self.begun.append((status, dict(headers)))
        return status in (200, 206)

    def write(self, data: bytes | memoryview) -> None:
        self.blocks.append(bytes(data))


def fetch(
    reader: MediaReader, source: Host | SignedUrl, headers: Mapping[str, str] = WHOLE
) -> tuple[Ending, Taken]:
    url = signed_url(f"{source.url}/r?Signature=hush") if isinstance(source, Host) else source
    taken = Taken()
    reader.start(url, headers, taken, DEADLINE_S)
    return ended(reader), taken


def ended(reader: MediaReader) -> Ending:
    """Drive a reader until its only transfer has ended."""
    while not (endings := reader.finished(1.0)):
        pass
    ((_, ending),) = endings
    return ending


def recording(simulator: Simulator) -> tuple[SignedUrl, bytes]:
    call = next(c for c in simulator.world.calls(date(2026, 1, 31)) if c.is_exportable)
    url = signed(simulator.media_url, f"/media/{call.recording_id}/1", FAR)
    return signed_url(url), simulator.media(str(call.recording_id))


class Full(Taken):
    """Has no room for what comes."""

    def write(self, data: bytes | memoryview) -> None:
        super().write(data)
        raise StorageFailed("the data directory", "it is full", "free space")


def test_a_receiver_that_failed_gets_nothing_more(serve: Serve, reader: MediaReader) -> None:
    # As much as is handed over at once, and the transfer has not ended.
    body = bytes(GATHERED_BYTES)
    host = serve(in_turn(Answer(200, body, {"Content-Length": "500000"}, is_held=True)))
    taken = Full()

    reader.start(signed_url(f"{host.url}/r"), WHOLE, taken, DEADLINE_S)
    ending = ended(reader)

    assert isinstance(ending.failure, StorageFailed)
    assert len(taken.blocks) == 1


def test_a_recording_arrives_whole_after_one_beginning(start: Start, reader: MediaReader) -> None:
    url, content = recording(start())

    ending, taken = fetch(reader, url)

    ((status, headers),) = taken.begun
    assert (ending, taken.content) == (Ending(None), content)
    assert (status, headers["content-length"]) == (200, str(len(content)))


def test_a_reader_continues_where_it_was_told(start: Start, reader: MediaReader) -> None:
    url, content = recording(start())
    _, whole = fetch(reader, url)
    held = Held(1_000, whole.begun[0][1]["etag"], len(content))

    _, rest = fetch(reader, url, request_headers(held))

    ((status, headers),) = rest.begun
    assert (status, rest.content) == (206, content[1_000:])
    assert headers["content-range"] == f"bytes 1000-{len(content) - 1}/{len(content)}"


def test_what_arrived_of_a_cut_body_is_good(start: Start, reader: MediaReader) -> None:
    url, content = recording(start(faults="cut-bodies"))

    _, taken = fetch(reader, url)

    assert 0 < len(taken.content) < len(content)
    assert content.startswith(taken.content)


def test_headers_are_sent_as_given_and_without_a_credential(
    serve: Serve, reader: MediaReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    host = serve(in_turn(Answer(206, b"rest")))

    fetch(reader, host, request_headers(Held(50, '"a"', 100)))

    (heard,) = host.asked
    assert heard.method == "GET"
    assert heard.headers["accept-encoding"] == "identity"
    assert (heard.headers["range"], heard.headers["if-range"]) == ("bytes=50-", '"a"')
    assert not {"authorization", "cookie"} & heard.headers.keys()


def test_headers_of_one_request_do_not_stay_for_the_next(serve: Serve, reader: MediaReader) -> None:
    host = serve(in_turn(Answer(200, b"x")))

    fetch(reader, host, request_headers(Held(50, '"a"', 100)))
    fetch(reader, host)

    assert not {"range", "if-range"} & host.asked[1].headers.keys()


def test_names_of_headers_are_handed_over_in_lower_case(serve: Serve, reader: MediaReader) -> None:
    host = serve(in_turn(Answer(200, b"x", {"ETag": '"A"', "X-CUSTOM": " Mixed: Case "})))

    _, taken = fetch(reader, host)

    headers = taken.begun[0][1]
    assert all(name == name.lower() for name in headers)
    assert (headers["etag"], headers["x-custom"]) == ('"A"', "Mixed: Case")


def test_a_header_that_looks_like_a_status_line_is_a_header(
    serve: Serve, reader: MediaReader
) -> None:
    host = serve(in_turn(Answer(404, b"x", {"HTTP/1.1 200 OK": "y", "HTTP/x": "y"})))

    _, taken = fetch(reader, host)

    assert [status for status, _ in taken.begun] == [404]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@BARE_AND_FULL
def test_a_redirect_is_reported_and_not_followed(
    serve: Serve, reader: MediaReader, status: int, body: bytes
) -> None:
    elsewhere = serve(in_turn(Answer(200, b"other")))
    host = serve(in_turn(Answer(status, body, {"Location": f"{elsewhere.url}/other"})))

    ending, taken = fetch(reader, host)

    assert (ending, [begun for begun, _ in taken.begun]) == (Ending(None), [status])
    assert elsewhere.asked == []


@pytest.mark.parametrize("status", [403, 404, 416, 503])
@BARE_AND_FULL
def test_a_declined_body_is_no_problem_and_the_reader_reads_on(
    serve: Serve, reader: MediaReader, status: int, body: bytes
) -> None:
    host = serve(in_turn(Answer(status, body), Answer(200, b"good")))

    ending, declined = fetch(reader, host)
    _, taken = fetch(reader, host)

    assert (ending, [begun for begun, _ in declined.begun]) == (Ending(None), [status])
    assert (declined.content, taken.content) == (b"", b"good")


def test_encoded_bytes_arrive_as_they_were_sent(serve: Serve, reader: MediaReader) -> None:
    packed = gzip.compress(b"audio")

    _, taken = fetch(reader, serve(in_turn(Answer(200, packed, {"Content-Encoding": "gzip"}))))

    assert taken.content == packed
    assert taken.begun[0][1]["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (Answer(0), b""),
        (Answer(200, b"", {"Content-Length": "9"}), b""),
        (Answer(200, b"x", {"Content-Length": "9"}), b"x"),
    ],
    ids=["hangs up", "ends before its body", "ends early"],
)
def test_a_problem_has_a_number_and_does_not_tell_the_url(
    serve: Serve, reader: MediaReader, answer: Answer, content: bytes
) -> None:
    ending, taken = fetch(reader, serve(in_turn(answer)))

    assert re.fullmatch(r"[a-z ]+ \(libcurl error \d+\)", str(ending.problem))
    assert taken.content == content


@pytest.mark.parametrize(
    "url",
    ["http://media.invalid/r", "http://10.0.0.1/r", "ftp://127.0.0.1/r", "file:///etc/hostname"],
)
def test_only_https_is_spoken_beyond_this_machine(reader: MediaReader, url: str) -> None:
    ending, taken = fetch(reader, signed_url(url))

    # Number 1 of libcurl: the protocol is refused before anybody is asked.
    assert (ending, taken.begun) == (Ending("the URL is not https (libcurl error 1)"), [])


class DiskFull(Exception):
    """What a receiver may fail with."""


class FailsToBegin(Taken):
    """Does not even take an answer."""

    def begin(self, _status: int, _headers: Mapping[str, str]) -> bool:
        raise DiskFull


class FailsToWrite(Taken):
    """Has no room for a body."""

    def write(self, _data: bytes | memoryview) -> None:
        raise DiskFull


@pytest.mark.parametrize("failing", [FailsToBegin, FailsToWrite])
def test_a_failure_comes_with_the_ending_and_the_reader_reads_on(
    serve: Serve, reader: MediaReader, failing: type[Taken]
) -> None:
    url = signed_url(serve(in_turn(Answer(200, b"good"))).url)

    reader.start(url, WHOLE, failing(), DEADLINE_S)

    assert isinstance(ended(reader).failure, DiskFull)
    assert fetch(reader, url)[1].content == b"good"


def test_many_transfers_run_at_once_and_each_ends_for_itself(
    serve: Serve, reader: MediaReader
) -> None:
    held = Answer(200, b"half", {"Content-Length": "8"}, is_held=True)
    slow = signed_url(serve(in_turn(held)).url)
    fast = serve(in_turn(Answer(200, b"good")))
    waiting = Taken()
    reader.start(slow, WHOLE, waiting, DEADLINE_S)
    while not waiting.content:
        assert reader.finished(1.0) == []
        reader.hand_over()

    contents = [fetch(reader, fast)[1].content for _ in range(3)]

    assert contents == [b"good"] * 3
    assert reader.active == 1
    assert waiting.content == b"half"


@pytest.mark.parametrize("deadline_s", [0.2, DEADLINE_S], ids=["its deadline", "the lowest rate"])
def test_a_stalled_transfer_ends_by(serve: Serve, deadline_s: float) -> None:
    held = Answer(200, b"half", {"Content-Length": "8"}, is_held=True)
    reader = MediaReader(ReaderLimits(low_speed_s=1, peers=HERE))
    taken = Taken()

    reader.start(signed_url(serve(in_turn(held)).url), WHOLE, taken, deadline_s)

    assert ended(reader) == Ending("too slow, or out of time (libcurl error 28)")
    assert taken.content == b"half"
    reader.close()


def test_a_header_that_came_twice_is_a_list(serve: Serve, reader: MediaReader) -> None:
    host = serve(in_turn(Answer(403, b"", {"X-Part": "1", "x-part": "2"})))

    _, taken = fetch(reader, host)

    assert taken.begun[0][1]["x-part"] == "1, 2"
