"""Numbers and tables for people."""

from pathlib import PurePosixPath

import pytest

from recordings_pipeline.cli.printing import counts_text, moved_text, print_table, stage_line
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput, Waits
from tests.cli.conftest import DAY


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "long header", "c"), [("wide cell", "x", ""), ("b", "y", "z")])

    assert capsys.readouterr().out.splitlines() == [
        "a          long header  c",
        "wide cell  x",
        "b          y            z",
    ]


def test_zeros_are_left_out_and_names_are_words() -> None:
    counts = {"exported": 2, "missing": 0, "ambiguous_turns": 1}

    assert counts_text(counts) == "2 exported, 1 ambiguous turns"


@pytest.mark.parametrize(
    ("moved", "part"),
    [(0, "  1.2 s  (3 fetched)"), (1, ", 0.0 MB moved"), (2_500_000, ", 2.5 MB moved")],
    ids=["nothing", "one byte", "megabytes"],
)
def test_a_stage_tells_what_moved_only_when_something_did(moved: int, part: str) -> None:
    spent = Throughput(bytes_moved=moved, seconds=1.2)
    report = StageReport("transcripts", DAY, 42, PurePosixPath("t"), {"fetched": 3}, spent)

    line = stage_line(report)

    assert line.startswith(f"transcripts           {DAY}      42 rows")
    assert part in line
    assert ("moved" in line) is (moved > 0)


def test_nothing_moved_is_said_with_what_it_cost_to_find_out() -> None:
    said = moved_text(Throughput(calls_by_route={"GET /x": 9}), is_all_there=True)

    assert said == "no media bytes moved: everything was there already (9 API calls)"


def test_what_may_still_come_is_not_said_to_be_there() -> None:
    said = moved_text(Throughput(calls_by_route={"GET /x": 9}), is_all_there=False)

    assert said == "no media bytes moved (9 API calls)"


def test_what_moved_is_said_with_what_went_wrong_on_the_way() -> None:
    spent = Throughput(
        bytes_moved=4_000_000,
        seconds=2.0,
        calls_by_route={"GET /x": 5},
        rate_limited_count=1,
        resumed_count=3,
        waits=Waits(1, 2, 3, 4, 5.25),
    )

    assert moved_text(spent, is_all_there=True) == (
        "4.0 MB moved at 2.0 MB/s, 5 API calls; 3 downloads resumed after a cut, "
        "1 requests waited out a 429\n"
        "seconds of all threads: allowance 1.0 s, polling 2.0 s, network 3.0 s, disk 4.0 s, "
        "hashing 5.2 s"
    )
