"""What is to be fetched before the source archives or deletes it."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.model import Outcome, Retained, Verdict
from recordings_pipeline.core.rescue import rescue_list
from recordings_pipeline.core.standings import Standing

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def retained(
    id_: str = "r", archive: datetime | None = None, delete: datetime | None = None
) -> Retained:
    return Retained(id_, "c", None, archive, delete)


def known(
    outcome: Outcome, reason: str = "", delete: datetime | None = None
) -> dict[str, Standing]:
    row = {"archive_time": None, "delete_time": delete}
    return {"r": Standing("r", "c", "m", Verdict(outcome, reason), None, row)}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_could_still_be_fetched_is_listed(outcome: Outcome) -> None:
    found = rescue_list(known(outcome), [retained(delete=NOW + DAY)], NOW, 14)

    wanted = {Outcome.DISCOVERED, Outcome.DEFERRED, Outcome.RETRY} | {
        Outcome.FORBIDDEN,
        Outcome.QUARANTINED,
    }
    assert bool(found) is (outcome in wanted)


def test_a_recording_the_ledger_never_saw_is_listed_with_what_to_do() -> None:
    (found,) = rescue_list({}, [retained(delete=NOW + DAY)], NOW, 14)

    assert (found.outcome, found.reason) == (None, "its day was never indexed: export it")


def test_both_sources_are_united_and_the_newer_date_counts() -> None:
    standings = known(Outcome.RETRY, "cut", delete=NOW + 2 * DAY)

    alone = rescue_list(standings, [], NOW, 14)
    both = rescue_list(standings, [retained(delete=NOW + 30 * DAY)], NOW, 14)

    assert [(r.recording_id, r.reason) for r in alone] == [("r", "cut")]
    assert both == []


@pytest.mark.parametrize(
    ("archive", "delete", "expected"),
    [
        (NOW + 3 * DAY, NOW + 5 * DAY, ("archived", 3)),
        (NOW + 5 * DAY, NOW + 3 * DAY + HOUR, ("deleted", 3)),
        (NOW - DAY, NOW + HOUR, ("deleted", 0)),
        (NOW - DAY, None, None),
        (None, NOW + 14 * DAY, ("deleted", 14)),
        (None, NOW + 14 * DAY + HOUR, None),
        (None, NOW - HOUR, None),
        (None, None, None),
    ],
    ids=[
        "archived first", "deleted first", "archived already", "kept in the archive",
        "on the last day", "after it", "gone", "kept for good",
    ],
)  # fmt: skip
def test_what_comes_first_decides(
    archive: datetime | None, delete: datetime | None, expected: tuple[str, int] | None
) -> None:
    found = rescue_list({}, [retained(archive=archive, delete=delete)], NOW, 14)

    assert [(r.ending, r.days_left) for r in found] == ([expected] if expected else [])


def test_the_most_urgent_comes_first() -> None:
    told = [retained("a", delete=NOW + 2 * DAY), retained("b", archive=NOW + DAY)]

    assert [r.recording_id for r in rescue_list({}, told, NOW, 14)] == ["b", "a"]
