"""Every communication without a recording has a reason, and only a real loss fails the day."""

from datetime import datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.fetch_gaps import unknown_results, untried
from recordings_pipeline.core.gaps import (
    Gap,
    GapEvidence,
    GapKind,
    UploadStatus,
    counts_of_gaps,
    failing,
    gaps,
)
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import KnownConversation, Standing

DAY = Day.from_key("2026-01-31")
NOON = DAY.start + timedelta(hours=12)
EARLY, LATE = DAY.end + timedelta(hours=47), DAY.end + timedelta(hours=48)
NOTHING: dict[UploadStatus, set[str]] = {}


def known(*legs: str, ended: datetime | None = NOON) -> KnownConversation:
    return KnownConversation("c", NOON, ended, None, legs or ("m",))


def listed(leg: str, outcome: Outcome, **row: str) -> Standing:
    return Standing("r", "c", leg, Verdict(outcome), None, {"media": "audio", **row})


def only(conversation: KnownConversation, evidence: GapEvidence) -> Gap:
    (found,) = gaps(DAY, [conversation], evidence)
    return found


@pytest.mark.parametrize(
    ("status", "kind", "is_failing"),
    [
        (UploadStatus.FAILED, GapKind.UPLOAD_FAILED, True),
        (UploadStatus.PENDING, GapKind.UPLOAD_PENDING, False),
        (UploadStatus.WAITING, GapKind.UPLOAD_PENDING, False),
        (None, GapKind.UNEXPLAINED, True),
    ],
)
def test_the_upload_report_explains_a_gap_and_only_a_loss_fails_the_day(
    status: UploadStatus | None,
    kind: GapKind,
    is_failing: bool,  # noqa: FBT001
) -> None:
    uploads = {status: {"c"}} if status else NOTHING

    found = only(known(), GapEvidence(LATE, uploads))

    assert (found.kind, found.is_failing) == (kind, is_failing)


def test_before_the_delay_has_passed_a_gap_may_close_and_says_until_when() -> None:
    found = only(known(), GapEvidence(EARLY, None))

    assert not found.is_failing
    assert found.reason == "it may still come until 2026-02-03 00:00 UTC"


def test_a_conversation_that_ended_a_day_later_has_its_own_delay() -> None:
    ended = DAY.end + timedelta(hours=20)

    waiting = only(known(ended=ended), GapEvidence(LATE, NOTHING))
    over = only(known(ended=ended), GapEvidence(ended + timedelta(hours=48), NOTHING))

    assert (waiting.kind, waiting.is_failing) == (GapKind.MAY_COME, False)
    assert (over.kind, over.is_failing) == (GapKind.UNEXPLAINED, True)


def test_an_open_conversation_explains_its_gap_for_a_week_and_no_longer() -> None:
    week = DAY.end + timedelta(days=7)

    before = only(known(ended=None), GapEvidence(week - timedelta(seconds=1), NOTHING))
    after = only(known(ended=None), GapEvidence(week, NOTHING))

    assert (before.kind, before.is_failing) == (GapKind.OPEN, False)
    assert (after.kind, after.is_failing) == (GapKind.UNEXPLAINED, True)


def test_a_recording_that_is_not_ready_explains_the_gap_beside_it() -> None:
    found = only(known(), GapEvidence(LATE, NOTHING, [listed("n", Outcome.DEFERRED)]))

    assert (found.kind, found.is_failing) == (GapKind.NOT_READY, False)


def test_what_was_listed_once_is_no_gap() -> None:
    found = gaps(
        DAY, [known("m", "n")], GapEvidence(LATE, NOTHING, [listed("m", Outcome.EXPORTED)])
    )

    assert [gap.id for gap in found] == ["n"]


@pytest.mark.parametrize("row", [{"media": "screen"}, {"media_subtype": "Snippet"}], ids=str)
def test_what_is_kept_beside_a_recording_is_no_substitute_for_it(row: dict[str, str]) -> None:
    beside = listed("m", Outcome.EXPORTED, **row)

    assert only(known(), GapEvidence(LATE, NOTHING, [beside])).kind is GapKind.UNEXPLAINED


def test_a_report_that_may_not_be_read_is_the_first_thing_to_change() -> None:
    found = only(known(), GapEvidence(LATE, None))

    assert found.is_failing
    assert "recording:uploadReport:view" in found.next_step


def test_the_vendor_is_asked_with_the_conversation() -> None:
    found = only(known(), GapEvidence(LATE, {UploadStatus.FAILED: {"c"}}))

    assert found.next_step.endswith("conversation id c")


def test_gaps_are_counted_by_whether_they_fail_the_day() -> None:
    found = gaps(DAY, [known("m", "n")], GapEvidence(LATE, NOTHING))
    early = gaps(DAY, [known("o")], GapEvidence(EARLY, None))

    assert counts_of_gaps((*found, *early)) == {"gaps": 2, "provisional_gaps": 1}
    assert failing((*found, *early)) == found


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_a_listed_recording_that_nobody_tried_is_a_gap_of_ours(outcome: Outcome) -> None:
    standing = Standing("r", "c", "m", Verdict(outcome), None, {})

    found = untried([standing])

    assert [gap.id for gap in found] == (["r"] if outcome is Outcome.DISCOVERED else [])


def test_a_result_nobody_listed_fails_an_old_day_and_may_have_come_late_on_a_young_one() -> None:
    (young,), (old,) = (unknown_results(DAY, {"r": "c"}, now) for now in (EARLY, LATE))

    assert (young.kind, young.is_failing) == (GapKind.UNKNOWN_RESULT, False)
    assert (old.id, old.conversation_id, old.is_failing) == ("r", "c", True)
