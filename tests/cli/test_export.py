"""What `export` prints: plain lines, a bar only where somebody looks at it."""

import os
import pty
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.storage.home import Home
from tests.cli.conftest import DAY, Enter, settle
from tests.conftest import Start

NEXT_DAY = Day.from_key("2026-02-01")
ESCAPE = "\x1b"


def read_all(terminal: int) -> str:
    """Read a pseudo-terminal until nobody writes to it any more."""
    content = b""
    try:
        while block := os.read(terminal, 65_536):
            content += block
    except OSError:  # how Linux says that the other end is closed
        pass
    return content.decode()


def test_a_terminal_shows_a_bar_and_the_lines_stay_plain(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=6)
    settle(simulator, tmp_path)
    ours, theirs = pty.openpty()
    days = ["--from", str(DAY), "--to", str(DAY), "--data", str(tmp_path)]

    with ThreadPoolExecutor() as reader:
        shown = reader.submit(read_all, ours)
        with os.fdopen(theirs, "w") as terminal, redirect_stderr(terminal):
            code = enter("export", *days, **simulator.environment, TERM="xterm")
    os.close(ours)

    lines = capsys.readouterr().out
    assert code == 0
    assert ESCAPE in shown.result()
    assert "transcripts" in shown.result()
    assert ESCAPE not in lines
    assert lines.startswith("recording_index ")


def test_a_pipe_gets_lines_without_any_escape_and_a_failed_day_beside_them(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=6)
    settle(simulator, tmp_path)
    days = ["--from", str(DAY), "--to", str(NEXT_DAY), "--data", str(tmp_path)]

    with Home(tmp_path).day_lock(NEXT_DAY):
        code = enter("export", *days, **simulator.environment)

    printed = capsys.readouterr()
    assert code == 1
    assert printed.err == (
        "2026-02-01 failed: 2026-02-01 is being exported by another process: "
        "wait for it, or stop it first\n"
    )
    assert ESCAPE not in printed.out
    assert "recordings: 6 erased\n" in printed.out


def test_a_look_back_prints_the_last_days_as_a_range_is_printed(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=4)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    environ = simulator.environment | {"RECORDINGS_LOOKBACK_DAYS": "1"}

    code = enter("export", "--look-back", "--data", str(tmp_path), **environ)

    lines = capsys.readouterr().out.splitlines()
    shown = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert code == 0
    assert shown[: len(STAGES)] == [[stage, str(yesterday)] for stage in STAGES]
    assert lines[1].startswith("  warning: provisional: recordings and transcripts may come until")


def test_the_option_for_the_directory_beats_the_variable(
    start: Start, tmp_path: Path, enter: Enter
) -> None:
    simulator = start(permissions=frozenset())
    variable, option = tmp_path / "variable", tmp_path / "option"
    days = ["--from", str(DAY), "--to", str(DAY), "--data", str(option)]

    code = enter("export", *days, **simulator.environment, RECORDINGS_DATA=str(variable))

    assert code == 1
    assert (option / "ledger.db").is_file()
    assert not variable.exists()
