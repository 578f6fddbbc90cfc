"""`rescue` prints what is in danger, the most urgent first, and its exit code says if any is."""

from pathlib import Path

import pytest

from tests.cli.conftest import Enter
from tests.conftest import Start


def test_what_is_in_danger_is_listed_by_urgency_and_is_exit_code_1(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = {"RECORDINGS_DATA": str(tmp_path), "RECORDINGS_RESCUE_DAYS": "60"}

    code = enter("rescue", **start(calls_per_day=2).environment, **ours)

    lines = capsys.readouterr().out.splitlines()
    left = [int(line.split()[0]) for line in lines[1:]]
    assert code == 1
    assert left == sorted(left)
    assert lines[1].endswith("its day was never indexed: export it")


def test_nothing_in_danger_is_one_line_and_exit_code_0(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=2)

    code = enter("rescue", **simulator.environment, RECORDINGS_DATA=str(tmp_path))

    assert (code, capsys.readouterr().out) == (0, "nothing to rescue within 14 days\n")
