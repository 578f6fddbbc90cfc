"""How far work has come: live on a terminal, a line now and then in a pipe."""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
from contextlib import redirect_stderr

import pytest

from recordings_pipeline.cli.progress import showing
from recordings_pipeline.core.headway import Headway
from tests.cli.conftest import LIMIT_S, environment

UNDER_WAY = Headway("audio_files", 123, 4_000, 1_200_000_000, 6.0, 85e6, 280, 300, is_waiting=True)
LINE = (
    "audio_files: 123 of 4,000 recordings, 1.2 GB, 85 MB/s, about 3 min left, "
    "allowance 280 of 300, waiting"
)
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"
SCRIPT = """
import sys, threading
from recordings_pipeline.cli.progress import showing
from recordings_pipeline.core.headway import Headway
with showing(lambda: Headway("audio_files", 1, 4)) as say:
    say(lambda: print("ready", flush=True))
    threading.Event().wait(20)
"""


class Looks:
    """Says how far it is, and when it was asked often enough."""

    def __init__(self, times: int) -> None:
        self._left = times
        self.are_done = threading.Event()

    def __call__(self) -> Headway | None:
        self._left -= 1
        if self._left <= 0:
            self.are_done.set()
        return UNDER_WAY if self._left < 2 else None


def read_all(terminal: int) -> str:
    """Read a pseudo-terminal until nobody writes to it any more."""
    content = b""
    try:
        while block := os.read(terminal, 65_536):
            content += block
    except OSError:  # how Linux says that the other end is closed
        pass
    return content.decode()


def test_a_pipe_gets_a_line_now_and_then_without_any_escape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    looks = Looks(times=3)

    with showing(looks, lines_s=0.001) as say:
        assert looks.are_done.wait(LIMIT_S)
        say(lambda: print("something else"))  # noqa: T201

    printed = capsys.readouterr()
    assert set(printed.err.splitlines()) == {LINE}
    assert printed.out == "something else\n"


def test_a_pipe_hears_nothing_of_what_is_quickly_done(capsys: pytest.CaptureFixture[str]) -> None:
    with showing(Looks(times=1)):
        pass

    assert capsys.readouterr().err == ""


def test_a_terminal_shows_all_of_it_and_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "110")
    looks = Looks(times=5)
    ours, theirs = pty.openpty()

    with os.fdopen(theirs, "w") as terminal, redirect_stderr(terminal), showing(looks):
        assert looks.are_done.wait(LIMIT_S)
    shown = read_all(ours)
    os.close(ours)

    plain = ESCAPES.sub("", shown)
    assert plain.startswith("starting")
    assert "123 of 4,000 recordings" in plain
    assert "1.2 GB · 85 MB/s · about 3 min left · allowance 280 of 300, waiting" in plain
    assert shown.rindex(HIDDEN) < shown.rindex(SHOWN)
    # Each line that was drawn is erased again.
    assert shown.rstrip("\r\n").endswith("\x1b[2K")


@pytest.mark.parametrize("ending", [signal.SIGINT], ids=["Ctrl-C"])
def test_an_interrupted_command_gives_the_terminal_its_cursor_back(ending: signal.Signals) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment(TERM="xterm"),
        text=True,
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(ending)
        shown = read_all(ours)
    os.close(ours)

    assert HIDDEN in shown
    assert shown.rindex(HIDDEN) < shown.rindex(SHOWN)
