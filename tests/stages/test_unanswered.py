"""Cross-checks that get no answer fail nobody's day, and are told."""

from datetime import timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core.gaps import GapKind
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS, UPLOADS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

SECONDS = "[seconds]\nmedian = 4\nspread = 0.1\nshortest = 3\nlongest = 5\n"
RIGHTS = PERMISSIONS | {*UPLOADS, ORPHANS}
# So late that a day settles, and so early that its orphans are still listed.
LATER = DAY.end + timedelta(days=3)
ORPHANED = '1 = ["orphaned"]'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return where worlds and plans of faults are written."""
    (tmp_path / "plans").mkdir()
    return tmp_path / "plans"


def failing(directory: Path, route: str, status: int) -> str:
    """Return a plan by which a route fails for good."""
    path = directory / f"{route}-{status}.toml"
    path.write_text(f'[[fault]]\nroute = "{route}"\nstatus = {status}\nevery = 1\n')
    return str(path)


def world(start: Start, directory: Path, faults: str = "", pinned: str = "") -> Simulator:
    path = directory / "world.toml"
    path.write_text(f"calls_per_day = 4\n{SECONDS}[share]\n[pinned]\n{pinned}\n")
    return start(world=str(path), calls_per_day=None, permissions=RIGHTS, faults=faults, now=LATER)


@pytest.mark.parametrize("status", [400, 404])
def test_orphans_that_cannot_be_listed_are_a_warning(
    start: Start, opened: Open, directory: Path, status: int
) -> None:
    export = opened(world(start, directory, failing(directory, "orphans", status), ORPHANED))

    report = index_day(export, DAY)

    (said,) = report.warnings
    (gap,) = export.ledger.days.gaps(DAY)
    assert said.startswith("orphan recordings were not listed: GET /api/v2/orphanrecordings: ")
    assert report.counts["is_settled"] == 1
    assert "orphan recordings were not listed" in gap.reason
    assert "may not be read" not in gap.reason


def test_a_listing_that_fails_leaves_the_last_one(
    start: Start, opened: Open, directory: Path
) -> None:
    index_day(opened(world(start, directory, pinned=ORPHANED)), DAY)
    export = opened(world(start, directory, failing(directory, "orphans", 404), ORPHANED))
    export.ledger.notes.keep("orphans", "all", DAY.start)

    report = index_day(export, DAY)

    (gap,) = export.ledger.days.gaps(DAY)
    assert "orphan recordings were not listed" in report.warnings[0]
    assert (report.counts["orphans"], gap.kind) == (1, GapKind.ORPHANED)


@pytest.mark.parametrize("route", ["report", "report-status", "report-file"])
def test_a_day_whose_uploads_cannot_be_looked_up_now_stays_provisional(
    start: Start, opened: Open, directory: Path, route: str
) -> None:
    export = opened(world(start, directory, failing(directory, route, 404)))

    first = index_day(export, DAY)
    last = index_day(opened(world(start, directory)), DAY)

    (reason,) = first.provisional_because
    assert reason.startswith("nobody knows which uploads are pending: ")
    assert last.counts["is_settled"] == 1
    assert last.warnings == ()


def test_without_the_permission_a_day_settles_and_says_what_it_was_not_checked_for(
    start: Start, opened: Open
) -> None:
    report = index_day(opened(start(calls_per_day=4)), DAY)

    assert report.counts["is_settled"] == 1
    (said,) = report.warnings
    assert said.startswith("pending uploads could not be checked: grant recording:uploadReport:add")
