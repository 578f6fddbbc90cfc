"""What every test may ask for: a simulated organization and a place to write."""

import resource
import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import certifi
import pytest

from recordings_pipeline.core.place import Place
from recordings_pipeline.core.settings import Settings, settings_from
from recordings_pipeline.simulator.server import Simulator
from tests.audited import Scene, scene_in, sealed_scene
from tests.hosts import Host, Reply, Serve, running
from tests.postgres import Server, serving, why_not
from tests.trust_results import record

pytest_plugins = ["recordings_pipeline.simulator.testing"]
Start = Callable[..., Simulator]
# What a simulator works on is ready after so many questions, not after so long.
POLL_S = {"RECORDINGS_POLL_S": "0.02"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a person say where pictures are kept."""
    parser.addoption("--artefacts", type=Path, help="Folder for pictures of the UI.")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what failed for the report on trust: a test that fails has recorded nothing."""
    if report.failed:
        record("failed test", report.nodeid, "failed", f"in its {report.when}")


@pytest.fixture(scope="session", autouse=True)
def few_authorities(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Trust one authority: nobody speaks TLS here, and reading 140 of them takes 25 ms a client."""
    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----\n")
    path = tmp_path_factory.mktemp("authorities") / "one.pem"
    path.write_text(first + end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield


@pytest.fixture(scope="session", autouse=True)
def key_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Sign audit logs with a key that is made for the session, and not with the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seal an audit log once, which takes a while, for all tests to copy."""
    folder = tmp_path_factory.mktemp("pattern")
    sealed_scene(folder)
    return folder


@pytest.fixture
def sealed(pattern: Path, tmp_path: Path) -> Scene:
    """A directory with three sealed segments, its key and its anchor elsewhere."""
    shutil.copytree(pattern, tmp_path, dirs_exist_ok=True)
    return scene_in(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Generator[Server]:
    """A server of the session's own; half a second of two cores."""
    if why := why_not():
        pytest.skip(why)
    with serving() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new directory, with its ledger in it, or in PostgreSQL."""
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new_url()
    return Place(tmp_path, url)


@pytest.fixture
def start(genesys_cloud: Start) -> Start:
    """Start simulators that stop with the test; fast ones unless the test says otherwise."""
    return genesys_cloud


@pytest.fixture
def serve() -> Generator[Serve]:
    """Start hosts that stop with the test: ``serve(reply)`` or ``serve(reply, login)``."""
    with ExitStack() as stack:

        def begin(reply: Reply, login: Reply | None = None) -> Host:
            return stack.enter_context(running(Host(reply, login)))

        yield begin


def settings_of(host: Simulator | Host, data: Path, **more: str) -> Settings:
    """Return settings that lead to a simulator, or another host, and a directory."""
    return settings_from({**host.environment, **POLL_S, "RECORDINGS_DATA": str(data), **more})


@contextmanager
def largest_file(size: int) -> Generator[None]:
    """Let the system refuse every byte of a file beyond a size, as a full disk or a quota does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
