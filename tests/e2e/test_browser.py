"""The story of the README in a browser: three days, a gap that is named, and the gap closed."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core.schemas import SCHEMAS
from tests.e2e.browser import PROGRAM, Browser, opened
from tests.e2e.conftest import Scene

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAM, reason="no Chromium is installed"),
]

# Of last week: the UI plots the last 120 days only, and younger ones may still become complete.
_TODAY = datetime.now(UTC).date()
DAY_WITH_A_GAP, *DAYS = [(_TODAY - timedelta(days=number)).isoformat() for number in (7, 6, 5, 4)]
CHECK = "every_recording_has_an_outcome"
GRAPH = "/locations/recordings_pipeline/asset-groups/recordings/lineage"


@pytest.fixture
def browser(tmp_path: Path) -> Generator[Browser]:
    with opened(tmp_path / "profile") as found:
        yield found


@pytest.fixture
def artefacts(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures are kept: what ``--artefacts`` says, or the test's own folder."""
    folder = request.config.getoption("--artefacts") or tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return Path(folder)


def test_days_their_numbers_and_a_gap_are_seen_in_the_browser_until_it_is_closed(
    scene: Scene, browser: Browser, artefacts: Path
) -> None:
    graph, url = scene.graph, scene.graph.url
    assert graph.backfill_ends(graph.backfill(DAYS)) == "COMPLETED_SUCCESS"
    browser.open(url + GRAPH, 1800, 1400)
    browser.shows(*SCHEMAS, "Partitions", "1 / 1 Passed")
    browser.picture(artefacts / "graph.png")

    browser.open(f"{url}/assets/audio_files?view=overview", 1300, 2200)
    browser.shows("SHA-256 over the whole file", "Plots", "bytes_moved")
    browser.click("Plots")
    browser.shows("mb_per_s", "files_published")
    assert browser.count("canvas") > 3
    browser.picture(artefacts / "numbers.png")

    scene.hide(DAY_WITH_A_GAP, 1)
    assert graph.backfill_ends(graph.backfill([DAY_WITH_A_GAP])) == "COMPLETED_FAILED"
    gaps = graph.gaps("audio_files", CHECK)
    page = f"{url}/assets/audio_files?view=checks&checkDetail={CHECK}"
    browser.open(page, 1500, 900)
    browser.shows(f"{DAY_WITH_A_GAP}: 1 unexplained", "run the day again", "Failed")
    browser.picture(artefacts / "failed_check.png")

    scene.hide(DAY_WITH_A_GAP, 0)
    assert graph.backfill_ends(graph.backfill([DAY_WITH_A_GAP])) == "COMPLETED_SUCCESS"
    browser.open(page, 1500, 900)
    browser.shows(f"every recording of {DAY_WITH_A_GAP} has an outcome", "Passed")
    assert [gap["day"] for gap in gaps] == [DAY_WITH_A_GAP]
    assert graph.gaps("audio_files", CHECK) == []
