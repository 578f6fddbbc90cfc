"""Processes keep to one allowance, over HTTP."""

import multiprocessing
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core.invariants.runs import Manners, Question, source_is_spared
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys.budget import Clock
from recordings_pipeline.genesys.transport import ApiTransport
from recordings_pipeline.storage.shared_window import SharedWindow
from tests.conftest import Start
from tests.hosts import Answer, Heard, Serve, reply_json

PER_MINUTE, SPEED, PROCESSES, WINDOWS = 300, 20.0, 4, 5
PATH = "/api/v2/tokens/me"
RETRY_AFTER_S = 1


@contextmanager
def opened(
    environment: Mapping[str, str], window: Path, clock: Clock
) -> Generator[tuple[ApiTransport, SharedWindow, str]]:
    settings = settings_from(environment)
    with (
        closing(SharedWindow(window)) as store,
        ApiTransport(settings, threading.Event(), store, clock=clock) as transport,
    ):
        yield transport, store, settings.base_url + PATH


def ask_once_closed(environment: Mapping[str, str], window: Path) -> None:
    """Ask as soon as another process has closed the window."""
    with opened(environment, window, Clock()) as (transport, store, url):
        until = time.monotonic() + 30
        while not store.change(lambda found: (found, found.closed_until)):
            assert time.monotonic() < until
        transport.ask("GET", url)


def ask_until(environment: Mapping[str, str], window: Path, ends: float) -> None:
    """Ask until a monotonic instant, which all processes of a host have in common."""
    with opened(environment, window, Clock(speed=SPEED)) as (transport, _, url):
        while time.monotonic() < ends:
            transport.ask("GET", url)


def test_no_process_calls_before_the_time_that_a_429_has_named(
    serve: Serve, tmp_path: Path
) -> None:
    times: list[float] = []

    def reply(_heard: Heard) -> Answer:
        times.append(time.monotonic())
        if len(times) == 1:
            return Answer(429, b"{}", {"Retry-After": str(RETRY_AFTER_S)})
        return reply_json({})

    host, window = serve(reply), tmp_path / "a.window"
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=ask_once_closed, args=(host.environment, window))
    other.start()

    with opened(host.environment, window, Clock()) as (transport, _, url):
        transport.ask("GET", url)
    other.join()

    assert other.exitcode == 0
    assert len(times) == 3
    refused, *others = (Question(at_s) for at_s in times)
    asked = [replace(refused, retry_after_s=RETRY_AFTER_S), *others]
    assert list(source_is_spared(asked, Manners(PER_MINUTE))) == []


@pytest.mark.slow
def test_four_processes_use_one_allowance_up_and_are_never_refused(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(requests_per_minute=PER_MINUTE, speed=SPEED)
    context = multiprocessing.get_context("spawn")
    lead_s, window_s = 5.0, 60 / SPEED
    ends = time.monotonic() + lead_s + WINDOWS * window_s
    arguments = (simulator.environment, tmp_path / "a.window", ends)
    workers = [context.Process(target=ask_until, args=arguments) for _ in range(PROCESSES)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    assert simulator.traffic.rate_limited == 0
    assert simulator.traffic.api_requests >= 0.95 * WINDOWS * PER_MINUTE
