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
# Caches come and go; a day that left 50 objects would be seen after a hundred days.
MOST_OBJECTS = 1.01
_SOAK = "--soak"
_MALLINFO = (
    "arena", "ordblks", "smblks", "hblks", "hblkhd",
    "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
)  # fmt: skip
# What a process has written itself. Pages of libraries come and go as the system likes: where it
# takes idle ones back, resident memory as a whole moved by 30 MB.
_OWN = re.compile(r"^(?:RssAnon|VmSwap):\s+(\d+) kB$", re.MULTILINE)


class _Mallinfo(ctypes.Structure):
    """What the C library tells of its heap: bytes, but for two counts."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in _MALLINFO)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process holds after a day.

    Attributes:
        own_mb: Memory of its own, resident or swapped out.
        used_mb: What libraries have allocated and not freed.
        objects: How many objects of Python there are.
        runs: How often the day was exported until it was complete.
        outcomes: How many recordings of the day ended how.
    """

    minutes: float
    own_mb: float
    used_mb: float
    objects: int
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
    minutes = [sample.minutes for sample in warm]
    own, _ = linear_regression(minutes, [sample.own_mb for sample in warm])
    used, _ = linear_regression(minutes, [sample.used_mb for sample in warm])
    objects = [sample.objects for sample in warm]
    count = sum(sum(sample.outcomes.values()) for sample in samples)
    exported = sum(sample.outcomes.get("exported", 0) for sample in samples)
    descriptors = [sample.descriptors for sample in warm]
    threads = [sample.threads for sample in warm]
    is_flat = used * 10 < MOST_MB_IN_TEN_MINUTES
    are_closed, are_ended = not _grows(descriptors), not _grows(threads)
    _print("minutes", f"{samples[-1].minutes:.1f}")
    _print("days exported", f"{len(samples):,}")
    _print("  of which more than once", f"{sum(sample.runs > 1 for sample in samples):,}")
    _print("recordings", f"{count:,}")
    _print("  of which exported", f"{exported:,}")
    _print("memory of its own, MB: after the first quarter", f"{warm[0].own_mb:.1f}")
    _print("  at the end", f"{warm[-1].own_mb:.1f}")
    _print("  slope, MB in ten minutes", f"{own * 10:.2f}")
    _print("allocated by libraries, MB at the end", f"{warm[-1].used_mb:.2f}")
    _print("  slope, MB in ten minutes", f"{used * 10:.2f}", is_met=is_flat)
    are_freed = objects[-1] < objects[0] * MOST_OBJECTS
    _print("objects after the first quarter", f"{objects[0]:,}")
    _print("  at the end", f"{objects[-1]:,}", is_met=are_freed)
    _print(
        "descriptors, least and most", f"{min(descriptors)}-{max(descriptors)}", is_met=are_closed
    )
    _print("threads, least and most", f"{min(threads)}-{max(threads)}", is_met=are_ended)
    _print("log, bytes a recording", f"{samples[-1].log_bytes / count:.0f}")
    is_whole = exported == count == CALLS_A_DAY * len(samples)
    _print("every recording was exported", "", is_met=is_whole)
    return is_flat and are_freed and are_closed and are_ended and is_whole


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
                _used_mb(),
                len(gc.get_objects()),
                len(list(Path("/proc/self/fd").iterdir())),
                threading.active_count(),
                log.stat().st_size,
                runs,
                outcomes,
            )
            print(json.dumps({name: getattr(sample, name) for name in Sample.__slots__}))
            day -= timedelta(days=1)


def _own_mb() -> float:
    """Return the memory of this process, without what it only reads from files.

    It moves by 15 MB from day to day: allocators keep what is free, or give it back.
    """
    gc.collect()
    return sum(map(int, _OWN.findall(Path("/proc/self/status").read_text()))) * 1024 / 1_000_000


def _used_mb() -> float:
    """Return what was allocated and not freed; free memory would hide a leak of a tenth of it."""
    library = ctypes.CDLL(None)
    library.mallinfo2.restype = _Mallinfo
    told = library.mallinfo2()
    return float(told.uordblks + told.hblkhd) / 1_000_000


def _print(what: str, value: str, *, is_met: bool | None = None) -> None:
    said = "" if is_met is None else "  yes" if is_met else "  NO"
    print(f"{what:<50}{value:>12}{said}")


if __name__ == "__main__":
    duration = float(sys.argv[-1]) if len(sys.argv) > 1 else DEFAULT_MINUTES
    if _SOAK in sys.argv:
        soak(duration)
    else:
        main(duration)
