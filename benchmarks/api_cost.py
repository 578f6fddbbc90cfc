"""How many API calls 1,000 recordings take, by route, on a day where nothing goes wrong.

Run it with ``python benchmarks/api_cost.py``; it ends with 1 when a target is missed.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS, UPLOADS, Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export, open_export

DAY = Day.from_key("2026-01-31")
WORLD = str(Path(__file__).with_name("clean.toml"))
AUDIO = ("recording_index", "audio_files")
TRANSCRIPTS = (*AUDIO, "transcripts")
# Calls a run of a plan takes for 1,000 recordings at most.
AUDIO_TARGET, TRANSCRIPTS_TARGET, RERUN_TARGET = 60, 1_100, 10

Row = tuple[str, Counter[str], int | None]


def main() -> None:
    """Measure and print a table; fail when a target is missed."""
    rows: list[Row] = []
    options = Options(
        world=WORLD,
        permissions=PERMISSIONS | {*UPLOADS, ORPHANS},
        requests_per_minute=10**9,
        processes=2,
    )
    with Simulator(options) as simulator:
        count = simulator.options.shape.calls_per_day
        for mode in ("when_needed", "always"):
            with _export(simulator, mode) as run:
                audio, spoken = run(AUDIO), run(TRANSCRIPTS)
                again = run(TRANSCRIPTS)
            with _export(simulator, mode) as run:
                apart = run(AUDIO[:1]) + run(AUDIO[1:])
            is_lean = mode == "when_needed"
            rows += [
                (f"{mode}: audio only", audio, AUDIO_TARGET if is_lean else None),
                (
                    f"{mode}: audio and transcripts",
                    audio + spoken,
                    TRANSCRIPTS_TARGET if is_lean else None,
                ),
                (f"{mode}: audio only, a process a stage", apart, None),
                (f"{mode}: the settled day again", again, RERUN_TARGET),
            ]
    missed = [_printed(row, count) for row in rows].count(False)
    sys.exit(1 if missed else 0)


Run = Callable[[Sequence[str]], Counter[str]]


@contextmanager
def _export(simulator: Simulator, mode: str) -> Iterator[Run]:
    """Export into a folder that goes away; every run is a process's worth: a client of its own."""
    with tempfile.TemporaryDirectory(prefix="api-cost-") as folder:
        names = {**simulator.environment, "RECORDINGS_DATA": folder, "RECORDINGS_METADATA": mode}

        def run(stages: Sequence[str]) -> Counter[str]:
            with open_export(settings_from(names)) as export:
                for stage in stages:
                    _checked(export, stage)
                return Counter(export.client.spent.calls_by_route)

        yield run


def _checked(export: Export, stage: str) -> None:
    """Run a stage; a day of this world has nothing to warn of."""
    report = run_stage(export, stage, DAY)
    if report.warnings:
        sys.exit(f"{stage}: {'; '.join(report.warnings)}")


def _printed(row: Row, count: int) -> bool:
    """Print what a run cost; say whether it was within its target."""
    name, calls, target = row
    cost = sum(calls.values()) * 1_000 / count
    is_met = target is None or cost <= target
    said = "" if target is None else f"  (at most {target:,}: {'yes' if is_met else 'NO'})"
    print(f"{name:<46}{cost:>10,.1f} calls for 1,000 recordings{said}")
    for route, number in calls.most_common():
        print(f"    {number:>8,}  {route}")
    return is_met


if __name__ == "__main__":
    main()
