"""The process behind a demo's Dagster run: ``python -m recordings_pipeline.cli.run_day DAY``."""

import sys

from recordings_pipeline.cli.lifetime import interrupt_when_stdin_closes
from recordings_pipeline.cli.options import INTERRUPTED


def run(day: str) -> int:
    """Run the day and return the exit code; whoever interrupts it needs no traceback."""
    interruptions: tuple[type[BaseException], ...] = (KeyboardInterrupt,)
    try:
        interrupt_when_stdin_closes()
        import dagster as dg

        interruptions = (KeyboardInterrupt, dg.DagsterExecutionInterruptedError)
        from recordings_pipeline.definitions import defs
        from recordings_pipeline.defs.run_day import run_day

        return run_day(defs, day)
    except interruptions:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
