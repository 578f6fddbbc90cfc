"""How much of the API allowance four processes use together, and what they provoke.

Run it with ``python benchmarks/allowance.py``; it takes two minutes, and ends with 1 when a
target is missed. The platform's clock runs ten times as fast as ours, so that a window is six
seconds long; what a window loses to the network weighs ten times as much as it really does.
"""

import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys.budget import Clock
from recordings_pipeline.genesys.transport import ApiTransport
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.shared_window import SharedWindow

PER_MINUTE, SPEED = 300, 10.0
PROCESSES, THREADS = 4, 3
FAST = Clock(speed=SPEED)
WINDOW_S = 60 / SPEED
WINDOWS = 6
# In the second window, which has then used more than half of what it was given.
CUT_AFTER = 500
DAILY_PER_WINDOW = 40
RESERVE = 0.2
USE_TARGET = 0.95


@dataclass(frozen=True, slots=True)
class Worker:
    """One process that makes calls.

    Attributes:
        share: Part of the allowance it may use.
        pause_s: What each of its threads waits between two calls.
    """

    share: float = 1.0
    pause_s: float = 0.0
    threads: int = THREADS


class Crew:
    """Processes that share a window and make calls until they are told to stop."""

    def __init__(self, simulator: Simulator, window: Path, workers: Sequence[Worker]) -> None:
        context = multiprocessing.get_context("spawn")
        self._ends: list[Connection] = []
        self._processes = []
        for worker in workers:
            mine, theirs = context.Pipe()
            arguments = (worker, simulator.environment, window, theirs)
            process = context.Process(target=work, args=arguments)
            process.start()
            self._ends.append(mine)
            self._processes.append(process)
        for end in self._ends:
            end.recv()

    def start(self) -> None:
        for end in self._ends:
            end.send("start")

    def stop(self) -> list[list[float]]:
        """Return how long each call took, waits included, by process."""
        for end in self._ends:
            end.send("stop")
        found: list[list[float]] = [end.recv() for end in self._ends]
        for process in self._processes:
            process.join()
        return found


def work(worker: Worker, environment: dict[str, str], window: Path, orders: Connection) -> None:
    """Make calls between two orders, and report how long each took."""
    settings, stop = settings_from(environment), threading.Event()
    took: list[float] = []
    with (
        closing(SharedWindow(window)) as store,
        ApiTransport(settings, stop, store, share=worker.share, clock=FAST) as transport,
        ThreadPoolExecutor(worker.threads) as threads,
    ):

        def call_on() -> None:
            while True:
                began = time.monotonic()
                try:
                    transport.ask("GET", f"{settings.base_url}/api/v2/tokens/me")
                except Interrupted:
                    return
                took.append(time.monotonic() - began)
                stop.wait(worker.pause_s)

        orders.send("ready")
        orders.recv()
        for _ in range(worker.threads):
            threads.submit(call_on)
        orders.recv()
        stop.set()
    orders.send(took)


def main() -> None:
    """Measure and print; fail when a target is missed."""
    options = Options(world="plain", calls_per_day=12, requests_per_minute=PER_MINUTE, speed=SPEED)
    print(f"{PER_MINUTE} calls a minute, {PROCESSES} processes, a clock {SPEED:.0f} times ours\n")
    results = []
    for measure in (steady, cut, reserved):
        with Simulator(options) as simulator, tempfile.TemporaryDirectory() as folder:
            results.append(measure(simulator, Path(folder) / "shared.window"))
    sys.exit(0 if all(results) else 1)


def steady(simulator: Simulator, window: Path) -> bool:
    """Use the allowance for some windows."""
    used, refused = _run(simulator, window, [Worker()] * PROCESSES, WINDOWS)
    share = used / (WINDOWS * PER_MINUTE)
    is_met = share >= USE_TARGET and not refused
    _print("used of the allowance, %", 100 * share, f"at least {100 * USE_TARGET:.0f}", is_met)
    _print("answers with status 429", refused, "none", not refused)
    return is_met


def cut(simulator: Simulator, window: Path) -> bool:
    """Use the allowance, half of which is taken away while more than half is used.

    The calls of a window take half of it, so that the limit falls while some are under way; from
    the middle of a window to the middle of another is a whole number of windows.
    """
    pause_s = PROCESSES * THREADS / PER_MINUTE * WINDOW_S / 2
    crew = Crew(simulator, window, [Worker(pause_s=pause_s)] * PROCESSES)
    crew.start()
    while simulator.traffic.api_requests < CUT_AFTER:
        time.sleep(0.01)
    lever = f"{simulator.base_url}/simulator/limits"
    httpx.post(lever, json={"requests_per_minute": PER_MINUTE // 2}, timeout=60)
    time.sleep(WINDOW_S)
    first, before = simulator.traffic.rate_limited, simulator.traffic.api_requests
    time.sleep(WINDOWS * WINDOW_S)
    later = simulator.traffic.rate_limited - first
    share = (simulator.traffic.api_requests - before) / (WINDOWS * PER_MINUTE // 2)
    crew.stop()
    is_met = not later and share >= USE_TARGET
    _print("halved: 429s within a window", first, "", is_met=True)
    _print("halved: 429s afterwards", later, "none", not later)
    _print("halved: used afterwards, %", 100 * share, f"at least {100 * USE_TARGET:.0f}", is_met)
    return is_met


def reserved(simulator: Simulator, window: Path) -> bool:
    """Let three processes of a backfill use what they may, and one do its daily work."""
    backfill = [Worker(share=1 - RESERVE)] * (PROCESSES - 1)
    daily = Worker(pause_s=WINDOW_S / DAILY_PER_WINDOW, threads=1)
    crew = Crew(simulator, window, [*backfill, daily])
    crew.start()
    time.sleep(WINDOWS * WINDOW_S)
    *others, mine = crew.stop()
    most = (1 - RESERVE) * PER_MINUTE
    used = sum(map(len, others)) / WINDOWS
    slowest = sorted(mine)[len(mine) * 99 // 100]
    refused = simulator.traffic.rate_limited
    is_met = used <= most and slowest < 0.5 and not refused
    _print("backfill: calls a window", used, f"at most {most:.0f}", used <= most)
    _print("daily work beside it: calls a window", len(mine) / WINDOWS, "", is_met=True)
    _print("its slowest call of a hundred, s", slowest, "below 0.5", slowest < 0.5)
    _print("answers with status 429", refused, "none", not refused)
    return is_met


def _run(
    simulator: Simulator, window: Path, workers: Sequence[Worker], windows: int
) -> tuple[int, int]:
    """Return calls counted and refused in so many windows."""
    crew = Crew(simulator, window, workers)
    crew.start()
    time.sleep(windows * WINDOW_S)
    found = simulator.traffic.api_requests, simulator.traffic.rate_limited
    crew.stop()
    return found


def _print(name: str, value: float, target: str, is_met: bool) -> None:  # noqa: FBT001
    said = f"  ({target}: {'yes' if is_met else 'NO'})" if target else ""
    print(f"{name:<46}{value:>12,.1f}{said}")


if __name__ == "__main__":
    main()
