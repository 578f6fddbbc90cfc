"""A process that exports day after day from a source that misbehaves: what it gathers meanwhile.

Run it with ``python benchmarks/soak.py [minutes]``: ten by default. Five of a hundred objects meet
a fault, each of them once. The first quarter warms caches up and does not count; it ends with 1
when a recording has no outcome, or when memory, descriptors or threads grow.
"""

import ctypes
import gc
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import linear_regression

import pyarrow as pa

from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.exporter import RecordingExporter
from recordings_pipeline.simulator.options import PERMISSIONS, Options
from recordings_pipeline.simulator.server import Simulator

CALLS_A_DAY, DEFAULT_MINUTES, WARM_UP = 40, 10.0, 0.25
LAST_DAY = date(2026, 1, 31)
# Such that a run gets over them; what it may not get over is the tests' to show.
_TRANSIENT = (
    "bad-gateway", "cut-bodies", "early-close", "expired-urls", "html-200", "malformed-json",
    "rate-limited", "reset", "server-error", "short-json", "slow-down", "unauthorized",
)  # fmt: skip
SHARE = 0.05 / len(_TRANSIENT)
MOST_RUNS = 4
MOST_MB_IN_TEN_MINUTES = 1.0
_SOAK = "--soak"
# What a process has written itself. Pages of libraries come and go as the system likes: where it
# takes idle ones back, resident memory as a whole moved by 30 MB.
_HELD = re.compile(r"^(?:RssAnon|VmSwap):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process holds after a day.

    Attributes:
        used_mb: Memory of its own, resident or swapped out.
        held_mb: What of it is left once the allocators have given back what nothing uses.
        runs: How often the day was exported until it was complete.
        outcomes: How many recordings of the day ended how.
    """

    minutes: float
    used_mb: float
    held_mb: float
    descriptors: int
    threads: int
    log_bytes: int
    runs: int
    outcomes: dict[str, int]


def main(minutes: float) -> None:
    """Serve an organization, have it exported by another process, and print what that gathered."""
    options = Options(
        world=str(Path(__file__).with_name("clean.toml")),
        calls_per_day=CALLS_A_DAY,
        processes=2,
        requests_per_minute=10**9,
        permissions=PERMISSIONS,
        faults=",".join(f"{name}:{SHARE}" for name in _TRANSIENT),
    )
    with Simulator(options) as simulator, tempfile.TemporaryDirectory(prefix="soak-") as folder:
        told = subprocess.run(  # noqa: S603 (this file)
            [sys.executable, __file__, _SOAK, str(minutes)],
            env={**os.environ, **simulator.environment, "RECORDINGS_DATA": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    samples = [Sample(**json.loads(line)) for line in told.splitlines()]
    sys.exit(0 if _print_all(samples) else 1)


def _print_all(samples: list[Sample]) -> bool:
    warm = [one for one in samples if one.minutes >= samples[-1].minutes * WARM_UP]
    slope, _ = linear_regression([s.minutes for s in warm], [s.held_mb for s in warm])
    count = sum(sum(sample.outcomes.values()) for sample in samples)
    exported = sum(sample.outcomes.get("exported", 0) for sample in samples)
    descriptors = [sample.descriptors for sample in warm]
    threads = [sample.threads for sample in warm]
    is_flat = slope * 10 < MOST_MB_IN_TEN_MINUTES
    are_closed, are_ended = not _grows(descriptors), not _grows(threads)
    _print("minutes", f"{samples[-1].minutes:.1f}")
    _print("days exported", f"{len(samples):,}")
    _print("  of which more than once", f"{sum(sample.runs > 1 for sample in samples):,}")
    _print("recordings", f"{count:,}")
    _print("  of which exported", f"{exported:,}")
    half = len(warm) // 2
    _print("memory of its own, MB: most of the first half", f"{_most(warm[:half]):.1f}")
    _print("  of the second half", f"{_most(warm[half:]):.1f}")
    _print("what is in use of it, MB: after the first quarter", f"{warm[0].held_mb:.1f}")
    _print("  at the end", f"{warm[-1].held_mb:.1f}")
    _print("  slope, MB in ten minutes", f"{slope * 10:.2f}", is_met=is_flat)
    _print(
        "descriptors, least and most", f"{min(descriptors)}-{max(descriptors)}", is_met=are_closed
    )
    _print("threads, least and most", f"{min(threads)}-{max(threads)}", is_met=are_ended)
    _print("log, bytes a recording", f"{samples[-1].log_bytes / count:.0f}")
    is_whole = exported == count == CALLS_A_DAY * len(samples)
    _print("every recording was exported", "", is_met=is_whole)
    return is_flat and are_closed and are_ended and is_whole


def _most(samples: Sequence[Sample]) -> float:
    return max(sample.used_mb for sample in samples)


def _grows(counts: Sequence[int]) -> bool:
    """Say whether the second half has more than the first ever had; a connection may stay open."""
    half = len(counts) // 2
    return max(counts[half:]) > max(counts[:half], default=0)


def soak(minutes: float) -> None:
    """Export days until the time is over, and print a sample as JSON after each."""
    log = Path(os.environ["RECORDINGS_DATA"], "log")
    logging.basicConfig(filename=log, level=logging.INFO)
    began, day = time.monotonic(), LAST_DAY
    with RecordingExporter(settings_from(os.environ)) as exporter:
        while (passed := (time.monotonic() - began) / 60) < minutes:
            start = datetime(day.year, day.month, day.day, tzinfo=UTC)
            report = exporter.export_range(start, start + timedelta(days=1))
            runs = 1
            # As a schedule does: a day that has failed is run again.
            while not report.is_complete and runs < MOST_RUNS:
                report = exporter.export_range(start, start + timedelta(days=1))
                runs += 1
            outcomes = {str(key): count for key, count in report.outcomes.items()}
            sample = Sample(
                passed,
                _own_mb(),
                _held_mb(),
                len(list(Path("/proc/self/fd").iterdir())),
                threading.active_count(),
                log.stat().st_size,
                runs,
                outcomes,
            )
            print(json.dumps({name: getattr(sample, name) for name in Sample.__slots__}))
            day -= timedelta(days=1)


def _held_mb() -> float:
    """Return the memory of this process that something uses.

    Free memory that an allocator keeps comes and goes by 15 MB a day: no leak, and none to be seen
    behind it.
    """
    gc.collect()
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    return _own_mb()


def _own_mb() -> float:
    """Return the memory of this process, without what it only reads from files."""
    return sum(map(int, _HELD.findall(Path("/proc/self/status").read_text()))) * 1024 / 1_000_000


def _print(what: str, value: str, *, is_met: bool | None = None) -> None:
    said = "" if is_met is None else "  yes" if is_met else "  NO"
    print(f"{what:<50}{value:>12}{said}")


if __name__ == "__main__":
    duration = float(sys.argv[-1]) if len(sys.argv) > 1 else DEFAULT_MINUTES
    if _SOAK in sys.argv:
        soak(duration)
    else:
        main(duration)
