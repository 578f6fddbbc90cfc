"""What an answer means for a part file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.headers import header_mapping
from recordings_pipeline.core.transfer import (
    MAX_BYTES,
    AskAgain,
    Finished,
    Gone,
    Held,
    Judgement,
    Refuse,
    StartOver,
    TryLater,
    Write,
    deadline_s,
    judge,
    request_headers,
)

NOTHING = Held()
HALF = Held(size=50, etag='"a"', total=100)
UNBOUND = Held(size=50, etag=None, total=100)
WHOLE = Held(size=100, etag='"a"', total=100)
AUDIO = {"content-type": "audio/wav", "content-length": "100", "etag": '"a"'}
HTML = {"content-type": "text/html; charset=utf-8"}


def rest(content_range: str, **more: str) -> dict[str, str]:
    """Headers of a 206; an empty value leaves one out."""
    headers = AUDIO | {"content-range": content_range, "content-length": "50"}
    return {
        name: value
        for name, value in (headers | {n.replace("_", "-"): v for n, v in more.items()}).items()
        if value
    }


def whole(**more: str) -> dict[str, str]:
    """Headers of a 200; an empty value leaves one out."""
    headers = AUDIO | {name.replace("_", "-"): value for name, value in more.items()}
    return {name: value for name, value in headers.items() if value}


@pytest.mark.parametrize(
    ("held", "status", "headers", "expected"),
    [
        (NOTHING, 200, AUDIO, Write(0, 100, '"a"')),
        (HALF, 200, AUDIO, Write(0, 100, '"a"')),
        (HALF, 200, whole(etag='"b"'), Write(0, 100, '"b"')),
        (NOTHING, 200, whole(content_length="100, 100"), Write(0, 100, '"a"')),
        (HALF, 206, rest("bytes 50-99/100"), Write(50, 100, '"a"')),
        (HALF, 206, rest("BYTES 50-99/100"), Write(50, 100, '"a"')),
        (HALF, 206, rest("bytes 50-99/100", content_length="50, 50"), Write(50, 100, '"a"')),
        (HALF, 206, rest("bytes 50-99/100", content_length=""), StartOver()),
        (HALF, 206, rest("bytes 50-99/100", content_length="51"), StartOver()),
        (HALF, 206, rest("bytes 50-99/100", content_length="50, 51"), StartOver()),
        (HALF, 206, rest("bytes 40-99/100"), StartOver()),
        (HALF, 206, rest("bytes 0-99/100"), StartOver()),
        (HALF, 206, rest("bytes 50-98/100"), StartOver()),
        (HALF, 206, rest("bytes 50-119/120"), StartOver()),
        (HALF, 206, rest("bytes 50-99/*"), StartOver()),
        (HALF, 206, rest("bytes 50-99/100, bytes 0-9/100"), StartOver()),
        (HALF, 206, rest("bytes 50-99/100", etag='"b"'), StartOver()),
        (HALF, 206, rest("bytes 50-99/100", etag='W/"a"'), StartOver()),
        (HALF, 206, rest("bytes 50-99/100", etag=""), StartOver()),
        (HALF, 206, rest("bytes */100"), StartOver()),
        (HALF, 206, rest(""), StartOver()),
        (HALF, 206, rest("nonsense"), StartOver()),
        (HALF, 206, rest("bytes 50-" + "9" * 5_000 + "/100"), StartOver()),
        (HALF, 206, rest("bytes " + "9" * 5_000 + "-99/100"), StartOver()),
        (HALF, 206, rest("bytes 50-99/" + "9" * 5_000), StartOver()),
        (HALF, 206, rest("", content_type="multipart/byteranges; boundary=x"), StartOver()),
        (HALF, 412, {}, StartOver()),
    ],
    ids=[
        "whole file", "range ignored: start at 0", "changed file: start at 0",
        "the same length twice", "the rest", "unit in capitals", "rest with its length twice",
        "rest without length", "rest with another length", "rest with two lengths",
        "rest from elsewhere", "all of it instead of the rest",
        "rest that ends early", "rest of something larger", "rest of something of unknown size",
        "two ranges", "rest of a changed file", "rest with a weak ETag", "rest without ETag",
        "no range but a total", "rest without range", "rest with a nonsense range",
        "end of 5,000 digits", "start of 5,000 digits", "total of 5,000 digits", "several parts",
        "precondition failed",
    ],
)  # fmt: skip
def test_what_brings_bytes_is_written_only_where_it_provably_belongs(
    held: Held, status: int, headers: dict[str, str], expected: Judgement
) -> None:
    assert judge(held, status, headers) == expected


@pytest.mark.parametrize(
    ("held", "headers", "expected"),
    [
        (WHOLE, rest("bytes */100"), Finished()),
        (WHOLE, rest("bytes */100", etag=""), Finished()),
        (WHOLE, rest("bytes */100", etag='"b"'), StartOver()),
        (WHOLE, rest("bytes */101"), StartOver()),
        (WHOLE, rest("bytes */*"), StartOver()),
        (WHOLE, {}, StartOver()),
        (HALF, rest("bytes */100"), StartOver()),
        (HALF, rest("bytes */50"), StartOver()),
    ],
    ids=[
        "all is there", "all is there, without ETag", "of other content", "the file grew",
        "unknown total", "no total", "half is there", "the file shrank to what is there",
    ],
)  # fmt: skip
def test_an_unsatisfiable_range_is_the_end_only_of_the_bound_content(
    held: Held, headers: dict[str, str], expected: Judgement
) -> None:
    assert judge(held, 416, headers) == expected


@pytest.mark.parametrize("held", [NOTHING, UNBOUND], ids=["nothing", "bytes without an ETag"])
@pytest.mark.parametrize("status", [206, 412, 416])
def test_the_answer_to_a_question_nobody_asked_is_refused(held: Held, status: int) -> None:
    judgement = judge(held, status, rest("bytes 0-99/100"))

    assert judgement == Refuse(f"HTTP {status} although the whole file was asked for")


@pytest.mark.parametrize(
    "headers",
    [
        whole(content_type="text/html; charset=utf-8"),
        whole(content_type="application/xhtml+xml"),
        whole(content_type="application/xml"),
        whole(content_type="application/problem+json"),
        whole(content_type="text/plain"),
        whole(content_type="multipart/byteranges; boundary=x"),
        whole(content_type="audio/wav, text/html"),
        whole(content_encoding="gzip"),
        whole(content_encoding="identity, br"),
        whole(transfer_encoding="chunked"),
        whole(transfer_encoding="gzip, chunked", content_length=""),
        whole(content_length=""),
        whole(content_length="0"),
        whole(content_length="-1"),
        whole(content_length="+100"),
        whole(content_length="1e2"),
        whole(content_length="0x64"),
        whole(content_length="100, 10"),
        whole(content_length="100, 100, 10"),
        whole(content_length="²"),
        whole(content_length="9" * 5_000),
        whole(content_length=str(MAX_BYTES + 1)),
    ],
    ids=lambda headers: "|".join(headers.values())[:60],
)
def test_a_lie_with_status_200_is_refused(headers: dict[str, str]) -> None:
    assert isinstance(judge(NOTHING, 200, headers), Refuse)


@pytest.mark.parametrize(
    "headers", [HTML, {"content-encoding": "gzip"}, {"transfer-encoding": "x"}]
)
def test_a_lie_about_the_rest_is_refused_as_well(headers: dict[str, str]) -> None:
    assert isinstance(judge(HALF, 206, {**rest("bytes 50-99/100"), **headers}), Refuse)


@pytest.mark.parametrize(
    "content_type",
    ["audio/wav", "Audio/OGG; codecs=opus", "application/octet-stream", "binary/octet-stream", ""],
)
def test_a_type_that_is_no_page_is_left_to_the_bytes(content_type: str) -> None:
    assert judge(NOTHING, 200, whole(content_type=content_type)) == Write(0, 100, '"a"')


@pytest.mark.parametrize(
    ("content_type", "is_written"),
    [
        ("application/json", True), ("text/plain; charset=utf-8", True), ("application/zip", True),
        ("message/rfc822", True), ("text/html", False), ("application/xml", False),
    ],
)  # fmt: skip
def test_what_was_written_may_be_text_but_no_page(content_type: str, *, is_written: bool) -> None:
    judgement = judge(NOTHING, 200, whole(content_type=content_type), is_text=True)

    assert isinstance(judgement, Write) == is_written


@pytest.mark.parametrize("held", [NOTHING, HALF, WHOLE], ids=["nothing", "half", "whole"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, AskAgain()) for status in (400, 401, 403)),
        *((status, Gone()) for status in (404, 410)),
        *(
            (status, TryLater(None, f"the media host answered HTTP {status}"))
            for status in (408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 530, 599)
        ),
    ],
)
def test_what_brings_no_byte_does_not_depend_on_what_is_held(
    held: Held, status: int, expected: Judgement
) -> None:
    assert judge(held, status, {}) == expected


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (0, ""), (100, ""), (101, ""), (103, ""), (201, ""), (202, ""), (203, "proxy"),
        (204, ""), (205, ""), (226, ""), (301, "redirect"), (302, "redirect"),
        (303, "redirect"), (304, ""), (307, "redirect"), (308, "redirect"), (402, ""),
        (405, ""), (407, "login"), (418, ""), (421, ""), (431, ""), (451, "legal"), (501, ""),
        (505, ""), (511, "login"), (600, ""), (999, ""),
    ],
)  # fmt: skip
def test_a_status_that_nobody_planned_for_is_refused_with_its_cause(
    status: int, cause: str
) -> None:
    judgement = judge(HALF, status, AUDIO)

    assert isinstance(judgement, Refuse)
    assert judgement.reason.startswith(f"unexpected HTTP status {status}")
    assert cause in judgement.reason


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_of_a_proxy_does_not_declare_a_recording_gone(status: int) -> None:
    assert isinstance(judge(NOTHING, status, HTML), Refuse)
    assert judge(NOTHING, status, {"content-type": "application/xml"}) == Gone()


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "31536000"}, 120.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "7, 9"}, None),
        (
            {
                "retry-after": "Sat, 31 Jan 2026 12:00:30 GMT",
                "date": "Sat, 31 Jan 2026 12:00:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "Sat, 31 Jan 2026 12:00:30 GMT"}, None),
        ({"retry-after": "Sat, 31 Jan 2026 12:00:30 GMT", "date": "today"}, None),
    ],
    ids=[
        "seconds", "a year", "negative", "a word", "twice", "a date", "a date and no clock",
        "a date and a bad clock",
    ],
)  # fmt: skip
def test_a_host_may_say_when_to_come_back_and_is_believed_for_two_minutes(
    headers: dict[str, str], after_s: float | None
) -> None:
    judgement = judge(NOTHING, 503, headers)

    assert judgement == TryLater(after_s, "the media host answered HTTP 503")


def test_the_rest_is_asked_for_only_of_unchanged_content() -> None:
    assert request_headers(HALF) == {
        "Accept-Encoding": "identity", "Range": "bytes=50-", "If-Range": '"a"'
    }  # fmt: skip


@pytest.mark.parametrize(
    "etag",
    [
        "", 'W/"a"', 'w/"a"', "a", '"a', '"a", "a"', '"a", "b"', '"a\x00b"', '"\xe9"', '"a b"',
        '"' + "a" * 201 + '"',
    ],
    ids=ascii,
)  # fmt: skip
def test_bytes_without_one_strong_etag_are_not_continued(etag: str) -> None:
    judgement = judge(NOTHING, 200, whole(etag=etag, last_modified="Sat, 31 Jan 2026 12:00:00 GMT"))

    assert judgement == Write(0, 100, None)
    assert request_headers(Held(50, None, 100)) == {"Accept-Encoding": "identity"}


def test_headers_that_came_twice_are_one_list_and_names_lose_their_case() -> None:
    lines = [("Content-Length", " 10 "), ("ETag", '"a"'), ("CONTENT-LENGTH", "20")]

    assert header_mapping(lines) == {"content-length": "10, 20", "etag": '"a"'}


def test_a_large_file_may_take_longer() -> None:
    assert deadline_s(None) == 600
    assert deadline_s(100_000_000) == 1_600


NAMES = st.sampled_from(
    ["content-length", "content-range", "content-type", "content-encoding", "etag", "date",
     "retry-after", "transfer-encoding"]
)  # fmt: skip
VALUES = st.text(st.characters(max_codepoint=255)) | st.sampled_from(
    ["100", "50", '"a"', "bytes 50-99/100", "audio/wav", "Sat, 31 Jan 2026 12:00:30 GMT",
     "Sat, 31 Jan 2026 12:00:30 +99999999999999999999"]
)  # fmt: skip


@given(
    held=st.sampled_from([NOTHING, UNBOUND, HALF, WHOLE]),
    status=st.sampled_from([200, 206, 416, 503]) | st.integers(0, 999),
    headers=st.dictionaries(NAMES, VALUES),
)
def test_every_answer_has_a_meaning_and_never_leaves_a_hole(
    held: Held, status: int, headers: dict[str, str]
) -> None:
    judgement = judge(held, status, headers)

    if isinstance(judgement, Write):
        assert judgement.offset in (0, held.size)
        assert 0 < judgement.total <= MAX_BYTES
        assert judgement.offset == 0 or (judgement.etag, judgement.total) == (held.etag, held.total)
    if isinstance(judgement, Finished):
        assert held.is_whole
