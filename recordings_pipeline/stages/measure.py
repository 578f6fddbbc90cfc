"""A stopwatch that also reads the API meter."""

import time
from dataclasses import replace

from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.genesys.client import GenesysClient


class Measurement:
    """What happens between its creation and `taken`; bytes and resumes are added by hand."""

    def __init__(self, client: GenesysClient) -> None:
        self._client = client
        self._before = client.spent
        self._started = time.monotonic()
        self.bytes_moved = 0
        self.resumed_count = 0

    def taken(self) -> Throughput:
        spent, before = self._client.spent, self._before
        return replace(
            spent,
            bytes_moved=self.bytes_moved,
            resumed_count=self.resumed_count,
            seconds=time.monotonic() - self._started,
            api_calls=spent.api_calls - before.api_calls,
            waited_s=spent.waited_s - before.waited_s,
            rate_limited_count=spent.rate_limited_count - before.rate_limited_count,
        )
