"""What should be there and is not: named by `export`, with why and what to do."""

from pathlib import Path

import pytest

from recordings_pipeline.cli.printing import print_gaps
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap, GapKind
from recordings_pipeline.core.quantities import MOST_SHOWN
from tests.cli.conftest import DAY, Enter
from tests.conftest import Start

WORLD = """
calls_per_day = 6
[seconds]
median = 5
spread = 0.1
shortest = 4
longest = 6
[share]
[pinned]
1 = ["vanished"]
"""


def test_export_names_what_is_not_there_and_is_not_done(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    simulator = start(world=str(world), calls_per_day=None)
    days = ["--from", str(DAY), "--to", str(DAY), "--data", str(tmp_path / "data")]

    code = enter("export", *days, **simulator.environment)

    call = simulator.world.calls(DAY.date)[1]
    printed = capsys.readouterr().out
    assert code == 1
    assert "recordings that should be there and are not: 1\n" in printed
    (line,) = [line for line in printed.splitlines() if call.communication_id in line]
    assert line.startswith(str(DAY))
    assert "recording:uploadReport:view" in line


def test_no_more_are_listed_than_a_person_reads(capsys: pytest.CaptureFixture[str]) -> None:
    gap = Gap("m", "c", GapKind.UNEXPLAINED, "nothing says why", "ask", is_failing=True)

    print_gaps([(Day.from_key("2026-01-31"), gap)] * (MOST_SHOWN + 7))

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == MOST_SHOWN + 3
    assert lines[-1] == "… and 7 more"


def test_nothing_is_printed_where_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    print_gaps([])

    assert capsys.readouterr().out == ""
