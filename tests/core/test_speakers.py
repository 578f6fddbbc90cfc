"""Who spoke is told from who was on the line, and left open where that is not enough."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.speakers import SLACK_MS, speakers_of
from recordings_pipeline.core.speech import Participant, Phrase, Speaker, Stretch, Transcript

START = 1_769_860_800_000
CUSTOMER_LEG, CONSULT_LEG = "leg-customer", "leg-consult"
CUSTOMER = Speaker("customer", None, is_ambiguous=False)
IVR = Speaker("ivr", None, is_ambiguous=False)
NOBODY = Speaker("internal", None, is_ambiguous=False)


def agent(user_id: str) -> Speaker:
    return Speaker("agent", user_id, is_ambiguous=False)


def one_of(*user_ids: str, role: str = "agent") -> Speaker:
    return Speaker(role, None, is_ambiguous=True, candidates=user_ids)


def did(  # noqa: PLR0913 (a stretch has that many members)
    purpose: str,
    kind: str,
    start_s: float,
    end_s: float | None,
    *,
    user: str | None = None,
    leg: str | None = None,
    conference: bool = False,
) -> Stretch:
    end = None if end_s is None else START + round(end_s * 1_000)
    leg = leg or f"leg-{user or purpose}"
    return Stretch(purpose, user, leg, kind, START + round(start_s * 1_000), end, conference)


def was(purpose: str, start_s: float, end_s: float | None, user: str | None = None) -> Participant:
    end = None if end_s is None else START + round(end_s * 1_000)
    return Participant(purpose, user, START + round(start_s * 1_000), end)


def said(side: str, start_s: float, end_s: float | None = None) -> Phrase:
    start_ms = round(start_s * 1_000)
    end_ms = start_ms + 400 if end_s is None else round(end_s * 1_000)
    return Phrase("run", 0, side, side, start_ms, end_ms, "yes", "Yes.", 0.9, None, "en-us")


def transcript(*phrases: Phrase, leg: str = CUSTOMER_LEG) -> Transcript:
    return Transcript("c", leg, "r", START, (), phrases, ())


CALL = (
    did("customer", "interact", 0, 100, leg=CUSTOMER_LEG),
    did("ivr", "ivr", 0, 8),
    did("acd", "delay", 8, 12),
    did("agent", "alert", 10, 12, user="a"),
    did("agent", "interact", 12, 40, user="a"),
    did("agent", "hold", 40, 50, user="a"),
    did("agent", "interact", 50, 60, user="a"),
    did("agent", "wrapup", 60, 80, user="a"),
    did("agent", "interact", 62, 100, user="b"),
)


@pytest.mark.parametrize(
    ("side", "at_s", "expected"),
    [
        ("external", 1, CUSTOMER),
        ("external", 45, CUSTOMER),
        ("internal", 1, IVR),
        ("internal", 9, NOBODY),
        ("internal", 10.5, NOBODY),
        ("internal", 13, agent("a")),
        ("internal", 45, NOBODY),
        ("internal", 55, agent("a")),
        ("internal", 61, NOBODY),
        ("internal", 70, agent("b")),
        ("internal", 200, NOBODY),
    ],
)
def test_a_phrase_is_spoken_by_whoever_is_on_the_line(
    side: str, at_s: float, expected: Speaker
) -> None:
    heard = said(side, 20), said(side, at_s)

    assert speakers_of(transcript(*heard), CALL)[1] == expected


def test_clocks_that_differ_a_little_do_no_harm() -> None:
    early, late = said("internal", 11.5, 12.0), said("internal", 40.0, 40.4)

    assert SLACK_MS == 250
    assert speakers_of(transcript(early, late), CALL) == [agent("a"), agent("a")]


def test_agents_in_a_conference_stay_ambiguous() -> None:
    stretches = (
        did("agent", "interact", 0, 9, user="b", conference=True),
        did("agent", "interact", 0, 9, user="a", conference=True),
    )

    assert speakers_of(transcript(said("internal", 5)), stretches) == [one_of("a", "b")]


@pytest.mark.parametrize("kind", ["coaching", "monitoring"])
def test_who_listens_is_not_heard(kind: str) -> None:
    stretches = (did("agent", "interact", 0, 9, user="a"), did("agent", kind, 0, 9, user="b"))

    assert speakers_of(transcript(said("internal", 5)), stretches) == [agent("a")]


def test_who_barges_in_is_heard() -> None:
    stretches = (did("agent", "interact", 0, 9, user="a"), did("agent", "barging", 4, 9, user="b"))

    assert speakers_of(transcript(said("internal", 5)), stretches) == [one_of("a", "b")]


CONSULT = (
    did("customer", "interact", 0, 30, leg=CUSTOMER_LEG),
    did("agent", "interact", 0, 10, user="a"),
    did("agent", "hold", 10, 20, user="a"),
    did("agent", "interact", 10, 20, user="b", leg=CONSULT_LEG),
    did("agent", "interact", 20, 30, user="a"),
)


def test_a_consult_is_not_heard_by_the_customer() -> None:
    heard = transcript(said("internal", 5), said("internal", 15), said("internal", 25))

    assert speakers_of(heard, CONSULT) == [agent("a"), NOBODY, agent("a")]


def test_both_sides_of_a_consult_are_its_agents() -> None:
    heard = replace(
        transcript(said("internal", 2), said("external", 4), leg=CONSULT_LEG),
        start_epoch_ms=START + 10_000,
    )

    assert speakers_of(heard, CONSULT) == [one_of("a", "b")] * 2


def test_a_recording_of_an_agents_leg_hears_the_customer() -> None:
    heard = transcript(said("internal", 13), said("external", 14), leg="leg-a")

    assert speakers_of(heard, CALL) == [agent("a"), CUSTOMER]


def test_several_recordings_of_a_call_lie_on_one_clock() -> None:
    second = replace(transcript(said("internal", 8)), start_epoch_ms=START + 62_000)

    assert speakers_of(second, CALL) == [agent("b")]


@pytest.mark.parametrize("start", [None, START + 3_600_000], ids=["no clock", "an hour off"])
def test_without_a_clock_a_single_voice_is_certain_and_several_are_not(start: int | None) -> None:
    heard = replace(transcript(said("internal", 15), said("external", 15)), start_epoch_ms=start)
    alone = (did("agent", "interact", 0, 20, user="a"),)

    assert speakers_of(heard, alone) == [agent("a"), CUSTOMER]
    assert speakers_of(heard, CALL)[0] == one_of("a", "b", role="internal")


def test_windows_of_the_file_are_enough() -> None:
    windows = (was("ivr", 0, 8), was("agent", 8, 20, "a"), was("agent", 15, None, "b"))
    heard = replace(
        transcript(*(said("internal", at) for at in (1, 10, 16, 40))), participants=windows
    )

    assert speakers_of(heard, ()) == [IVR, agent("a"), one_of("a", "b"), agent("b")]


def test_windows_of_the_file_and_stretches_have_to_agree() -> None:
    stretches = (
        did("agent", "interact", 0, 30, user="a"),
        did("agent", "interact", 0, 30, user="b"),
    )
    windows = (was("agent", 0, 10, "a"), was("agent", 10, 30, "b"))
    heard = replace(transcript(said("internal", 5), said("internal", 20)), participants=windows)

    assert speakers_of(heard, stretches) == [agent("a"), agent("b")]


def test_windows_that_never_agree_with_the_stretches_are_not_believed() -> None:
    windows = (was("agent", 500, 600, "a"),)
    heard = replace(transcript(said("internal", 15)), participants=windows)

    assert speakers_of(heard, CALL) == [agent("a")]


def test_a_file_that_knows_nobody_leaves_the_sides() -> None:
    heard = transcript(said("internal", 1), said("external", 2))

    assert speakers_of(heard, ()) == [NOBODY, CUSTOMER]


users, whole = st.sampled_from(["a", "b", "c"]), st.integers(min_value=0, max_value=60)
talks = st.lists(
    st.builds(
        lambda user, start, length: did("agent", "interact", start, start + length, user=user),
        users, whole, whole.filter(bool),
    )
)  # fmt: skip


@given(talks, st.lists(whole))
def test_the_sweep_finds_whom_a_search_finds(stretches: list[Stretch], seconds: list[int]) -> None:
    heard = transcript(said("internal", 30), *(said("internal", at + 0.3) for at in seconds))

    found = speakers_of(heard, stretches)

    for phrase, speaker in list(zip(heard.phrases, found, strict=True))[1:]:
        middle = START + (phrase.start_ms + phrase.end_ms) // 2
        present = {
            s.user_id for s in stretches if s.start_epoch_ms <= middle < (s.end_epoch_ms or 0)
        }
        if len(present) == 1:
            assert speaker == agent(str(present.pop()))
        elif present:
            assert speaker == one_of(*sorted(map(str, present)))
