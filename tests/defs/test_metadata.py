"""What the UI is told: numbers it can plot, columns it can show."""

from dataclasses import replace
from pathlib import PurePosixPath

import dagster as dg
import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.core.throughput import Throughput, Waits
from recordings_pipeline.defs.metadata import column_schema, materialization_metadata

SPENT = Throughput(
    bytes_moved=5_000_000,
    seconds=2.00049,
    calls_by_route={"GET /a": 4, "GET /b": 3},
    waits=Waits(0.126, 0.2, 0.3, 0.4, 0.5),
    rate_limited_count=1,
    resumed_count=2,
)


def report(*warnings: str) -> StageReport:
    day = Day.from_key("2026-01-31")
    path = PurePosixPath("tables/t")
    return StageReport("audio_files", day, 9, path, {"exported": 8}, SPENT, warnings)


def test_every_number_of_a_report_is_a_number_in_the_ui() -> None:
    told = materialization_metadata(report())

    numbers = {name: value for name, value in told.items() if isinstance(value, int | float)}
    assert numbers == {
        "dagster/row_count": 9,
        "dagster/partition_row_count": 9,
        "exported": 8,
        "bytes_moved": 5_000_000,
        "seconds": 2.0,
        "mb_per_s": 2.5,
        "api_calls": 7,
        "allowance_waited_s": 0.13,
        "rate_limited": 1,
        "resumed": 2,
    }
    assert told["path"] == dg.MetadataValue.path("tables/t")


@pytest.mark.parametrize(
    ("warnings", "expected"),
    [((), "none"), (("one",), "one"), (("one", "two"), "one\ntwo")],
    ids=["no warning", "one", "two lines for two"],
)
def test_warnings_are_always_there_to_read(warnings: tuple[str, ...], expected: str) -> None:
    assert materialization_metadata(report(*warnings))["warnings"] == expected


@pytest.mark.parametrize(
    ("reasons", "because"),
    [((), "it is settled"), (("one", "two"), "one\ntwo")],
    ids=["settled", "provisional"],
)
def test_an_index_says_whether_its_day_may_still_change_and_why(
    reasons: tuple[str, ...], because: str
) -> None:
    counts = {"is_settled": int(not reasons)}
    index = replace(report(), counts=counts, provisional_because=reasons)

    told = materialization_metadata(index)

    assert told["is_settled"] is (not reasons)
    assert told["provisional_because"] == because


@pytest.mark.parametrize("stage", sorted(SCHEMAS))
def test_a_column_tells_its_type_its_meaning_and_whether_it_may_be_empty(stage: str) -> None:
    shown = [
        (column.name, column.type, column.description, column.constraints.nullable)
        for column in column_schema(stage).columns
    ]

    assert shown == [(c.name, c.type, c.description, c.nullable) for c in SCHEMAS[stage].columns]
