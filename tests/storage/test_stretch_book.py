"""Stretches are kept with their conversation, and read in order of its id."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.speech import Stretch
from recordings_pipeline.core.stretches import stretches_as_text
from tests.listing import conversation
from tests.storage.conftest import opened

DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)
TALK = Stretch("agent", None, None, "interact", 1_000, None)


def test_a_day_of_several_pages_is_read_whole_and_in_order(place: Place) -> None:
    ledger = opened(place)
    ids = [str(UUID(int=number)) for number in range(2_500)]
    found = [
        replace(conversation(id_, ()), stretches=stretches_as_text([TALK])) for id_ in reversed(ids)
    ]
    other = conversation(str(UUID(int=9_999)), ())

    ledger.listed(DAY, NOW, found)
    ledger.listed(Day.from_key("2026-02-01"), NOW, [other])

    assert list(ledger.stretches.of_day(DAY)) == [(id_, (TALK,)) for id_ in ids]
    ledger.close()


def test_a_conversation_asked_about_again_has_its_new_stretches(place: Place) -> None:
    ledger = opened(place)
    id_, unknown = str(UUID(int=1)), str(UUID(int=2))
    ended = replace(TALK, end_epoch_ms=5_000)

    for stretches in ((TALK,), (ended, TALK)):
        ledger.listed(
            DAY, NOW, [replace(conversation(id_, ()), stretches=stretches_as_text(stretches))]
        )

    assert ledger.stretches.of([id_, unknown]) == {id_: (ended, TALK)}
    ledger.close()
