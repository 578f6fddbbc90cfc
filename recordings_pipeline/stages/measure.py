"""A stopwatch that also reads the organization's meter."""

import time
from collections.abc import Callable
from dataclasses import replace

from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput, between
from recordings_pipeline.genesys.client import GenesysClient


class Measurement:
    """What happens between its creation and `taken`."""

    def __init__(self, client: GenesysClient) -> None:
        self._client = client
        self._before = client.spent
        self._started = time.monotonic()

    def taken(self) -> Throughput:
        found = between(self._before, self._client.spent)
        return replace(found, seconds=time.monotonic() - self._started)


def timed(work: Callable[[], StageReport]) -> StageReport:
    """Do work that asks nobody, and say how long it took."""
    started = time.monotonic()
    report = work()
    return replace(report, throughput=Throughput(seconds=time.monotonic() - started))
