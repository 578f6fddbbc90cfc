"""One login serves all threads, and its secret is shown to nobody."""

import base64
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from recordings_pipeline.core.errors import (
    ConfigurationError,
    Interrupted,
    LoginRefused,
    MalformedPayload,
    RecordingsError,
    UnexpectedStatus,
)
from recordings_pipeline.core.settings import Settings
from recordings_pipeline.genesys.attempts import Attempts
from recordings_pipeline.genesys.auth import Tokens
from recordings_pipeline.genesys.budget import Gate
from recordings_pipeline.genesys.lanes import Lanes
from recordings_pipeline.genesys.meter import Meter
from tests.conftest import Start
from tests.hosts import (
    SECRET,
    Answer,
    Patience,
    Reply,
    Serve,
    in_turn,
    reply_json,
    settings_for,
    token,
)

NOTHING = in_turn(Answer(404))
Open = Callable[[Settings], Tokens]


@pytest.fixture
def tokens_of() -> Generator[Open]:
    """Return tokens by settings; their waits are not sat through."""
    with httpx.Client() as http:

        def begin(settings: Settings) -> Tokens:
            meter = Meter()
            patience = Patience()
            attempts = Attempts(Gate(meter, patience), meter, Lanes(4, patience))
            return Tokens(settings, http, attempts)

        yield begin


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"id:{secret}".encode()).decode()


def test_many_threads_share_one_login(start: Start, tokens_of: Open) -> None:
    simulator = start()
    tokens = tokens_of(settings_for(simulator))
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return tokens.current().reveal()

    with ThreadPoolExecutor(8) as threads:
        held = set(threads.map(ask, range(8)))

    assert len(held) == 1
    assert simulator.traffic.logins == 1


def test_a_login_sends_the_credentials_in_its_header_and_nothing_but_the_grant(
    serve: Serve, tokens_of: Open
) -> None:
    host = serve(NOTHING)

    tokens_of(settings_for(host)).current()

    (login,) = host.logins
    assert login.method == "POST"
    assert login.headers["authorization"] == basic(SECRET)
    assert login.body == b"grant_type=client_credentials"


@pytest.mark.parametrize(
    ("expires_in", "logins"),
    [(-1, 2), (0, 2), (30, 1), (300, 1), (86_400, 1), (None, 2), ("soon", 2)],
    ids=["past", "now", "half a minute", "five minutes", "a day", "unsaid", "nonsense"],
)
def test_a_token_is_used_until_shortly_before_its_end(
    serve: Serve, tokens_of: Open, expires_in: object, logins: int
) -> None:
    host = serve(NOTHING, lambda _: token("t", expires_in))
    tokens = tokens_of(settings_for(host))

    tokens.current()
    tokens.current()

    assert len(host.logins) == logins


def test_a_rejected_token_is_replaced_by_one_new_login(serve: Serve, tokens_of: Open) -> None:
    host = serve(NOTHING)
    tokens = tokens_of(settings_for(host))
    rejected = tokens.current()
    together = threading.Barrier(8)

    def replace(_: int) -> str:
        together.wait()
        return tokens.replace(rejected).reveal()

    with ThreadPoolExecutor(8) as threads:
        held = set(threads.map(replace, range(8)))

    assert held == {"token-2"}
    assert len(host.logins) == 2
    assert tokens.current().reveal() == "token-2"


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_never_tried_again(
    serve: Serve, tokens_of: Open, status: int
) -> None:
    host = serve(NOTHING, in_turn(Answer(status, b'{"error":"invalid_client"}')))

    with pytest.raises(LoginRefused) as caught:
        tokens_of(settings_for(host)).current()

    assert len(host.logins) == 1
    assert caught.value.host == host.url.removeprefix("http://")


def test_a_wrong_secret_is_refused(start: Start, tokens_of: Open) -> None:
    simulator = start()

    with pytest.raises(LoginRefused):
        tokens_of(settings_for(simulator, GENESYS_CLIENT_SECRET="other")).current()

    assert simulator.traffic.logins == 0


@pytest.mark.parametrize("status", [0, 500, 503])
def test_a_login_host_in_trouble_is_asked_again(serve: Serve, tokens_of: Open, status: int) -> None:
    host = serve(NOTHING, in_turn(Answer(status), token("second")))

    assert tokens_of(settings_for(host)).current().reveal() == "second"
    assert len(host.logins) == 2


BROKEN: dict[str, tuple[Reply, type[RecordingsError], str]] = {
    "page": (in_turn(Answer(200, b"{<html>")), MalformedPayload, "login: is not valid JSON"),
    "list": (in_turn(reply_json([])), MalformedPayload, "login: has no access_token"),
    "no token": (in_turn(reply_json({})), MalformedPayload, "login: has no access_token"),
    "number": (
        in_turn(reply_json({"access_token": 7})), MalformedPayload, "login: has no access_token"
    ),
    "redirect": (
        in_turn(Answer(302, headers={"Location": "/elsewhere"})), UnexpectedStatus, "status 302"
    ),
    "created": (in_turn(Answer(201)), UnexpectedStatus, "POST /oauth/token: unexpected"),
}  # fmt: skip


@pytest.mark.parametrize(("login", "error", "text"), BROKEN.values(), ids=BROKEN)
def test_an_answer_without_a_token_is_an_error_after_one_login(
    serve: Serve, tokens_of: Open, login: Reply, error: type[RecordingsError], text: str
) -> None:
    host = serve(NOTHING, login)

    with pytest.raises(error, match=text):
        tokens_of(settings_for(host)).current()

    assert (len(host.logins), len(host.asked)) == (1, 0)


def test_a_secret_in_a_file_is_read_anew_at_each_login(
    serve: Serve, tokens_of: Open, tmp_path: Path
) -> None:
    host = serve(NOTHING)
    file = tmp_path / "secret"
    more = {"GENESYS_CLIENT_SECRET": "", "GENESYS_CLIENT_SECRET_FILE": str(file)}
    tokens = tokens_of(settings_for(host, **more))

    file.write_text("first\n")
    rejected = tokens.current()
    file.write_text("second\n")
    tokens.replace(rejected)

    assert [heard.headers["authorization"] for heard in host.logins] == [
        basic("first"), basic("second")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read"), (b" \n", "is empty"), (b"\xff\xfe", "not text")],
    ids=["absent", "empty", "binary"],
)
def test_an_unusable_secret_file_is_named(
    serve: Serve, tokens_of: Open, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    host = serve(NOTHING)
    more = {"GENESYS_CLIENT_SECRET": "", "GENESYS_CLIENT_SECRET_FILE": str(file)}

    with pytest.raises(ConfigurationError, match=problem) as caught:
        tokens_of(settings_for(host, **more)).current()

    assert caught.value.variable == "GENESYS_CLIENT_SECRET_FILE"
    assert str(file) in str(caught.value)
    assert host.logins == []


def test_a_secret_that_was_taken_for_its_file_is_not_shown(serve: Serve, tokens_of: Open) -> None:
    more = {"GENESYS_CLIENT_SECRET": "", "GENESYS_CLIENT_SECRET_FILE": "hush-hush-9"}

    with pytest.raises(ConfigurationError, match="give the whole path of a file") as caught:
        tokens_of(settings_for(serve(NOTHING), **more)).current()

    assert "hush" not in str(caught.value)


def test_neither_secret_nor_token_is_shown(serve: Serve, tokens_of: Open) -> None:
    tokens = tokens_of(settings_for(serve(NOTHING)))
    held = tokens.current()

    shown = f"{held} {held!r} {tokens!r} {vars(tokens)}"

    assert SECRET not in shown
    assert "token-1" not in shown


def test_no_failure_quotes_the_secret(serve: Serve, tokens_of: Open) -> None:
    echo = f'{{"error": "{SECRET}"}}'.encode()
    for answer in (Answer(401, echo), Answer(418, echo), Answer(200, echo), Answer(503, echo)):
        with pytest.raises(RecordingsError) as caught:
            tokens_of(settings_for(serve(NOTHING, in_turn(answer)))).current()

        assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_a_login_ends_with_the_request_to_stop(serve: Serve) -> None:
    host = serve(NOTHING, in_turn(Answer(503)))
    meter, stop = Meter(), Patience(most_waits=1)

    attempts = Attempts(Gate(meter, stop), meter, Lanes(4, stop))
    with httpx.Client() as http, pytest.raises(Interrupted):
        Tokens(settings_for(host), http, attempts).current()

    assert len(host.logins) == 1
