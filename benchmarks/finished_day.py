"""What it takes to run a day once more of which everything is there.

Run it with ``python benchmarks/finished_day.py [recordings]``: 5,000 by default, some minutes; it
ends with 1 when a target is missed.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS, UPLOADS, Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import open_export

DAY = Day.from_key("2026-01-31")
WORLD = str(Path(__file__).with_name("clean.toml"))
DEFAULT_COUNT, TARGET_S = 5_000, 3.0
STAGES = ("recording_index", "audio_files")


def main(count: int) -> None:
    """Export a day, run its audio again in the same process, then all of it in a fresh one."""
    options = Options(
        world=WORLD,
        calls_per_day=count,
        permissions=PERMISSIONS | {*UPLOADS, ORPHANS},
        requests_per_minute=10**9,
        processes=2,
    )
    with Simulator(options) as simulator, tempfile.TemporaryDirectory(prefix="finished-") as folder:
        environ = {**simulator.environment, "RECORDINGS_DATA": folder}
        with open_export(settings_from(environ)) as export:
            first_s = _seconds(lambda: [run_stage(export, stage, DAY) for stage in STAGES])
            before = simulator.traffic
            again_s = _seconds(lambda: run_stage(export, "audio_files", DAY))
            after = simulator.traffic
            held = export.ledger.totals.counts(DAY)
        _export(environ)  # transcripts and what is made of them
        sent = simulator.traffic.api_requests
        fresh_s = _seconds(lambda: _export(environ))
        asked = simulator.traffic.api_requests - sent
        media_requests = simulator.traffic.media_requests - before.media_requests
    if held != {"exported": count}:
        sys.exit(f"{held} of {count:,} recordings")
    is_met = again_s < TARGET_S and media_requests == 0
    _print("recordings", f"{count:,}")
    _print("the first run, index and audio, s", f"{first_s:.1f}")
    _print("the audio once more, in a warm process, s", f"{again_s:.2f}")
    _print("  its questions", f"{after.api_requests - before.api_requests}")
    _print("the whole export once more, a process of its own, s", f"{fresh_s:.2f}")
    _print("  its questions", f"{asked}")
    said = "yes" if is_met else "NO"
    _print("requests to the media host since the first run", f"{media_requests}")
    print(f"under {TARGET_S:.0f} s, and no request to the media host: {said}")
    sys.exit(0 if is_met else 1)


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _export(environ: dict[str, str]) -> None:
    """Export the day as a person types it."""
    span = ["--from", DAY.key, "--to", DAY.key]
    subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "recordings_pipeline", "export", *span],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _print(what: str, value: str) -> None:
    print(f"{what:<54}{value:>10}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_COUNT)
