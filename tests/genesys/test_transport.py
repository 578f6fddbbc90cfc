"""Questions are carried with a good token, and every answer is good or a plain error."""

import gzip
import json
import logging
import socket
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from recordings_pipeline.core.errors import (
    Interrupted,
    LoginRefused,
    NotFound,
    PermissionMissing,
    RecordingsError,
    UnexpectedStatus,
    Unreachable,
)
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys.transport import ApiTransport
from recordings_pipeline.simulator.options import PERMISSIONS, RECORDINGS
from recordings_pipeline.simulator.server import Simulator
from tests.conftest import Start
from tests.hosts import (
    SECRET,
    Answer,
    Heard,
    Host,
    Patience,
    Reply,
    Serve,
    in_turn,
    reply_json,
    settings_for,
)

ID = "11111111-1111-4111-8111-111111111111"
ME = "/api/v2/tokens/me"
GOOD = reply_json({"is": "good"})
Open = Callable[[Simulator | Host], ApiTransport]


@pytest.fixture
def transport_to() -> Generator[Open]:
    """Open transports that close with the test; their waits are not sat through."""
    with ExitStack() as stack:
        yield lambda host: stack.enter_context(ApiTransport(settings_for(host), Patience()))


def test_a_question_arrives_as_it_was_asked(serve: Serve, transport_to: Open) -> None:
    host = serve(in_turn(GOOD))

    transport_to(host).ask("POST", f"{host.url}/api/v2/x", query={"n": 2}, body={"é": [1, None]})

    (heard,) = host.asked
    assert (heard.method, heard.path) == ("POST", "/api/v2/x?n=2")
    assert json.loads(heard.body) == {"é": [1, None]}
    assert heard.headers["content-type"] == heard.headers["accept"] == "application/json"
    assert heard.headers["authorization"] == "Bearer token-1"


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_a_good_answer_is_handed_back_unread(serve: Serve, transport_to: Open, status: int) -> None:
    body = b"" if status == 204 else b"{not even JSON"
    host = serve(in_turn(Answer(status, body, {"X-Name": "value"})))

    reply = transport_to(host).ask("GET", f"{host.url}{ME}")

    assert (reply.status, reply.data) == (status, body)
    assert reply.getheaders()["x-name"] == "value"


def test_a_packed_answer_is_unpacked(serve: Serve, transport_to: Open) -> None:
    packed = Answer(200, gzip.compress(b'{"is": "good"}'), {"Content-Encoding": "gzip"})
    host = serve(in_turn(packed))

    assert transport_to(host).ask("GET", f"{host.url}{ME}").data == GOOD.body


def test_a_dead_token_costs_one_login_and_one_more_attempt(
    serve: Serve, transport_to: Open
) -> None:
    host = serve(in_turn(GOOD, Answer(401), GOOD))
    transport = transport_to(host)

    for _ in range(3):
        assert transport.ask("GET", f"{host.url}{ME}").data == GOOD.body

    bearers = [heard.headers["authorization"] for heard in host.asked]
    assert bearers == ["Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"]
    assert len(host.logins) == 2


def test_a_good_token_that_is_refused_as_well_ends_the_question(
    serve: Serve, transport_to: Open
) -> None:
    host = serve(in_turn(Answer(401)))

    with pytest.raises(UnexpectedStatus, match="401"):
        transport_to(host).ask("GET", f"{host.url}{ME}")

    assert (len(host.asked), len(host.logins)) == (2, 2)


def test_threads_that_are_refused_together_log_in_once(serve: Serve, transport_to: Open) -> None:
    def only_the_second(heard: Heard) -> Answer:
        return GOOD if heard.headers["authorization"] == "Bearer token-2" else Answer(401)

    host = serve(only_the_second)
    transport = transport_to(host)
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return transport.ask("GET", f"{host.url}{ME}").status

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [200] * 8

    assert len(host.logins) == 2


def test_a_missing_permission_is_named_with_what_support_asks_for(
    start: Start, transport_to: Open
) -> None:
    simulator = start(permissions=PERMISSIONS - {RECORDINGS})
    url = f"{simulator.base_url}/api/v2/conversations/{ID}/recordingmetadata"

    with pytest.raises(PermissionMissing) as caught:
        transport_to(simulator).ask("GET", url)

    assert RECORDINGS in caught.value.needed
    assert caught.value.route == "GET /api/v2/conversations/{id}/recordingmetadata"
    assert caught.value.correlation_id == "00000000-0000-4000-8000-00000000c0de"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code": null}'])
def test_a_refusal_without_a_reason_says_so(serve: Serve, transport_to: Open, body: bytes) -> None:
    host = serve(in_turn(Answer(403, body)))

    with pytest.raises(PermissionMissing, match="no reason given"):
        transport_to(host).ask("GET", f"{host.url}{ME}")


def test_what_the_platform_does_not_know_is_not_found(start: Start, transport_to: Open) -> None:
    simulator = start()
    url = f"{simulator.base_url}/api/v2/recording/batchrequests/{ID}"

    with pytest.raises(NotFound) as caught:
        transport_to(simulator).ask("GET", url)

    assert str(caught.value) == "GET /api/v2/recording/batchrequests/{id}: not found"


@pytest.mark.parametrize("status", [300, 302, 400, 409, 418, 501])
def test_any_other_answer_is_an_error_after_one_attempt(
    serve: Serve, transport_to: Open, status: int
) -> None:
    host = serve(in_turn(Answer(status, headers={"Location": "/elsewhere"})))

    with pytest.raises(UnexpectedStatus, match=str(status)):
        transport_to(host).ask("GET", f"{host.url}{ME}")

    assert len(host.asked) == 1


def test_a_login_that_redirects_takes_the_secret_nowhere(serve: Serve, transport_to: Open) -> None:
    elsewhere = serve(in_turn(GOOD))
    redirect = Answer(302, headers={"Location": f"{elsewhere.url}/oauth/token"})
    host = serve(in_turn(GOOD), in_turn(redirect))

    with pytest.raises(UnexpectedStatus, match="302"):
        transport_to(host).ask("GET", f"{host.url}{ME}")

    assert elsewhere.asked == elsewhere.logins == []


def test_every_attempt_and_every_refusal_for_the_rate_is_counted(serve: Serve) -> None:
    host = serve(in_turn(Answer(503), Answer(429, headers={"Retry-After": "0"}), GOOD))

    with ApiTransport(settings_for(host), threading.Event()) as transport:
        transport.ask("GET", f"{host.url}{ME}")
        spent = transport.meter.reading()

    assert spent.api_calls == len(host.logins) + len(host.asked) == 4
    assert spent.rate_limited_count == 1
    assert spent.waits.allowance_s > 0.2


def test_a_refused_login_sends_no_question(serve: Serve, transport_to: Open) -> None:
    host = serve(in_turn(GOOD), in_turn(Answer(401)))

    with pytest.raises(LoginRefused):
        transport_to(host).ask("GET", f"{host.url}{ME}")

    assert host.asked == []


def test_after_the_request_to_stop_nothing_is_asked(serve: Serve) -> None:
    host = serve(in_turn(GOOD))
    stop = threading.Event()
    stop.set()

    with ApiTransport(settings_for(host), stop) as transport, pytest.raises(Interrupted):
        transport.ask("GET", f"{host.url}{ME}")

    assert host.asked == host.logins == []


SILENT = {
    "hangs up": in_turn(Answer(0)),
    "stops early": in_turn(Answer(200, b"{", {"Content-Length": "100"})),
    "unexpected": in_turn(Answer(418, b"hush token-1")),
    "permission": in_turn(Answer(403, b"hush token-1")),
    "failing": in_turn(Answer(503, b"hush token-1")),
}


@pytest.mark.parametrize("reply", SILENT.values(), ids=SILENT)
def test_no_failure_and_no_log_tells_token_secret_or_query(
    serve: Serve, transport_to: Open, caplog: pytest.LogCaptureFixture, reply: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    host = serve(reply)

    with pytest.raises(RecordingsError) as caught:
        transport_to(host).ask("GET", f"{host.url}{ME}", query={"key": "hush"})

    told = f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {caplog.text}"
    assert not [word for word in (SECRET, "hush", "token-1") if word in told]


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        names = ("GENESYS_BASE_URL", "GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET")
        settings = settings_from(dict(zip(names, (f"http://{address}", "id", SECRET), strict=True)))
        with ApiTransport(settings, Patience()) as transport, pytest.raises(Unreachable) as caught:
            transport.ask("GET", f"http://{address}{ME}")

    assert str(caught.value) == f"no answer from {address}: ConnectError"
