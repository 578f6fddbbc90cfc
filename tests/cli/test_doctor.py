"""`doctor` looks and touches nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import DAY, Enter
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
