"""`status` reads the ledger and asks nobody."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.gaps import Gap, GapKind
from recordings_pipeline.core.orphans import Orphan
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS
from recordings_pipeline.stages.status import read_status
from recordings_pipeline.storage.ledger import Ledger
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


def test_a_settled_day_with_gaps_says_how_many(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "calls_per_day = 6\n[seconds]\nmedian = 4\nspread = 0.1\nshortest = 3\nlongest = 5\n"
    pinned = '1 = ["vanished"]\n2 = ["vanished"]'
    (tmp_path / "lost.toml").write_text(f"{text}[share]\n[pinned]\n{pinned}\n")
    simulator = start(world=str(tmp_path / "lost.toml"), calls_per_day=None)
    data = str(tmp_path / "data")
    code = enter("export", *RANGE, "--data", data, **simulator.environment)
    capsys.readouterr()

    enter("status", "--data", data)

    told = capsys.readouterr().out
    assert code == 1
    assert f"{DAY}: 2 legs recorded without a recording" in told
    assert told.splitlines()[1].split()[:2] == [str(DAY), "settled"]


def test_orphans_of_a_day_whose_calls_may_still_claim_them_are_not_counted(tmp_path: Path) -> None:
    orphan = Orphan("o", None, None, None, "audio", DAY.start, "AVAILABLE")
    with closing(Ledger(tmp_path / layout.LEDGER)) as ledger:
        ledger.days.indexed(DayStanding(DAY, DAY.end, False, ("young",), 4, 0))  # noqa: FBT003
        ledger.orphans.keep([orphan])
        ledger.notes.keep("orphans", "all", DAY.end)

    young, old = (
        read_status(tmp_path, DAY.date, DAY.date, DAY.end + timedelta(hours=hours))
        for hours in (47, 48)
    )

    assert [day.orphan_count for day in (*young, *old)] == [0, 1]


def test_a_gap_that_may_still_close_is_not_counted(tmp_path: Path) -> None:
    gaps = [
        Gap(id_, "c", GapKind.MAY_COME, "it may come", "wait", is_failing=is_failing)
        for id_, is_failing in (("a", True), ("b", False), ("c", False))
    ]
    with closing(Ledger(tmp_path / layout.LEDGER)) as ledger:
        ledger.days.indexed(DayStanding(DAY, DAY.end, False, ("young",), 4, 0))  # noqa: FBT003
        ledger.days.keep_gaps(DAY, gaps)

    (day,) = read_status(tmp_path, DAY.date, DAY.date, DAY.end)

    assert day.lost_count == 1


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
