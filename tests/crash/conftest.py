"""A source on a slow line that misbehaves a little, and processes that export from it."""

import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from tests.crash.faults import NO_COMPILER, FaultServer, compiled
from tests.crash.processes import Processes
from tests.crash.scene import Begin, Say, Scene
from tests.crash.trials import Trial, small_source
from tests.trust_results import record

# Sizes from 16 kB to 4 MB, most of them small: the moments around the end of a file are the many.
_WORLD = """
calls_per_day = {calls}
[seconds]
median = 8
spread = 1.0
shortest = 1
longest = 130
[share]
pcm = 0.1
two_files = 0.1
second_recording = 0.05
sensitive = 0.02
deleted = 0.02
archived = 0.02
"""
# At a rate, so that what a process has not read is not on its way in the buffers of the system.
_FAULTS = """
[[fault]]
route = "media"
cut = 30_000
how = "close"
share = 0.15
times = 1
[[fault]]
route = "media"
cut = 9_999
how = "reset"
share = 0.15
times = 1
[[fault]]
name = "slow-down"
share = 0.02
[[fault]]
name = "expired-urls"
share = 0.02
[[fault]]
route = "media"
bytes_per_s = {bytes_per_s}
"""
BYTES_PER_S = 800_000


@pytest.fixture(scope="session")
def processes() -> Generator[Processes]:
    """Start exports that cost no import."""
    with Processes() as found:
        yield found


@pytest.fixture
def begin(processes: Processes, tmp_path: Path) -> Generator[Begin]:
    """Begin a scene: ``begin(calls)``, or ``begin(calls, bytes_per_s)``."""
    world, faults = tmp_path / "world.toml", tmp_path / "faults.toml"
    with ExitStack() as stack:

        def scene(calls: int, bytes_per_s: int = BYTES_PER_S) -> Scene:
            world.write_text(_WORLD.format(calls=calls))
            faults.write_text(_FAULTS.format(bytes_per_s=bytes_per_s))
            # Served by several processes, it is served by none of the test's own threads.
            options = Options(
                world=str(world), faults=str(faults), processes=2, requests_per_minute=10**6
            )
            return Scene(stack.enter_context(Simulator(options)), processes, tmp_path)

        yield scene


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Say something to whoever watches the tests run."""

    def written(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}")

    return written


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """Serve a small day for exports that go wrong."""
    with small_source(tmp_path_factory.mktemp("world")) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def fault_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[FaultServer]:
    """Start exports that go wrong; needs a compiler."""
    library = compiled(tmp_path_factory.mktemp("library"))
    if library is None:
        record("crash points", "all", "skipped", NO_COMPILER)
        pytest.skip(NO_COMPILER)
    with FaultServer(library) as started:
        yield started


@pytest.fixture
def trial(fault_server: FaultServer, source: Simulator, tmp_path: Path) -> Trial:
    """Begin with an empty directory."""
    return Trial(fault_server, source, tmp_path / "data")
