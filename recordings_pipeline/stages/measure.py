"""A stopwatch that also reads the organization's meter."""

import time
from dataclasses import replace

from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.genesys.client import GenesysClient


class Measurement:
    """What happens between its creation and `taken`."""

    def __init__(self, client: GenesysClient) -> None:
        self._client = client
        self._before = client.spent
        self._started = time.monotonic()

    def taken(self) -> Throughput:
        spent, before = self._client.spent, self._before
        return replace(
            spent,
            bytes_moved=spent.bytes_moved - before.bytes_moved,
            resumed_count=spent.resumed_count - before.resumed_count,
            seconds=time.monotonic() - self._started,
            api_calls=spent.api_calls - before.api_calls,
            waited_s=spent.waited_s - before.waited_s,
            rate_limited_count=spent.rate_limited_count - before.rate_limited_count,
        )
