"""A program that knows nothing of us ends with whoever started it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recordings_pipeline.cli.children import child, guarded
from tests.cli.conftest import LIMIT_S, environment

PARENT = """
import os, sys
from recordings_pipeline.cli.children import child, guarded
with child(guarded(["-c", sys.argv[1]]), dict(os.environ)) as process:
    print(process.stdout.readline(), end="", flush=True)
    sys.stdin.read()
"""
PROGRAM = """
import threading
from pathlib import Path
try:
    print("ready", flush=True)
    threading.Event().wait(60)
except KeyboardInterrupt:
    Path({path!r}).touch()
"""


@pytest.mark.parametrize(
    "ending",
    [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT],
    ids=lambda number: number.name,
)
def test_a_program_is_interrupted_when_its_starter_dies(
    ending: signal.Signals, tmp_path: Path
) -> None:
    interrupted = tmp_path / "interrupted"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, PROGRAM.format(path=str(interrupted))],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.send_signal(ending)
        # Guard and program have the same standard error: this returns when all are gone.
        parent.communicate(timeout=LIMIT_S)

    assert interrupted.exists()


@pytest.mark.parametrize(
    ("program", "code"),
    [("raise SystemExit(3)", 3), ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137)],
    ids=["by itself", "by a signal"],
)
def test_a_program_that_ends_ends_its_guard(program: str, code: int) -> None:
    with child(guarded(["-c", program]), environment()) as process:
        assert process.wait(LIMIT_S) == code
