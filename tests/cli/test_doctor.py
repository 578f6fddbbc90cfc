"""`doctor` looks and touches nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import DAY, Enter, settle
from tests.conftest import Start


def test_a_day_that_can_be_exported_is_exit_code_0_and_nothing_moved(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start()

    code = enter(
        "doctor", "--day", str(DAY), **simulator.environment, RECORDINGS_DATA=str(tmp_path)
    )

    assert code == 0
    assert capsys.readouterr().out.endswith(f"\n{DAY}: ready to export\n")
    assert simulator.traffic.api_requests == 6
    assert simulator.traffic.media_requests == 0
    assert list(tmp_path.rglob("*.parquet")) == []


def test_the_findings_are_a_table_with_aligned_columns_and_say_what_to_do(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(permissions=frozenset())

    code = enter("doctor", **simulator.environment, RECORDINGS_DATA=str(tmp_path))

    printed = capsys.readouterr().out
    header, *lines = printed.partition("\n\n")[0].splitlines()
    column = header.index("result")
    assert code == 1
    assert {line[column:].split()[0] for line in lines} == {"ok", "failure"}
    assert {line[column - 1] for line in lines} == {" "}
    assert "grant it to a role of the OAuth client" in printed


def test_without_a_day_yesterday_is_examined(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    before = datetime.now(UTC).date()

    enter("doctor", **start().environment, RECORDINGS_DATA=str(tmp_path))

    yesterdays = {day - timedelta(days=1) for day in (before, datetime.now(UTC).date())}
    examined = capsys.readouterr().out.splitlines()[-1].partition(":")[0]
    assert examined in {str(day) for day in yesterdays}


def test_deep_is_a_line_for_each_invariant_and_exit_code_1_when_one_is_violated(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(start(calls_per_day=2), tmp_path)

    code = enter("doctor", "--deep", "--day", str(DAY), "--data", str(tmp_path))

    printed = capsys.readouterr().out.splitlines()
    results = {line.split()[0]: line.split("  ")[-1].strip() for line in printed[1:15]}
    assert code == 1
    assert list(results) == [f"I{number}" for number in range(1, 15)]
    assert (results["I1"], results["I5"]) == ("holds", "1 violated")
    assert results["I10"] == "only a run shows it"
    told = next(line for line in printed if line.startswith("I5 tables/"))
    assert told.endswith(f"recordings-pipeline export --from {DAY} --to {DAY}")


def test_deep_needs_a_ledger_and_data_needs_deep(tmp_path: Path, enter: Enter) -> None:
    assert enter("doctor", "--deep", "--data", str(tmp_path)) == 2
    assert enter("doctor", "--data", str(tmp_path)) == 2
