"""An answer is read whole, and no further than an answer can go."""

import gzip

import httpx
import pytest

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.genesys.whole_answer import whole_answer
from tests.hosts import Answer, Serve, in_turn

MOST = 1_000_000
PACKED = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(("size", "is_refused"), [(MOST, False), (MOST + 1, True)])
def test_a_packed_answer_is_unpacked_up_to_a_limit(
    serve: Serve, size: int, *, is_refused: bool
) -> None:
    host = serve(in_turn(Answer(200, gzip.compress(bytes(size)), {**PACKED, "X-Name": "value"})))

    with httpx.Client() as http:
        if is_refused:
            with pytest.raises(
                MalformedPayload, match="GET /x: the answer unpacks to more than 1 MB"
            ):
                whole_answer(http, "GET", host.url, what="GET /x", most_bytes=MOST)
            return
        answer = whole_answer(http, "GET", host.url, what="GET /x", most_bytes=MOST)

    assert answer.content == bytes(size)
    assert answer.headers["x-name"] == "value"


def test_a_status_that_is_no_success_has_its_body_as_well(serve: Serve) -> None:
    host = serve(in_turn(Answer(404, b'{"code": "x"}')))

    with httpx.Client() as http:
        answer = whole_answer(http, "GET", host.url, what="GET /x")

    assert (answer.status_code, answer.content) == (404, b'{"code": "x"}')


def test_a_body_that_ends_early_is_no_answer(serve: Serve) -> None:
    host = serve(in_turn(Answer(200, b"half", {"Content-Length": "8"})))

    with httpx.Client() as http, pytest.raises(httpx.RequestError):
        whole_answer(http, "GET", host.url, what="GET /x", timeout=0.3)
