"""Traits are dealt by the share, and what would hide another trait is never dealt with it."""

import numpy as np
import pytest

from recordings_pipeline.simulator.ids import generator
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.traits import (
    GROUPS,
    LOSSES,
    MANNERS,
    ROOM_FOR_ALL,
    STATES,
    TRAITS,
    Bits,
    bit,
    dealt,
    has,
)


def dealing(count: int, shares: dict[str, float]) -> Bits:
    return dealt(count, shares, {}, generator("test"))


@pytest.mark.parametrize("share", [0.01, 0.05, 0.4])
def test_a_trait_goes_to_its_share_of_the_conversations(share: float) -> None:
    bits = dealing(1_000, {"hold": share})

    assert ((bits & bit("hold")) != 0).sum() == share * 1_000


@pytest.mark.parametrize(("count", "expected"), [(ROOM_FOR_ALL - 1, 0), (ROOM_FOR_ALL, 1)])
def test_a_rare_trait_appears_on_every_day_with_room_for_it(count: int, expected: int) -> None:
    bits = dealing(count, {"deleted": 0.0001})

    assert ((bits & bit("deleted")) != 0).sum() == expected


@pytest.mark.parametrize("group", [*GROUPS, LOSSES], ids=lambda group: group[0])
def test_of_a_group_a_conversation_has_one_at_most(group: tuple[str, ...]) -> None:
    bits = dealing(500, dict.fromkeys(TRAITS, 0.04))

    assert max(sum(has(int(one), trait) for trait in group) for one in bits) == 1


def test_a_call_nobody_answered_has_nothing_else() -> None:
    bits = dealing(500, dict.fromkeys(TRAITS, 0.04))

    alone = bits[(bits & bit("abandoned")) != 0]
    assert len(alone) > 0
    assert set(alone.tolist()) == {int(bit("abandoned"))}


def test_a_deleted_recording_is_never_withheld_as_well() -> None:
    bits = dealing(500, dict.fromkeys(TRAITS, 0.04))

    sensitive = bits[(bits & bit("sensitive")) != 0]
    assert len(sensitive) > 0
    assert not any(has(int(one), state) for one in sensitive for state in STATES)


@pytest.mark.parametrize("loss", LOSSES)
def test_of_a_lost_call_nothing_else_can_be_asked(loss: str) -> None:
    bits = dealing(500, dict.fromkeys(TRAITS, 0.04))

    lost = bits[(bits & bit(loss)) != 0]
    assert len(lost) > 0
    hidden = {"sensitive", "second_recording", "screen", "snippet", "consult", *STATES}
    assert not any(has(int(one), trait) for one in lost for trait in hidden)


@pytest.mark.parametrize("later", [(*LOSSES, *MANNERS), MANNERS], ids=lambda group: group[0])
def test_later_traits_leave_every_other_one_where_it_was(later: tuple[str, ...]) -> None:
    shares = dict.fromkeys(TRAITS[: -len(later)], 0.04)

    without, more = dealing(500, shares), dealing(500, {**shares, **dict.fromkeys(later, 0.04)})

    added = np.bitwise_or.reduce([bit(trait) for trait in later])
    assert (more & added).any()
    assert (more & ~added == without).all()


def test_the_last_conversation_of_a_day_is_an_ordinary_call() -> None:
    assert dealing(50, dict.fromkeys(TRAITS, 1.0))[-1] == 0


def test_a_pinned_conversation_has_its_traits_and_no_others() -> None:
    bits = dealt(50, dict.fromkeys(TRAITS, 0.9), {3: ("deleted", "ivr")}, generator("test"))

    assert bits[3] == bit("deleted") | bit("ivr")


def test_a_small_world_has_every_trait_that_its_file_names() -> None:
    shape = shape_named("small")

    bits = dealt(shape.calls_per_day, shape.shares, shape.pinned, generator("test"))

    union = int(np.bitwise_or.reduce(bits))
    assert {trait for trait in TRAITS if has(union, trait)} == {*shape.shares}
