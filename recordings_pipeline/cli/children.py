"""Programs that run beside a command and end with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from recordings_pipeline.core.errors import ConfigurationError, RecordingsError

STOP_S = 15
# The demo organization answers faster than a real one, whose default is 300 requests a minute:
# a day of 240 calls needs about 290.
DEMO_WORLD = (
    "--world", "small", "--requests-per-minute", "3000",
    "--faults", "cut-bodies/60,rate-limited/60",
)  # fmt: skip
# The queue's limits are those of deploy/dagster.yaml. It has no limit of pools: a demo that is
# killed would keep its slot, and no daemon runs beside a demo to give it back.
_DAGSTER_YAML = """\
concurrency:
  runs:
    max_concurrent_runs: 6
    tag_concurrency_limits:
      - key: dagster/backfill
        limit: 2
      - key: dagster/partition
        value: {applyLimitPerUniqueValue: true}
        limit: 1
telemetry:
  enabled: false
nux:
  enabled: false
"""


@contextmanager
def child(
    arguments: Sequence[str], environ: Mapping[str, str], *, has_helpers: bool = False
) -> Generator[subprocess.Popen[str]]:
    """Run a program for the length of a ``with`` block, in a process group of its own.

    Ctrl-C therefore reaches this process only, which then ends the others in order. The pipe to
    their standard input closes when this process dies.

    Args:
        arguments: What the interpreter runs.
        environ: Its variables.
        has_helpers: Whether it ends helpers itself, which would answer Ctrl-C with a traceback.
    """
    process = subprocess.Popen(  # noqa: S603 (our own commands)
        [sys.executable, *arguments],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process, has_helpers=has_helpers)


def guarded(arguments: Sequence[str]) -> list[str]:
    """Return the arguments that run a program which does not watch its standard input itself."""
    return ["-m", "recordings_pipeline.cli.guard", *arguments]


@contextmanager
def simulator(environ: Mapping[str, str]) -> Generator[dict[str, str]]:
    """Run the simulator and yield the variables that lead to it."""
    command = ["-m", "recordings_pipeline", "simulate", "--until-stdin-closes", *DEMO_WORLD]
    with child(command, environ) as process:
        lines = [_line(process) for _ in range(3)]
        assigned = (line.removeprefix("export ").strip().partition("=") for line in lines)
        yield {name: value for name, _, value in assigned}


def dagster_home(environ: Mapping[str, str], data: Path) -> str:
    """Return the user's DAGSTER_HOME, or make one below the data directory.

    Raises:
        ConfigurationError: It is no directory.
    """
    theirs = environ.get("DAGSTER_HOME")
    if theirs and Path(theirs).exists() and not Path(theirs).is_dir():
        raise ConfigurationError("DAGSTER_HOME", f"is not a directory: {theirs}")
    if theirs:
        return theirs
    home = data.absolute() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(_DAGSTER_YAML)
    return str(home)


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RecordingsError("the simulator did not start: run `recordings-pipeline simulate`")
    return line


def _end(process: subprocess.Popen[str], *, has_helpers: bool) -> None:
    """Ask the group to stop, then make it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        if has_helpers and number == signal.SIGINT:
            process.send_signal(number)
        else:
            os.killpg(process.pid, number)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            continue
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
