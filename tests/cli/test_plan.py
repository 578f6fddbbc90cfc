"""`plan` says what an export takes, and refuses what cannot work."""

from pathlib import Path

import pytest

from tests.cli.conftest import DAY, Enter, settle
from tests.conftest import Start

RANGE = ("--from", "2026-01-31", "--to", "2026-02-01")


def test_a_plan_is_a_table_of_days_and_a_total_and_nothing_moves(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=20)

    code = enter("plan", *RANGE, "--data", str(tmp_path), **simulator.environment)

    header, first, second, total, *rest = capsys.readouterr().out.splitlines()
    assert code == 0
    assert header.split()[:3] == ["day", "conversations", "recordings"]
    assert [first.split()[:2], second.split()[:2]] == [["2026-01-31", "20"], ["2026-02-01", "20"]]
    assert total.split()[:2] == ["total", "40"]
    assert any("20% left to others" in line for line in rest)
    assert any("from assumptions" in line for line in rest)
    assert simulator.traffic.media_requests == 0
    assert list(tmp_path.rglob("*.parquet")) == []


def test_what_does_not_fit_is_refused_with_what_to_do_and_exit_code_1(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = start().environment | {"RECORDINGS_QUOTA_GB": "0.000001"}

    code = enter("plan", *RANGE, "--data", str(tmp_path), **environ)

    printed = capsys.readouterr()
    assert code == 1
    assert printed.err.startswith("refused: quota: ")
    assert "raise RECORDINGS_QUOTA_GB" in printed.err
    assert printed.out.startswith("day ")


def test_a_settled_day_is_called_so(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=6)
    settle(simulator, tmp_path)

    enter("plan", *RANGE, "--data", str(tmp_path), **simulator.environment)

    _, first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(str(DAY))
    assert first.endswith(" settled")
    assert second.endswith(" to settle")


def test_a_range_that_ends_before_it_begins_is_a_misunderstanding(enter: Enter) -> None:
    assert enter("plan", "--from", "2026-02-01", "--to", "2026-01-31") == 2
