"""The official SDK, brought in on first use and kept from touching the rest of the process.

Importing ``PureCloudPlatformClientV2`` takes 4 to 10 s and 220 MB, starts an observer that watches
the whole home directory for a settings file, and silences the loggers of urllib3 and watchdog.
So it is imported here only, with a home of its own, and the loggers are put back.
"""

import importlib
import logging
import os
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings_pipeline.genesys.transport import ApiTransport, Reply

_NO_LIVE_RELOAD = "[general]\nlive_reload_config = false\n"
_SILENCED = ("urllib3", "watchdog")
_import_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sdk:
    """The parts of the SDK we ask questions through; every method returns a `Reply`."""

    analytics: Any
    authorization: Any
    organization: Any
    recording: Any
    routing: Any
    speech: Any
    tokens: Any
    users: Any


def open_sdk(base_url: str, transport: ApiTransport) -> Sdk:
    """Build the SDK's clients on our transport.

    The SDK knows endpoints, parameters and paths; it neither sends, nor retries, nor reads.
    """
    sdk = imported()

    class Http(sdk.abstract_http_client.AbstractHttpClient):  # type: ignore[name-defined,misc]
        def request(self, options: Any) -> Reply:  # noqa: ANN401 (the SDK has no types)
            return transport.ask(
                options.method, options.url, query=options.query_params, body=options.body
            )

    class RawApiClient(sdk.ApiClient):  # type: ignore[name-defined,misc]
        def deserialize(self, response: Reply, response_type: str) -> Reply:
            del response_type
            return response

    api = RawApiClient(host=base_url)
    api.set_http_client(Http())
    return Sdk(
        analytics=sdk.AnalyticsApi(api),
        authorization=sdk.AuthorizationApi(api),
        organization=sdk.OrganizationApi(api),
        recording=sdk.RecordingApi(api),
        routing=sdk.RoutingApi(api),
        speech=sdk.SpeechTextAnalyticsApi(api),
        tokens=sdk.TokensApi(api),
        users=sdk.UsersApi(api),
    )


def imported() -> Any:  # noqa: ANN401 (the SDK has no types)
    """Return the SDK's package, brought in so that the process is afterwards as it was."""
    with _import_lock, _own_home(), _kept_loggers():
        return importlib.import_module("PureCloudPlatformClientV2")


@contextmanager
def _own_home() -> Generator[None]:
    """Show the SDK a home directory whose settings file switches the observer off."""
    before = os.environ.get("HOME")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / ".genesyscloudpython"
        folder.mkdir()
        (folder / "config").write_text(_NO_LIVE_RELOAD)
        os.environ["HOME"] = home
        try:
            yield
        finally:
            if before is None:
                del os.environ["HOME"]
            else:
                os.environ["HOME"] = before


@contextmanager
def _kept_loggers() -> Generator[None]:
    loggers = [logging.getLogger(name) for name in _SILENCED]
    before = [(logger.level, logger.propagate) for logger in loggers]
    try:
        yield
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.propagate = propagate
