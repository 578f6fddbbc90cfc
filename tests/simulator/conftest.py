"""A simulator that the tests of a module share: each puts its own fault plan in force."""

from collections.abc import Generator

import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION, Options
from recordings_pipeline.simulator.server import Simulator
from tests.simulator.raw import Caller


@pytest.fixture(scope="module")
def shared() -> Generator[Simulator]:
    """Serve a small plain world."""
    options = Options(
        world="plain",
        calls_per_day=12,
        requests_per_minute=60_000,
        permissions=EVERY_PERMISSION,
    )
    with Simulator(options) as simulator:
        yield simulator


@pytest.fixture
def me(shared: Simulator) -> Caller:
    """Be somebody who has logged in, before anything goes wrong."""
    found = Caller(shared)
    found.plan("")
    found.login()
    return found
