"""A host with a simulated organization: services take half a minute to start, so tests share it."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from tests.e2e.graph import Graph, wait_until
from tests.e2e.host import Host

CALLS = 60
# Calls of some seconds: what is tested is who works when, and not how much is moved.
WORLD = """calls_per_day = %d
[seconds]
median = 4
spread = 0.1
shortest = 3
longest = 5
[share]
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A host, and the organization whose recordings it exports."""

    host: Host
    organization: Simulator

    @property
    def graph(self) -> Graph:
        return self.host.graph

    def suffer(self, *faults: dict[str, object]) -> None:
        """Let the organization misbehave; without any, behave again."""
        url = f"{self.organization.base_url}/simulator/faults"
        httpx.post(url, json={"fault": faults}).raise_for_status()

    def hide(self, day: str, count: int) -> None:
        """Let it list no recording of so many conversations; 0 lists all again."""
        url = f"{self.organization.base_url}/simulator/hide"
        httpx.post(url, json={"day": day, "count": count}).raise_for_status()

    def files(self, day: str) -> dict[str, int]:
        """Return the inode of each file of a day that is published."""
        found = (self.host.data / "audio" / f"date={day}").glob("*/*")
        return {path.name: path.stat().st_ino for path in found}

    def has_files(self, day: str, count: int) -> dict[str, int]:
        """Wait until so many are published, and return them."""
        look = self.files
        return wait_until(
            lambda: found if len(found := look(day)) >= count else {}, f"{count} files of {day}"
        )


def world_file(folder: Path, calls: int) -> str:
    path = folder / "short.toml"
    path.write_text(WORLD % calls)
    return str(path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Scene]:
    root = tmp_path_factory.mktemp("host")
    options = Options(world=world_file(root, CALLS), requests_per_minute=60_000)
    with Simulator(options) as organization, Host(root / "host", organization) as host:
        yield Scene(host, organization)


@pytest.fixture
def scene(shared: Scene) -> Generator[Scene]:
    """The scene that tests share; whatever one of them lets go wrong is over with it."""
    yield shared
    shared.suffer()
