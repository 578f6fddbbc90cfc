"""The story of the README in a browser: three days, a gap that is named, and the gap closed."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core.schemas import SCHEMAS
from tests.browser import Page, browsing, needs_chromium
from tests.e2e.conftest import Scene

pytestmark = [pytest.mark.slow, needs_chromium]

# Of last week: the UI plots the last 120 days only, and younger ones may still become complete.
_TODAY = datetime.now(UTC).date()
DAY_WITH_A_GAP, *DAYS = [(_TODAY - timedelta(days=number)).isoformat() for number in (7, 6, 5, 4)]
CHECK = "every_recording_has_an_outcome"
GRAPH = "/locations/recordings_pipeline/asset-groups/recordings/lineage"


@pytest.fixture
def page(tmp_path: Path) -> Generator[Page]:
    with browsing(tmp_path / "profile") as found:
        yield found


@pytest.fixture
def artefacts(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures are kept: what ``--artefacts`` says, or the test's own folder."""
    folder = request.config.getoption("--artefacts") or tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return Path(folder)


def test_days_their_numbers_and_a_gap_are_seen_in_the_browser_until_it_is_closed(
    scene: Scene, page: Page, artefacts: Path
) -> None:
    graph, url = scene.graph, scene.graph.url
    assert graph.backfill_ends(graph.backfill(DAYS)) == "COMPLETED_SUCCESS"
    page.resize(1800, 1400)
    page.open(url + GRAPH)
    page.shows(*SCHEMAS, "Partitions", "1 / 1 Passed")
    page.picture(artefacts / "graph.png")

    page.resize(1300, 4400)
    page.open(f"{url}/assets/audio_files?view=overview")
    page.shows("SHA-256 over the whole file", "Plots", "bytes_moved")
    page.press("Plots")
    page.shows("mb_per_s", "files_published")
    assert page.count("canvas") > 3
    page.picture(artefacts / "numbers.png")

    scene.hide(DAY_WITH_A_GAP, 1)
    assert graph.backfill_ends(graph.backfill([DAY_WITH_A_GAP])) == "COMPLETED_FAILED"
    gaps = graph.gaps("audio_files", CHECK)
    address = f"{url}/assets/audio_files?view=checks&checkDetail={CHECK}"
    page.resize(1500, 900)
    page.open(address)
    page.shows(f"{DAY_WITH_A_GAP}: 1 unexplained", "run the day again", "Failed")
    page.picture(artefacts / "failed_check.png")

    scene.hide(DAY_WITH_A_GAP, 0)
    assert graph.backfill_ends(graph.backfill([DAY_WITH_A_GAP])) == "COMPLETED_SUCCESS"
    page.open(address)
    page.shows(f"every recording of {DAY_WITH_A_GAP} has an outcome", "Passed")
    assert [gap["day"] for gap in gaps] == [DAY_WITH_A_GAP]
    assert graph.gaps("audio_files", CHECK) == []
