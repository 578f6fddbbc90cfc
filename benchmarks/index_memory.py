"""How much memory the index of a large day takes, of which the SDK's import is the largest part.

Run it with ``python benchmarks/index_memory.py [recordings]``: 100,000 by default, ten minutes or
so; it ends with 1 when the target is missed. The index runs in a process of its own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day

DAY = Day.from_key("2026-01-31")
WORLD = str(Path(__file__).with_name("clean.toml"))
DEFAULT_COUNT, TARGET_MB = 100_000, 400
# Parts of the day after which the memory is read.
PARTS = 5
_INDEX = "--index"
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main(count: int) -> None:
    """Serve a day, have it indexed by another process, and print what that took."""
    options = Options(world=WORLD, calls_per_day=count, processes=2, requests_per_minute=10**9)
    with Simulator(options) as simulator, tempfile.TemporaryDirectory(prefix="index-") as folder:
        told = subprocess.run(  # noqa: S603 (this file)
            [sys.executable, __file__, _INDEX],
            env={**os.environ, **simulator.environment, "RECORDINGS_DATA": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    found = json.loads(told)
    if found["rows"] != count:
        sys.exit(f"{found['rows']:,} rows of {count:,} recordings")
    is_met = found["peak_mb"] <= TARGET_MB
    print(f"{'recordings indexed':<46}{found['rows']:>12,}")
    print(f"{'conversations a second':<46}{count / found['seconds']:>12,.0f}")
    print(f"{'API calls for 1,000 recordings':<46}{found['calls'] * 1_000 / count:>12,.1f}")
    print(f"{'memory, MB: our own modules':<46}{found['bare_mb']:>12,.0f}")
    print(f"{'with the SDK':<46}{found['sdk_mb']:>12,.0f}")
    for part, size in found["parts_mb"].items():
        print(f"{f'with {part} conversations done':<46}{size:>12,.0f}")
    said = "yes" if is_met else "NO"
    print(f"{'at its peak':<46}{found['peak_mb']:>12,.0f}  (at most {TARGET_MB}: {said})")
    share = 100 * (found["sdk_mb"] - found["bare_mb"]) / found["peak_mb"]
    print(f"{'share of it that is the SDK, %':<46}{share:>12,.0f}")
    sys.exit(0 if is_met else 1)


def index() -> None:
    """Index the day of the environment's organization and print what it took as JSON."""
    bare, parts = _resident_mb(), dict[str, float]()

    def look(_stage: str, done: int, total: int) -> None:
        share = done * PARTS // total
        if share > len(parts):
            parts[f"{done:,}"] = _resident_mb()

    with open_export(settings_from(os.environ)) as export:
        export.bind_organization()
        sdk, started = _resident_mb(), time.monotonic()
        report = index_day(replace(export, progress=look), DAY)
        found = {
            "bare_mb": bare,
            "sdk_mb": sdk,
            "parts_mb": parts,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024 / 1_000_000,
            "seconds": time.monotonic() - started,
            "rows": report.row_count,
            "calls": report.throughput.api_calls,
        }
    print(json.dumps(found))


def _resident_mb() -> float:
    """Return the memory this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1_000_000


if __name__ == "__main__":
    if _INDEX in sys.argv:
        index()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_COUNT)
