"""The official SDK asks through our transport and leaves no trace in the process."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core.errors import NotFound
from recordings_pipeline.genesys.sdk import Sdk, open_sdk
from recordings_pipeline.genesys.transport import ApiTransport, Reply
from tests.hosts import Answer, Host, Serve, in_turn, settings_for

ROOT = Path(__file__).parents[2]
ID = "11111111-1111-4111-8111-111111111111"
# The import happens once in a process, so what it does is observed in one of its own.
SCRIPT = """
import json, logging, os, sys, threading

from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys.sdk import open_sdk
from recordings_pipeline.genesys.transport import ApiTransport

def loggers():
    found = [logging.getLogger(name) for name in ("urllib3", "watchdog")]
    return [[logger.level, logger.propagate] for logger in found]

def state():
    return {
        "home": os.environ.get("HOME"),
        "loggers": loggers(),
        "threads": [thread.name for thread in threading.enumerate()],
        "modules": [name for name in sys.modules if "sdk_package" in name],
        "is_whole": "PureCloudPlatformClientV2" in sys.modules,
    }

logging.getLogger("urllib3").setLevel(logging.INFO)
settings = settings_from({"GENESYS_CLIENT_ID": "id", "GENESYS_CLIENT_SECRET": "secret"})
with ApiTransport(settings, threading.Event()) as transport:
    before = state()
    open_sdk(settings.base_url, transport)
    after = state()
    del os.environ["HOME"]
    open_sdk(settings.base_url, transport)
print(json.dumps({"before": before, "after": after, "homeless": state()}))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with everything a process might write to."""
    place = tmp_path_factory.mktemp("process")
    for name in ("home", "tmp", "work"):
        (place / name).mkdir()
    return place


@pytest.fixture(scope="module")
def states(place: Path) -> dict[str, dict[str, Any]]:
    """Return what a process was like before and after the SDK came in."""
    environ = {
        **os.environ,
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=place / "work", env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_sdk_comes_in_on_first_use_only(states: dict[str, dict[str, Any]]) -> None:
    assert not states["before"]["modules"]
    assert states["after"]["modules"]


def test_only_what_we_ask_through_comes_in(states: dict[str, dict[str, Any]]) -> None:
    assert len(states["after"]["modules"]) < 50
    assert not states["after"]["is_whole"]


@pytest.mark.usefixtures("states")
def test_the_sdk_leaves_no_file_behind(place: Path) -> None:
    assert sorted(path.name for path in place.rglob("*")) == ["home", "tmp", "work"]


@pytest.mark.parametrize("what", ["home", "loggers", "threads"])
def test_the_process_is_afterwards_as_it_was(states: dict[str, dict[str, Any]], what: str) -> None:
    assert states["after"][what] == states["before"][what]


def test_a_process_without_a_home_gets_none(states: dict[str, dict[str, Any]]) -> None:
    assert states["homeless"]["home"] is None


@pytest.fixture
def host(serve: Serve) -> Host:
    return serve(in_turn(Answer(200, b'{"is": "good"}', {"X-Name": "value"})))


@pytest.fixture
def sdk(host: Host) -> Generator[Sdk]:
    with ApiTransport(settings_for(host), threading.Event()) as transport:
        yield open_sdk(host.url, transport)


def test_a_question_goes_through_our_transport_and_its_answer_comes_back_unread(
    host: Host, sdk: Sdk
) -> None:
    reply = sdk.recording.get_recording_batchrequest(ID)

    assert isinstance(reply, Reply)
    assert (reply.status, reply.data) == (200, b'{"is": "good"}')
    assert reply.getheaders()["x-name"] == "value"
    (heard,) = host.asked
    assert heard.path == f"/api/v2/recording/batchrequests/{ID}"
    assert heard.headers["authorization"] == "Bearer token-1"


def test_the_body_of_a_question_arrives_as_it_was_given(host: Host, sdk: Sdk) -> None:
    query = {"interval": "a/b", "paging": {"pageSize": 100, "pageNumber": 1}}

    sdk.analytics.post_analytics_conversations_details_query(query)

    (heard,) = host.asked
    assert (heard.method, json.loads(heard.body)) == ("POST", query)


@pytest.mark.parametrize(
    "body",
    [b"null", b'{"fileState": "FROZEN", "media": null}', b"[{}]", b"{<html>"],
    ids=["null", "unknown word", "list", "nonsense"],
)
def test_the_sdk_reads_no_answer(serve: Serve, body: bytes) -> None:
    host = serve(in_turn(Answer(200, body)))

    with ApiTransport(settings_for(host), threading.Event()) as transport:
        sdk = open_sdk(host.url, transport)

        assert sdk.recording.get_conversation_recordingmetadata(ID).data == body


def test_the_sdk_passes_our_errors_on_and_tries_nothing_again(serve: Serve) -> None:
    host = serve(in_turn(Answer(404)))

    with ApiTransport(settings_for(host), threading.Event()) as transport:
        sdk = open_sdk(host.url, transport)
        with pytest.raises(NotFound):
            sdk.tokens.get_tokens_me()

    assert len(host.asked) == 1
