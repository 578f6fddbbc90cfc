"""What goes wrong with files, byte for byte."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from recordings_pipeline.simulator.catalogue import BOMB_BYTES
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed
from tests.simulator.raw import (
    FIN,
    MORE,
    QUIET_S,
    RST,
    SILENCE,
    Caller,
    fetch,
    inflated_size,
    link,
    shows,
    told,
)

CUTS = {"cut-bodies": RST, "early-close": FIN, "stalled-bodies": SILENCE}
# Status, type, and a part of the body that comes instead of the file.
REPLACED: Mapping[str, tuple[int, str, bytes]] = {
    "slow-down": (503, "application/xml", b"<Code>SlowDown</Code>"),
    "gone": (404, "application/xml", b"<Code>NoSuchKey</Code>"),
    "html-media": (200, "text/html", b"<html>"),
    "html-as-audio": (200, "audio/wav", b"<html>"),
    "redirect": (302, "application/json", b""),
}


@pytest.fixture(scope="module")
def url(shared: Simulator) -> str:
    return link(shared)


@pytest.fixture(scope="module")
def whole(shared: Simulator) -> bytes:
    return shared.media(str(told(shared).recording_id))


@shows(*CUTS)
@pytest.mark.parametrize("name", CUTS)
def test_a_file_stops_at_its_half_and_never_again(
    me: Caller, url: str, whole: bytes, name: str
) -> None:
    me.suffer(name)

    hit, next_one = fetch(url, quiet_s=QUIET_S), fetch(url)

    assert (hit.status, hit.end) == (200, CUTS[name])
    assert hit.headers["content-length"] == str(len(whole))
    assert hit.body == whole[: len(whole) // 2]
    assert next_one.is_whole
    assert next_one.body == whole
    assert me.fired() == {name: 1}


@shows(*REPLACED)
@pytest.mark.parametrize("name", REPLACED)
def test_something_else_comes_in_place_of_a_file(
    me: Caller, url: str, whole: bytes, name: str
) -> None:
    me.suffer(name)
    status, kind, part = REPLACED[name]

    hit, next_one = fetch(url), fetch(url)

    assert (hit.status, hit.headers["content-type"]) == (status, kind)
    assert part in hit.body
    assert bool(part) == bool(hit.body)
    assert ("location" in hit.headers) == (status == 302)
    assert hit.is_whole
    assert next_one.body == whole
    assert me.fired() == {name: 1}


@shows("drip")
def test_a_file_can_drip(me: Caller, url: str, whole: bytes) -> None:
    me.suffer("drip")

    hit, next_one = fetch(url, most_s=0.5), fetch(url)

    assert (hit.status, hit.end) == (200, MORE)
    assert 0 < len(hit.body) <= 100 * (0.5 / 0.05 + 1)
    assert whole.startswith(hit.body)
    assert next_one.body == whole
    assert me.fired() == {"drip": 1}


@shows("ignored-range")
def test_a_range_can_be_ignored(me: Caller, url: str, whole: bytes) -> None:
    me.suffer("ignored-range")

    unasked, hit, next_one = (fetch(url, *lines) for lines in ((), *[("Range: bytes=9-",)] * 2))

    assert (hit.status, hit.body) == (200, whole) == (unasked.status, unasked.body)
    assert "content-range" not in hit.headers
    assert (next_one.status, next_one.body) == (206, whole[9:])
    assert me.fired() == {"ignored-range": 1}


@shows("wrong-range")
@pytest.mark.parametrize(("asked", "given"), [(9, 8), (0, 1)])
def test_another_range_than_asked_for_can_come(
    me: Caller, url: str, whole: bytes, asked: int, given: int
) -> None:
    me.suffer("wrong-range")

    unasked = fetch(url)
    hit, next_one = (fetch(url, f"Range: bytes={asked}-") for _ in range(2))

    assert unasked.body == whole
    assert (hit.status, hit.body) == (206, whole[given:])
    assert hit.headers["content-range"] == f"bytes {given}-{len(whole) - 1}/{len(whole)}"
    assert (next_one.status, next_one.body) == (206, whole[asked:])
    assert me.fired() == {"wrong-range": 1}


@shows("range-416")
def test_a_good_range_can_be_refused(me: Caller, url: str, whole: bytes) -> None:
    me.suffer("range-416")

    unasked = fetch(url)
    hit, next_one = (fetch(url, "Range: bytes=9-") for _ in range(2))

    assert unasked.body == whole
    assert (hit.status, hit.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    assert b"<Code>InvalidRange</Code>" in hit.body
    assert (next_one.status, next_one.body) == (206, whole[9:])
    assert me.fired() == {"range-416": 1}


@shows("changed-etag")
def test_the_etag_can_change_though_the_bytes_do_not(me: Caller, url: str, whole: bytes) -> None:
    true = fetch(url).headers["etag"]
    me.suffer("changed-etag", times=2)

    refused = fetch(url, f"If-Match: {true}")
    hit = fetch(url, "Range: bytes=9-", f"If-Range: {true}")
    good = fetch(url, "Range: bytes=9-", f"If-Range: {true}")

    assert (hit.status, hit.body) == (200, whole)
    assert hit.headers["etag"] != true
    assert (good.status, good.headers["etag"]) == (206, true)
    assert refused.status == 412
    assert me.fired() == {"changed-etag": 2}


@shows("no-etag", "no-length")
@pytest.mark.parametrize(("name", "header"), [("no-etag", "etag"), ("no-length", "content-length")])
def test_a_header_can_be_missing(
    me: Caller, url: str, whole: bytes, name: str, header: str
) -> None:
    me.suffer(name)

    hit, next_one = fetch(url), fetch(url)

    assert (hit.status, hit.body, hit.end) == (200, whole, FIN)
    assert header not in hit.headers
    assert header in next_one.headers
    assert hit.headers["connection"] == "close"
    assert me.fired() == {name: 1}


@shows("length-too-long", "length-too-short")
@pytest.mark.parametrize(
    ("name", "more"), [("length-too-long", 1_000), ("length-too-short", -1_000)]
)
def test_the_announced_length_can_be_a_lie(
    me: Caller, url: str, whole: bytes, name: str, more: int
) -> None:
    me.suffer(name)

    hit, next_one = fetch(url), fetch(url)

    assert (hit.status, hit.body, hit.end) == (200, whole, FIN)
    assert hit.headers["content-length"] == str(len(whole) + more)
    assert next_one.is_whole
    assert me.fired() == {name: 1}


@shows("wrong-type")
def test_the_type_can_be_a_lie(me: Caller, url: str, whole: bytes) -> None:
    me.suffer("wrong-type")

    hit, next_one = fetch(url), fetch(url)

    assert (hit.body, hit.is_whole) == (whole, True)
    assert hit.headers["content-type"] == "application/pdf"
    assert next_one.headers["content-type"] == "audio/wav"
    assert me.fired() == {"wrong-type": 1}


@shows("gzip-bomb")
def test_a_file_can_be_a_bomb(me: Caller, url: str, whole: bytes) -> None:
    me.suffer("gzip-bomb")

    hit, next_one = fetch(url), fetch(url)

    assert (hit.status, hit.headers["content-encoding"]) == (200, "gzip")
    assert len(hit.body) < BOMB_BYTES / 500
    assert inflated_size(hit.body) == BOMB_BYTES
    assert next_one.body == whole
    assert me.fired() == {"gzip-bomb": 1}


@shows("malformed-transcripts", "null-transcripts")
@pytest.mark.parametrize("name", ["malformed-transcripts", "null-transcripts"])
def test_a_transcript_file_can_be_spoilt(me: Caller, name: str) -> None:
    me.suffer(name)
    simulator, call = me.simulator, told(me.simulator)
    path = f"/transcripts/{call.conversation_id}/{call.recording_id}"
    url = signed(simulator.media_url, path, 4_000_000_000)

    hit, next_one = fetch(url), fetch(url)

    assert hit.is_whole
    assert urlsplit(url).path == path
    if name == "malformed-transcripts":
        with pytest.raises(ValueError, match="property name"):
            json.loads(hit.body)
    else:
        assert hit.json["transcripts"][0]["phrases"][0]["text"] is None
    assert next_one.json["transcripts"][0]["phrases"][0]["text"]
    assert me.fired() == {name: 1}
