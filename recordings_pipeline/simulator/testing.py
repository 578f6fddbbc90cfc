"""A pytest plugin for people who build on Genesys Cloud: a simulated organization per test.

Name it in a ``conftest.py`` and ask for the fixture::

    pytest_plugins = ["recordings_pipeline.simulator.testing"]

    def test_my_connector(genesys_cloud):
        organization = genesys_cloud(world="plain", calls_per_day=20, faults="rate-limited/5")
        my_connector.run(**organization.environment)
        assert organization.traffic.rate_limited > 0

The arguments are the fields of `Options`; the truth is in ``organization.world``.
"""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from typing import Any

import pytest

from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator

Start = Callable[..., Simulator]
# Tests are about what is asked, not about waiting for a window of the allowance to pass.
_ALLOWANCE = 60_000


@pytest.fixture
def genesys_cloud() -> Generator[Start]:
    """Start simulated organizations that stop with the test."""
    with ExitStack() as stack:

        def begin(**options: Any) -> Simulator:  # noqa: ANN401 (fields of `Options`)
            defaults = {"world": "plain", "calls_per_day": 12, "requests_per_minute": _ALLOWANCE}
            return stack.enter_context(Simulator(Options(**{**defaults, **options})))

        yield begin
