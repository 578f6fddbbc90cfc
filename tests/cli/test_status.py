"""`status` reads the ledger and asks nobody."""

from datetime import timedelta
from pathlib import Path

import pytest

from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS
from tests.cli.conftest import DAY, Enter
from tests.conftest import Start

RANGE = ("--from", str(DAY), "--to", str(DAY))


def test_an_exported_day_shows_its_outcomes_and_how_far_the_plan_was_off(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=6)
    enter("plan", *RANGE, "--data", str(tmp_path), **simulator.environment)
    enter("export", *RANGE, "--data", str(tmp_path), **simulator.environment)
    spent = simulator.traffic.api_requests
    capsys.readouterr()

    code = enter("status", RECORDINGS_DATA=str(tmp_path))

    days, _, plans = capsys.readouterr().out.partition("\n\n")
    _, day, total = days.splitlines()
    _, planned, _ = plans.splitlines()
    assert code == 0
    assert day.split()[:3] == [str(DAY), "settled", "6"]
    assert "4 exported, 1 missing, 1 forbidden" in day
    assert total.split()[:5] == ["total", "1", "of", "1", "settled"]
    assert planned.split()[:3] == [str(DAY), "6", ">"]
    assert planned.count("%") == 3
    assert simulator.traffic.api_requests == spent


def test_a_provisional_day_says_why(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    enter("plan", *RANGE, "--data", str(tmp_path), **start().environment)
    capsys.readouterr()

    code = enter("status", "--data", str(tmp_path))

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[1].split()[:3] == [str(DAY), "provisional", "0"]
    assert f"{DAY}: not exported yet" in lines
    assert "%" not in lines[-1]


def test_days_outside_the_range_are_left_out(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    enter("plan", *RANGE, "--data", str(tmp_path), **start().environment)
    capsys.readouterr()

    code = enter("status", "--from", "2026-02-01", "--data", str(tmp_path))

    assert code == 0
    assert capsys.readouterr().out == "no day of the range was planned or exported\n"


def test_a_directory_without_a_ledger_is_told_and_left_as_it_is(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    code = enter("status", "--data", str(tmp_path))

    assert code == 2
    assert "holds no ledger" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_day_with_orphans_says_how_many(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "calls_per_day = 6\n[seconds]\nmedian = 4\nspread = 0.1\nshortest = 3\nlongest = 5\n"
    (tmp_path / "lost.toml").write_text(f'{text}[share]\n[pinned]\n1 = ["orphaned"]\n')
    rights, now = PERMISSIONS | {ORPHANS}, DAY.end + timedelta(days=3)
    world = str(tmp_path / "lost.toml")
    simulator = start(world=world, calls_per_day=None, permissions=rights, now=now)
    data = str(tmp_path / "data")
    enter("export", *RANGE, "--data", data, **simulator.environment)
    capsys.readouterr()

    enter("status", "--data", data)

    assert f"{DAY}: 1 orphans at the source" in capsys.readouterr().out.splitlines()
