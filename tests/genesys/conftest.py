"""Clients of simulated organizations and of hosts that tests make up."""

import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest

from recordings_pipeline.genesys.client import GenesysClient, open_client
from recordings_pipeline.simulator.server import Simulator
from tests.hosts import Host, settings_for

Open = Callable[[Simulator | Host], GenesysClient]


@pytest.fixture
def client_of() -> Generator[Open]:
    """Open clients that close with the test."""
    with ExitStack() as stack:
        yield lambda host: stack.enter_context(open_client(settings_for(host), threading.Event()))
