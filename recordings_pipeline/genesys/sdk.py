"""The official SDK: the parts we ask through, brought in on first use, kept from all else.

Importing ``PureCloudPlatformClientV2`` as a whole takes 2 to 10 s and 205 MB, as it loads all of
its 6,650 models. We hand it plain values and read its answers ourselves, so that no model is ever
made: the eight APIs that we use come in without any, in 0.1 s and 20 MB, as a package with a name
of its own; who imports the whole SDK beside us gets it untouched. Its settings would start an
observer that watches the whole home directory, and silence the loggers of urllib3 and watchdog: it
is given a home of its own, and the loggers are put back.
"""

import importlib
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from recordings_pipeline.genesys.transport import ApiTransport, Reply

_NO_LIVE_RELOAD = "[general]\nlive_reload_config = false\n"
_SILENCED = ("urllib3", "watchdog")
_INSTALLED = "PureCloudPlatformClientV2"
_PACKAGE = f"{__name__}_package"
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
    with kept_apart():
        api = _api_client(base_url, transport)
        return Sdk(
            analytics=_module("apis.analytics_api").AnalyticsApi(api),
            authorization=_module("apis.authorization_api").AuthorizationApi(api),
            organization=_module("apis.organization_api").OrganizationApi(api),
            recording=_module("apis.recording_api").RecordingApi(api),
            routing=_module("apis.routing_api").RoutingApi(api),
            speech=_module("apis.speech_text_analytics_api").SpeechTextAnalyticsApi(api),
            tokens=_module("apis.tokens_api").TokensApi(api),
            users=_module("apis.users_api").UsersApi(api),
        )


def _api_client(base_url: str, transport: ApiTransport) -> Any:  # noqa: ANN401 (the SDK has no types)
    class Http(_module("abstract_http_client").AbstractHttpClient):  # type: ignore[misc]
        def request(self, options: Any) -> Reply:  # noqa: ANN401
            return transport.ask(
                options.method, options.url, query=options.query_params, body=options.body
            )

    class RawApiClient(_module("api_client").ApiClient):  # type: ignore[misc]
        def deserialize(self, response: Reply, response_type: str) -> Reply:
            del response_type
            return response

    client = RawApiClient(host=base_url)
    client.set_http_client(Http())
    return client


def _module(name: str) -> Any:  # noqa: ANN401
    if _PACKAGE not in sys.modules:
        _bring_in()
    return importlib.import_module(f"{_PACKAGE}.{name}")


def _bring_in() -> None:
    """Make the SDK's packages importable one module at a time, without what they import at once."""
    found = find_spec(_INSTALLED)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(_INSTALLED)
    (root,) = found.submodule_search_locations
    for name in ("", ".apis", ".models"):
        package = ModuleType(_PACKAGE + name)
        package.__path__ = [str(Path(root, name.removeprefix(".")))]
        sys.modules[package.__name__] = package
    sys.modules[f"{_PACKAGE}.models"].__dict__["__getattr__"] = _model


def _model(name: str) -> type:
    """Stand for any model: APIs import them by name, for their annotations alone."""
    if name.startswith("__"):
        raise AttributeError(name)  # who looks at all modules asks for `__file__`
    return object


@contextmanager
def kept_apart() -> Generator[None]:
    """Let the SDK come in, and leave the process as it was."""
    with _import_lock, _own_home(), _kept_loggers():
        yield


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
