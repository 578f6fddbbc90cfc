"""The process behind a demo's Dagster run: ``python -m recordings_pipeline.cli.run_day DAY``."""

import sys

from recordings_pipeline.cli.lifetime import interrupt_when_stdin_closes
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.run_day import run_day

if __name__ == "__main__":
    interrupt_when_stdin_closes()
    sys.exit(run_day(defs, sys.argv[1]))
