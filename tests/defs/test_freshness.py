"""The check of all days is asked of the ledger, and is in a job of its own."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.freshness import days_settle_in_time
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.storage.ledger import Ledger

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


def check(data: Path) -> dg.AssetCheckResult:
    result = days_settle_in_time(Organization(recordings_data=str(data)))
    assert isinstance(result, dg.AssetCheckResult)
    return result


def remember(data: Path, ages: range, settled_from: int) -> None:
    """Keep how days of some ages stand: those that are old enough are settled."""
    today = datetime.now(UTC).date()
    with closing(Ledger(data / layout.LEDGER)) as ledger:
        for age in ages:
            day = Day(today - timedelta(days=age))
            reasons = () if age >= settled_from else ("1 conversations are still open",)
            ledger.days.indexed(DayStanding(day, day.end, not reasons, reasons, 4, 1))


@pytest.mark.parametrize(
    ("settled_from", "passed", "severity", "late"),
    [(4, True, WARN, 0), (6, False, WARN, 1), (10, False, ERROR, 5)],
    ids=["fresh", "a day is late", "none for more than a week"],
)
def test_it_warns_first_and_fails_when_none_settles(
    tmp_path: Path,
    settled_from: int,
    passed: bool,  # noqa: FBT001
    severity: dg.AssetCheckSeverity,
    late: int,
) -> None:
    remember(tmp_path, range(1, 12), settled_from)

    result = check(tmp_path)

    assert (result.passed, result.severity) == (passed, severity)
    assert result.metadata["late_days"] == dg.MetadataValue.int(late)


def test_without_a_ledger_it_says_that_nothing_was_exported(tmp_path: Path) -> None:
    result = check(tmp_path)

    assert not result.passed
    assert str(result.description).startswith("nothing was exported yet")
    assert not list(tmp_path.iterdir())


def test_a_day_s_job_leaves_what_belongs_to_no_day_to_the_daily_checks() -> None:
    of_a_day = {node.name for node in defs.resolve_job_def("export_day").nodes}
    of_all = {node.name for node in defs.resolve_job_def("daily_checks").nodes}

    assert of_all == {"archive_days_settle_in_time", "rescue_list"}
    assert not of_a_day & of_all
