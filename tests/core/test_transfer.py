"""What an answer means for a part file."""

import pytest

from recordings_pipeline.core.transfer import (
    AskAgain,
    Finished,
    Gone,
    Held,
    Judgement,
    Refuse,
    StartOver,
    TryLater,
    Write,
    judge,
    request_headers,
)

NOTHING = Held()
HALF = Held(size=50, etag='"a"', total=100)
WHOLE = Held(size=100, etag='"a"', total=100)
AUDIO = {"content-type": "audio/wav", "content-length": "100", "etag": '"a"'}


def rest(content_range: str, etag: str = '"a"') -> dict[str, str]:
    return {"content-type": "audio/wav", "content-range": content_range, "etag": etag}


@pytest.mark.parametrize(
    ("held", "status", "headers", "expected"),
    [
        (NOTHING, 200, AUDIO, Write(0, 100, '"a"')),
        (HALF, 200, AUDIO, Write(0, 100, '"a"')),
        (HALF, 206, rest("bytes 50-99/100"), Write(50, 100, '"a"')),
        (HALF, 206, rest("bytes 40-99/100"), StartOver()),
        (HALF, 206, rest("bytes 50-98/100"), StartOver()),
        (HALF, 206, rest("bytes 50-119/120"), StartOver()),
        (HALF, 206, rest("bytes 50-99/100", etag='"b"'), StartOver()),
        (HALF, 206, rest("nonsense"), StartOver()),
        (WHOLE, 416, rest("bytes */100"), Finished()),
        (HALF, 416, rest("bytes */50"), StartOver()),
        (WHOLE, 416, rest("bytes */101"), StartOver()),
        (WHOLE, 416, {}, StartOver()),
        (HALF, 412, {}, StartOver()),
        (HALF, 400, {}, AskAgain()),
        (HALF, 401, {}, AskAgain()),
        (HALF, 403, {}, AskAgain()),
        (HALF, 404, {}, Gone()),
        (HALF, 503, {}, TryLater()),
        (NOTHING, 302, {}, Refuse("unexpected HTTP status 302")),
    ],
    ids=[
        "whole file", "range ignored: start at 0", "the rest", "rest from elsewhere",
        "rest that ends early", "rest of something larger", "rest of a changed file",
        "rest without range", "416 and all is there", "416 and half is there",
        "416 and the file grew", "416 without total", "412", "no signature that it reads",
        "no signature", "expired", "gone", "overloaded",
        "redirect",
    ],
)  # fmt: skip
def test_each_answer_has_one_meaning(
    held: Held, status: int, headers: dict[str, str], expected: Judgement
) -> None:
    assert judge(held, status, headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {**AUDIO, "content-type": "text/html; charset=utf-8"},
        {**AUDIO, "content-type": "application/xml"},
        {**AUDIO, "content-encoding": "gzip"},
        {**AUDIO, "content-length": "0"},
        {**AUDIO, "content-length": "9000000000"},
        {"content-type": "audio/wav"},
    ],
    ids=["HTML", "XML", "encoded", "empty", "absurd", "no length"],
)
def test_a_lie_with_status_200_is_refused(headers: dict[str, str]) -> None:
    assert isinstance(judge(NOTHING, 200, headers), Refuse)


def test_the_rest_is_asked_for_only_of_unchanged_content() -> None:
    assert request_headers(HALF) == {
        "Accept-Encoding": "identity", "Range": "bytes=50-", "If-Range": '"a"'
    }  # fmt: skip


def test_bytes_without_a_strong_etag_are_not_continued() -> None:
    weak = judge(NOTHING, 200, {**AUDIO, "etag": 'W/"a"'})

    assert weak == Write(0, 100, None)
    assert request_headers(Held(50, None, 100)) == {"Accept-Encoding": "identity"}
