"""A request is tried until it succeeds or the budget is spent."""

import random
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from recordings_pipeline.core.errors import (
    Interrupted,
    RateLimited,
    ServerFailed,
    Unreachable,
)
from recordings_pipeline.core.fields import NotJson
from recordings_pipeline.core.retries import API
from recordings_pipeline.genesys.attempts import Attempts, host_of
from recordings_pipeline.genesys.budget import Gate
from recordings_pipeline.genesys.lanes import Lanes
from recordings_pipeline.genesys.meter import Meter
from tests.hosts import Answer, Host, Patience, Serve, in_turn

ROUTE = "GET /thing"
GOOD = Answer(200, b'{"is": "good"}')
PAGE = Answer(200, b"<html>hush</html>", {"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def http() -> Generator[httpx.Client]:
    with httpx.Client() as client:
        yield client


class Trial:
    """Attempts at one host, with the meter and the stop event they go by."""

    def __init__(self, http: httpx.Client, host: Host, stop: threading.Event) -> None:
        self.meter = Meter()
        self.gate = Gate(self.meter, stop)
        self.lanes = Lanes(4, stop)
        self._attempts = Attempts(self.gate, self.meter, self.lanes)
        self._send = lambda: http.get(f"{host.url}/thing?key=hush")

    def answer(self) -> httpx.Response:
        return self._attempts.answer(ROUTE, self._send)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 409, 413, 501])
def test_an_answer_that_another_attempt_would_not_change_is_returned_at_once(
    serve: Serve, http: httpx.Client, status: int
) -> None:
    host = serve(in_turn(Answer(status, b"{}" if status == 200 else b"")))
    trial = Trial(http, host, Patience())

    assert trial.answer().status_code == status
    assert trial.meter.reading().api_calls == len(host.asked) == 1


@pytest.mark.parametrize(("status", "left"), [(200, 4), (404, 4), (0, 2), (503, 2)])
def test_fewer_requests_are_on_their_way_at_once_after_a_trouble_and_only_then(
    serve: Serve, http: httpx.Client, status: int, left: int
) -> None:
    trial = Trial(http, serve(in_turn(Answer(status), GOOD)), Patience())

    trial.answer()

    assert trial.lanes.limit == left


@pytest.mark.parametrize("status", [0, 408, 500, 502, 503, 504])
def test_a_trouble_that_passes_is_waited_out(serve: Serve, http: httpx.Client, status: int) -> None:
    stop = Patience()
    host = serve(in_turn(Answer(status), GOOD))
    trial = Trial(http, host, stop)

    assert trial.answer().content == GOOD.body
    assert len(stop.waits) == 1
    assert (trial.meter.reading().api_calls, trial.meter.reading().rate_limited_count) == (2, 0)


@pytest.mark.parametrize(
    "wrong", [PAGE, Answer(200, b""), Answer(200, b"\xff"), Answer(201, b" <?xml?>")]
)
def test_what_is_no_json_is_a_trouble_that_passes(
    serve: Serve, http: httpx.Client, wrong: Answer
) -> None:
    host = serve(in_turn(wrong, GOOD))
    trial = Trial(http, host, Patience())

    assert trial.answer().content == GOOD.body
    assert trial.meter.reading().api_calls == 2


@pytest.mark.parametrize(
    "body", [b"{}", b" \n[]", b"\xef\xbb\xbf{}", b"null", b'"x"', b"-1", b"true"]
)
def test_whatever_json_it_is_is_returned_at_once(
    serve: Serve, http: httpx.Client, body: bytes
) -> None:
    host = serve(in_turn(Answer(200, body)))

    assert Trial(http, host, Patience()).answer().content == body
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, "text/html of 17 bytes"),
        ({"Content-Type": "x/" + "y" * 200}, "17 bytes of no known type"),
        ({"Content-Type": "hush me/now"}, "17 bytes of no known type"),
        ({}, "17 bytes of no known type"),
    ],
)
def test_what_stays_no_json_ends_after_the_usual_attempts_with_its_type_and_size(
    serve: Serve, http: httpx.Client, headers: dict[str, str], told: str
) -> None:
    host = serve(in_turn(Answer(200, PAGE.body, headers)))

    with pytest.raises(NotJson) as failure:
        Trial(http, host, Patience()).answer()

    assert len(host.asked) == API.attempts
    assert f"{ROUTE}: {told} came instead of JSON" in str(failure.value)
    assert "hush" not in str(failure.value)


def test_a_refusal_for_the_rate_is_counted_and_waited_out(serve: Serve, http: httpx.Client) -> None:
    host = serve(in_turn(Answer(429, headers={"Retry-After": "0"}), GOOD))
    trial = Trial(http, host, threading.Event())

    assert trial.answer().content == GOOD.body
    assert (trial.meter.reading().api_calls, trial.meter.reading().rate_limited_count) == (2, 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "asked_s"),
    [
        ("7", 7.0),
        ("119", 119.0),
        ("120", 120.0),
        ("121", 120.0),
        ("1000000000", 120.0),
    ],
    ids=["seconds", "below the cap", "at the cap", "above the cap", "absurd"],
)
def test_nobody_asks_again_before_the_time_that_the_server_named(
    serve: Serve, http: httpx.Client, status: int, value: str, asked_s: float
) -> None:
    stop = Patience(most_waits=1)
    host = serve(in_turn(Answer(status, headers={"Retry-After": value}), GOOD))

    with pytest.raises(Interrupted):
        Trial(http, host, stop).answer()

    assert asked_s - 0.1 <= stop.waits[0] <= asked_s + 0.5
    assert len(host.asked) == 1


@pytest.mark.parametrize(("ahead_s", "asked_s"), [(-60, 0.0), (40, 40.0), (86_400, 120.0)])
def test_a_time_may_be_named_as_a_date(
    serve: Serve, http: httpx.Client, ahead_s: float, asked_s: float
) -> None:
    stop = Patience(most_waits=1)
    moment = datetime.now(UTC) + timedelta(seconds=ahead_s)
    late = Answer(503, headers={"Retry-After": format_datetime(moment, usegmt=True)})

    with pytest.raises(Interrupted):
        Trial(http, serve(in_turn(late)), stop).answer()

    # The date has whole seconds, and some time has passed since it was written.
    assert asked_s - 3.0 <= stop.waits[0] <= asked_s + 0.5


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}], ids=["absent", "nonsense"])
def test_a_refusal_for_the_rate_that_names_no_time_is_waited_out_for_five_seconds(
    serve: Serve, http: httpx.Client, headers: dict[str, str]
) -> None:
    stop = Patience(most_waits=1)

    with pytest.raises(Interrupted):
        Trial(http, serve(in_turn(Answer(429, headers=headers))), stop).answer()

    assert 4.9 <= stop.waits[0] <= 5.5


def test_a_refusal_for_the_rate_holds_back_every_thread(serve: Serve, http: httpx.Client) -> None:
    stop = Patience(most_waits=1)
    trial = Trial(http, serve(in_turn(Answer(429, headers={"Retry-After": "60"}))), stop)
    with pytest.raises(Interrupted):
        trial.answer()
    stop.clear()

    with pytest.raises(Interrupted):
        trial.gate.enter()

    assert stop.waits[1] == pytest.approx(60.0, abs=1.0)


def test_a_failing_server_is_asked_eight_times_with_pauses_that_double(
    serve: Serve, http: httpx.Client
) -> None:
    stop = Patience()
    host = serve(in_turn(Answer(503, headers={"ININ-Correlation-Id": "c0de"})))
    trial = Trial(http, host, stop)

    with pytest.raises(ServerFailed) as caught:
        trial.answer()

    assert str(caught.value) == "GET /thing: HTTP 503 (correlation id c0de)"
    assert trial.meter.reading().api_calls == len(host.asked) == 8
    assert len(stop.waits) == 7
    for number, pause in enumerate(stop.waits):
        assert 0.25 * 2**number <= pause <= 0.5 * 2**number


def test_a_host_that_hangs_up_again_and_again_is_unreachable(
    serve: Serve, http: httpx.Client
) -> None:
    host = serve(in_turn(Answer(0)))
    trial = Trial(http, host, Patience())

    with pytest.raises(Unreachable) as caught:
        trial.answer()

    address = host.url.removeprefix("http://")
    assert str(caught.value) == f"no answer from {address}: RemoteProtocolError"
    assert trial.meter.reading().api_calls == len(host.asked) == 8


def test_an_allowance_that_stays_used_up_is_an_error_in_the_end(
    serve: Serve, http: httpx.Client
) -> None:
    random.seed(273_458)  # draws small numbers first, so that the pauses stay short
    host = serve(in_turn(Answer(429, headers={"Retry-After": "0"})))
    trial = Trial(http, host, threading.Event())

    with pytest.raises(RateLimited) as caught:
        trial.answer()

    assert str(caught.value).startswith("GET /thing: rate limit reached")
    assert trial.meter.reading().rate_limited_count == len(host.asked) == 8


def test_no_message_tells_what_was_asked(
    serve: Serve, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "recordings_pipeline")
    host = serve(in_turn(Answer(0), Answer(503), Answer(200)))

    Trial(http, host, Patience()).answer()

    told = [r.getMessage() for r in caplog.records if r.name.startswith("recordings_pipeline")]
    assert len(told) == 2
    assert not any("hush" in message for message in told)


def test_a_failed_attempt_gives_its_place_back(serve: Serve, http: httpx.Client) -> None:
    full = {"inin-ratelimit-count": "1", "inin-ratelimit-allowed": "2"}
    answers = (Answer(200, headers={**full, "inin-ratelimit-reset": "60"}), Answer(0), GOOD)
    stop = Patience()
    trial = Trial(http, serve(in_turn(*answers)), stop)

    trial.answer()

    assert trial.answer().content == GOOD.body
    assert len(stop.waits) == 1


def test_after_the_request_to_stop_nothing_is_sent(serve: Serve, http: httpx.Client) -> None:
    host = serve(in_turn(GOOD))
    stop = threading.Event()
    stop.set()

    with pytest.raises(Interrupted):
        Trial(http, host, stop).answer()

    assert host.asked == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.mypurecloud.de/api/v2?key=hush", "api.mypurecloud.de"),
        ("http://127.0.0.1:8089/", "127.0.0.1:8089"),
        ("https://me:hush@api.mypurecloud.de/", "api.mypurecloud.de"),
    ],
)
def test_of_a_url_only_host_and_port_are_told(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("status", [200, 503])
def test_a_body_that_cannot_be_unpacked_is_tried_again(
    serve: Serve, http: httpx.Client, status: int
) -> None:
    broken = Answer(status, b"<html>", {"Content-Encoding": "gzip"})
    host = serve(in_turn(broken, GOOD))

    assert Trial(http, host, Patience()).answer().content == GOOD.body
