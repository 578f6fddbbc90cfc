"""An orphan explains the gap of the conversation it names, once, and no other."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap, GapEvidence, GapKind, UploadStatus, gaps, strays
from recordings_pipeline.core.orphans import Orphan, Orphans, claims, named, warnings
from recordings_pipeline.core.standings import KnownConversation
from recordings_pipeline.core.wire import orphans_page

DAY = Day.from_key("2026-01-31")
NEXT = Day.from_key("2026-02-01")
NOON = DAY.start + timedelta(hours=12)
LATE = DAY.end + timedelta(hours=48)
SECOND = timedelta(seconds=1)
ID = "00000000-0000-4000-8000-00000000000"


def orphan(
    id_: str = "o",
    whose: str | None = None,
    leg: str | None = None,
    created: datetime | None = NOON,
) -> Orphan:
    return Orphan(id_, whose, leg, None, "audio", created, "AVAILABLE")


def known(*found: Orphan) -> Orphans:
    return Orphans(found, {"c": DAY})


def gaps_of(
    *found: Orphan,
    legs: tuple[str, ...] = ("m",),
    now: datetime = LATE,
    uploads: dict[UploadStatus, set[str]] | None = None,
) -> tuple[Gap, ...]:
    conversation = KnownConversation("c", NOON, NOON, None, legs)
    return gaps(DAY, [conversation], GapEvidence(now, uploads or {}, (), known(*found)))


def test_an_orphan_that_names_the_conversation_explains_its_gap_and_fails_the_day() -> None:
    (found,) = gaps_of(orphan(whose="c"))

    assert (found.kind, found.is_failing) == (GapKind.ORPHANED, True)
    assert "orphan recording o:" in found.reason
    assert "orphan recording o " in found.next_step


def test_what_was_deleted_as_an_orphan_is_nothing_an_administrator_can_claim() -> None:
    (found,) = gaps_of(replace(orphan(whose="c"), file_state="DELETED"))

    assert "deleted" in found.reason
    assert "administrator" not in found.next_step


@pytest.mark.parametrize(
    "other", [orphan(whose="d"), orphan(), replace(orphan(whose="c"), media="screen")], ids=str
)
def test_an_orphan_of_another_conversation_or_medium_or_of_none_explains_nothing(
    other: Orphan,
) -> None:
    (found,) = gaps_of(other)

    assert found.kind is GapKind.UNEXPLAINED


def test_an_orphan_that_names_another_conversation_is_not_offered() -> None:
    (found,) = gaps_of(orphan("x-1", whose="d"), orphan("x-2"))

    assert "x-1" not in found.reason
    assert "x-2" in found.reason


def test_one_orphan_explains_one_leg() -> None:
    kinds = [gap.kind for gap in gaps_of(orphan(whose="c"), legs=("m", "n"))]

    assert sorted(kinds) == [GapKind.ORPHANED, GapKind.UNEXPLAINED]


def test_an_orphan_that_says_its_leg_is_of_no_other() -> None:
    by_leg = claims({"c": ["m", "n"]}, [orphan("any", "c"), orphan("of n", "c", "n")])

    assert {leg: found.id for leg, found in by_leg.items()} == {"n": "of n", "m": "any"}
    assert claims({"c": ["m"]}, [orphan("of n", "c", "n")]) == {}


def test_an_orphan_says_more_than_a_report_of_a_failed_upload_but_what_may_come_may_come() -> None:
    failed = {UploadStatus.FAILED: {"c"}}

    assert gaps_of(orphan(whose="c"), uploads=failed)[0].kind is GapKind.ORPHANED
    assert gaps_of(uploads=failed)[0].kind is GapKind.UPLOAD_FAILED
    assert gaps_of(orphan(whose="c"), now=LATE - SECOND)[0].kind is GapKind.MAY_COME


@pytest.mark.parametrize(
    ("created", "is_near"),
    [
        (DAY.start - SECOND, False),
        (DAY.start, True),
        (LATE - SECOND, True),
        (LATE, False),
        (None, False),
    ],
)
def test_an_unexplained_gap_names_orphans_from_then_and_no_others(
    created: datetime | None,
    is_near: bool,  # noqa: FBT001
) -> None:
    (found,) = gaps_of(orphan("x-1", created=created))

    assert ("the source holds 1 orphan recordings" in found.reason) is is_near
    assert ("x-1" in found.reason) is is_near


@pytest.mark.parametrize(
    ("one", "day"),
    [
        (orphan(whose="c", created=NEXT.start), DAY),
        (orphan(whose="nobody we know", created=NEXT.start), NEXT),
        (orphan(created=DAY.start), DAY),
        (orphan(created=DAY.end), NEXT),
        (orphan(whose="c", created=None), DAY),
        (orphan(created=None), None),
    ],
    ids=str,
)
def test_an_orphan_is_of_the_day_of_its_conversation_or_of_its_creation(
    one: Orphan, day: Day | None
) -> None:
    found = known(one)

    assert [d for d in (DAY, NEXT) if found.of_day(d)] == ([day] if day else [])


def test_a_stray_is_what_explains_no_gap() -> None:
    mine, lone = orphan("mine", "c"), orphan("lone")

    found = gaps_of(mine, lone)

    assert strays(found, known(mine, lone).of_day(DAY)) == (lone,)


def test_a_warning_names_as_many_as_a_person_looks_up() -> None:
    many = [orphan(str(number)) for number in range(7)]

    (said,) = warnings(many, is_all=True)

    assert said.startswith("7 orphan recordings")
    assert named(many) == "0, 1, 2, 3, 4 and 2 more"
    assert warnings([], is_all=True) == ()
    assert "not all were looked at" in warnings([], is_all=False)[0]


def test_an_orphan_is_read_from_what_the_platform_says() -> None:
    held = {"id": f"{ID}1", "conversationId": f"{ID}2", "sessionId": f"{ID}3"}
    entity = {
        "id": "o",
        "createdTime": "2026-01-31T12:00:00.000Z",
        "mediaType": "CALL",
        "fileState": "ARCHIVED",
        "recording": held,
    }

    found, pages = orphans_page({"entities": [entity], "pageCount": 3})

    assert pages == 3
    assert found == [Orphan("o", f"{ID}2", f"{ID}3", f"{ID}1", "audio", NOON, "ARCHIVED")]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"createdTime": "yesterday"},
        {"recording": None},
        {"recording": {"conversationId": "not an id"}},
        {"mediaType": None, "fileState": None},
    ],
    ids=str,
)
def test_what_is_odd_about_an_orphan_fails_nothing(odd: dict[str, object]) -> None:
    found, pages = orphans_page({"entities": [{"id": "o", **odd}, {}]})

    assert found == [Orphan("o", None, None, None, "unknown", None, "UNKNOWN")]
    assert pages == 1
