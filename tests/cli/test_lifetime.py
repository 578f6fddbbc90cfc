"""A program lives until Ctrl-C, SIGTERM, a closed terminal, or the end of whoever started it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import LIMIT_S

SERVER = """
from recordings_pipeline.cli.lifetime import catch_the_end
ended = catch_the_end(until_stdin_closes={until_stdin_closes})
print("ready", flush=True)
print("ended" if ended.wait(20) else "still waiting")
"""
WORKER = """
import threading
from recordings_pipeline.cli.lifetime import interrupt_when_stdin_closes
interrupt_when_stdin_closes()
try:
    print("ready", flush=True)
    threading.Event().wait(20)
except KeyboardInterrupt:
    print("interrupted")
"""


def last_word(script: str, ending: signal.Signals | None) -> str:
    """Start a program, end it once it is ready, and return what it said at last."""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if ending is not None:
            process.send_signal(ending)
            return process.stdout.readline().strip()
        said, _ = process.communicate(timeout=LIMIT_S)  # closes the pipe to its standard input
        return said.strip()


@pytest.mark.parametrize(
    ("until_stdin_closes", "ending"),
    [
        (False, signal.SIGINT),
        (False, signal.SIGTERM),
        (False, signal.SIGHUP),
        (True, None),
        (True, signal.SIGTERM),
    ],
    ids=["Ctrl-C", "SIGTERM", "a closed terminal", "its starter is gone", "SIGTERM before that"],
)
def test_a_server_ends_by_itself(
    until_stdin_closes: bool,  # noqa: FBT001
    ending: signal.Signals | None,
) -> None:
    script = SERVER.format(until_stdin_closes=until_stdin_closes)

    assert last_word(script, ending) == "ended"


def test_a_server_under_nohup_outlives_the_terminal() -> None:
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)" + SERVER.format(
        until_stdin_closes=True
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        is_deaf = bool(int(ignored_signals(process.pid), 16) & 1 << (signal.SIGHUP - 1))
        process.communicate(timeout=LIMIT_S)

    assert is_deaf
    assert process.returncode == 0


def ignored_signals(process: int) -> str:
    """Return the mask of signals that a process ignores, as the system prints it."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("SigIgn:"))


def test_work_is_interrupted_when_its_starter_is_gone() -> None:
    assert last_word(WORKER, None) == "interrupted"
