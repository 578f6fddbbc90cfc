"""What is held stays, whoever wants it erased, until two people agree."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Span
from recordings_pipeline.core.erasing import Fate
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.holding import Hold, Person, checked_name, person_from
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.erasing import erase, survey
from recordings_pipeline.stages.holding import hold, release
from tests.cli.conftest import Enter
from tests.privacy.conftest import DAY, LATER, ORDER, actions, paths_of, someone
from tests.sealed import sealed_events

ALICE, BOB = Person("alice"), Person("bob")
_WEEK = Span(date(2026, 1, 26), date(2026, 2, 1))
_STRANGER = "00000000-0000-4000-8000-000000000001"
_IN_ADVANCE = replace(ORDER, is_in_advance=True)


def test_a_held_conversation_is_not_erased_until_two_people_release_it(
    archive: Archive, simulator: Simulator
) -> None:
    data, call, other = archive.home.root, someone(simulator), someone(simulator, 5)
    ids = [call.conversation_id, other.conversation_id]
    (held,) = hold(archive, ids[:1], "CASE-4", ALICE)
    before = paths_of(data, call)

    told = list(survey(archive, ids))
    done = {one.conversation_id: one for one in erase(archive, ids, ORDER)}
    left = paths_of(data, call)
    release(archive, held.hold_id, "over", ALICE)
    (asked,) = erase(archive, ids[:1], ORDER)
    release(archive, held.hold_id, "over", BOB)
    (gone,) = erase(archive, ids[:1], ORDER)

    assert [one.fate for one in told] == [Fate.HELD, Fate.ERASED]
    assert [done[id_].fate for id_ in ids] == [Fate.HELD, Fate.ERASED]
    assert done[ids[0]].reason == "hold 1: CASE-4"
    assert (left, paths_of(data, other)) == (before, [])
    assert (asked.fate, gone.fate) == (Fate.HELD, Fate.ERASED)
    assert paths_of(data, call) == []
    told_of = [action for action, _ in actions(data) if action.startswith("hold.")]
    assert told_of == ["hold.added", "hold.release_asked", "hold.released"]


def test_a_held_day_keeps_all_of_its_conversations(archive: Archive, simulator: Simulator) -> None:
    hold(archive, _WEEK, "CASE-4", ALICE)
    ids = [someone(simulator).conversation_id, someone(simulator, 5).conversation_id]

    assert {one.fate for one in erase(archive, ids, ORDER)} == {Fate.HELD}
    assert archive.ledger.erasures.among(ids) == frozenset()


def test_what_was_erased_cannot_be_held(archive: Archive, simulator: Simulator) -> None:
    id_ = someone(simulator).conversation_id
    list(erase(archive, [id_], ORDER))

    with pytest.raises(ConfigurationError, match="was erased"):
        hold(archive, [id_], "CASE-4", ALICE)


def test_only_what_is_known_to_be_a_conversation_is_held(
    archive: Archive, simulator: Simulator
) -> None:
    call = someone(simulator)

    with pytest.raises(
        ConfigurationError, match=f"recording of the conversation {call.conversation_id}"
    ):
        hold(archive, [call.conversation_id, str(call.recording_id)], "CASE-4", ALICE)
    with pytest.raises(ConfigurationError, match=r"is not known.*--in-advance holds"):
        hold(archive, [_STRANGER], "CASE-4", ALICE)
    assert archive.ledger.holds.all() == []

    (held,) = hold(archive, [_STRANGER], "CASE-4", ALICE, is_in_advance=True)

    assert held.what == _STRANGER
    (stays,) = erase(archive, [_STRANGER], _IN_ADVANCE)
    assert (stays.fate, stays.reason) == (Fate.HELD, "hold 1: CASE-4")


def test_what_nobody_indexed_may_be_of_a_day_that_is_held(archive: Archive) -> None:
    (held,) = hold(archive, _WEEK, "CASE-4", ALICE)

    (stays,) = erase(archive, [_STRANGER], _IN_ADVANCE)
    release(archive, held.hold_id, "over", ALICE)
    release(archive, held.hold_id, "over", BOB)
    (gone,) = erase(archive, [_STRANGER], _IN_ADVANCE)

    assert (stays.fate, gone.fate) == (Fate.HELD, Fate.ERASED)
    assert stays.reason == "hold 1: CASE-4; it may be of these days, as nobody knows its day"


def test_of_several_all_are_held_or_none(archive: Archive, simulator: Simulator) -> None:
    gone, other = someone(simulator).conversation_id, someone(simulator, 5).conversation_id
    list(erase(archive, [gone], ORDER))

    with pytest.raises(ConfigurationError, match="was erased"):
        archive.ledger.holds.add([other, gone], "CASE-4", ALICE, LATER)

    assert archive.ledger.holds.all() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ALICE, ALICE),
        (ALICE, Person("ALICE")),
        (ALICE, Person("alice", "bob")),
        (Person("shared", "alice"), Person("shared")),
        (Person("shared", "alice"), Person("shared", "Alice")),
        (Person("shared", "alice"), ALICE),
        (Person("shared", "alice"), Person("shared", "alice.")),
        (Person("shared", "a.smith"), Person("other", "A-Smith")),
    ],
    ids=str,
)
def test_one_person_alone_cannot_release(archive: Archive, first: Person, second: Person) -> None:
    (held,) = hold(archive, Span(DAY.date, DAY.date), "CASE-4", ALICE)
    release(archive, held.hold_id, "over", first)

    with pytest.raises(ConfigurationError, match="somebody else has to confirm"):
        release(archive, held.hold_id, "over", second)

    assert archive.ledger.holds.all()[0].state == f"release asked by {first}"


def test_two_who_share_a_login_are_told_apart_by_their_names(archive: Archive) -> None:
    (held,) = hold(archive, _WEEK, "CASE-4", ALICE)
    release(archive, held.hold_id, "over", Person("shared", "alice"))

    done: Hold = release(archive, held.hold_id, "over", Person("shared", "bob"))

    assert done.state == "released by alice, said shared and bob, said shared"
    assert person_from(done.released_by) == Person("shared", "bob")
    with pytest.raises(ConfigurationError, match="already"):
        release(archive, held.hold_id, "over", BOB)
    with pytest.raises(ConfigurationError, match="not known"):
        release(archive, 9, "over", BOB)


def test_who_held_and_released_is_in_the_sealed_log(archive: Archive) -> None:
    (held,) = hold(archive, _WEEK, "CASE-4", Person("CORP\\root"))
    for name in ("a.smith@corp.example", "b.smith@corp.example"):
        release(archive, held.hold_id, "over", Person("root", name))

    told = [one for one in sealed_events(archive.home.root) if one["action"].startswith("hold.")]

    assert [one["actor"] for one in told] == [
        "CORP-root",
        "a.smith@corp.example, said root",
        "b.smith@corp.example, said root",
    ]
    assert told[1]["reason"] == "2026-01-26 to 2026-02-01: over"


@pytest.mark.parametrize("name", ["\N{CYRILLIC SMALL LETTER A}lice", "...", "a b", "", "x" * 65])
def test_a_name_is_letters_that_look_like_no_others(name: str) -> None:
    with pytest.raises(ConfigurationError, match="the name of an account"):
        checked_name(name)


def test_holds_are_typed(
    data: Path, simulator: Simulator, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, id_ = ("--data", str(data)), someone(simulator).conversation_id
    why = ("--reason", "CASE-4")
    codes = [
        enter("hold", "list", *ours),
        enter("hold", "add", "--conversation", id_, *why, "--as", "alice", *ours),
        enter("hold", "add", "--from", "2026-01-31", "--to", "2026-01-31", *why, *ours),
        enter("erase", "--conversation", id_, *why, "--yes", *ours),
        enter("hold", "release", "1", *why, "--as", "alice", *ours),
        enter("hold", "release", "1", *why, "--as", "bob", *ours),
    ]
    wrong = [
        enter("hold", "add", *why, *ours),
        enter("hold", "add", "--from", "2026-02-01", "--to", "2026-01-31", *why, *ours),
        enter("hold", "add", "--conversation", id_, *why, "--as", "a b", *ours),
        enter("hold", "add", "--conversation", _STRANGER, *why, *ours),
        enter("hold", "release", "9", *why, *ours),
    ]

    text = capsys.readouterr().out
    assert codes == [0, 0, 0, 1, 0, 0]
    assert wrong == [2, 2, 2, 2, 2]
    assert enter("hold", "add", "--conversation", _STRANGER, "--in-advance", *why, *ours) == 0
    assert "nothing is held" in text
    assert "released by alice, said" in text
