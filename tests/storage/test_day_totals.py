"""What the ledger adds up to by day."""

from collections.abc import Generator
from contextlib import closing
from datetime import timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.holdings import Holdings
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.standings import Listed, ListedConversation
from recordings_pipeline.storage.ledger import Ledger
from tests.storage.conftest import opened

DAY = Day.from_key("2026-01-31")
CALL, CHAT = "c" * 36, "d" * 36
ENDED = DAY.start + timedelta(seconds=90)


@pytest.fixture
def ledger(place: Place) -> Generator[Ledger]:
    with closing(opened(place)) as found:
        yield found


def listed(recording_id: str, conversation_id: str, *, has_metadata: bool) -> Listed:
    row = dict.fromkeys(RECORDING_INDEX.names()) | {
        "recording_id": recording_id,
        "conversation_id": conversation_id,
        "conversation_start_time": DAY.start,
        "has_metadata": has_metadata,
    }
    return Listed(row, Verdict(Outcome.DISCOVERED))


def file(recording_id: str) -> dict[str, object]:
    return {
        "recording_id": recording_id,
        "file_number": 1,
        "path": recording_id,
        "size_bytes": 1_000,
        "sha256": "",
        "container": "wav",
        "content_type": "audio/wav",
        "is_resumed": False,
        "download_ms": 500,
        "exported_time": DAY.end,
    }


def test_an_unknown_day_holds_nothing(ledger: Ledger) -> None:
    assert ledger.totals.held(DAY) == Holdings()
    assert ledger.totals.outcomes(DAY.date, DAY.date) == {}
    assert ledger.totals.sizes(DAY.date, DAY.date) == {}


def test_recordings_are_counted_by_the_hour_in_which_their_conversation_began(
    ledger: Ledger,
) -> None:
    later = {"conversation_start_time": DAY.start + timedelta(hours=13, minutes=59)}
    early, late = (listed(name, CALL, has_metadata=True) for name in ("r1", "r2"))
    moved = Listed({**late.row, **later}, late.verdict)
    ledger.listed(DAY, DAY.end, [ListedConversation(CALL, ENDED, None, (), (early, moved))])

    assert ledger.totals.hours(DAY) == [1, *[0] * 12, 1, *[0] * 10]


def test_two_recordings_of_a_conversation_count_its_length_once(ledger: Ledger) -> None:
    two = (listed("r1", CALL, has_metadata=True), listed("r2", CALL, has_metadata=True))
    one = (listed("r3", CHAT, has_metadata=False),)
    asked = DAY.end + timedelta(hours=49)
    found = [
        ListedConversation(CALL, ENDED, "batch", (), two),
        ListedConversation(CHAT, None, "batch", (), one),
    ]
    ledger.listed(DAY, asked, found)
    for id_ in ("r1", "r2"):
        ledger.settle(id_, Verdict(Outcome.EXPORTED), asked, files=[file(id_)])

    held = ledger.totals.held(DAY)

    assert held.counts == {"exported": 2, "discovered": 1}
    assert (held.listed_count, held.final_count, held.done_count) == (2, 1, 1)
    assert (held.batched_count, held.odd_count) == (2, 1)
    assert (held.size_bytes, held.exported_count, held.download_s) == (2_000, 1, 1.0)
    assert held.exported_s == pytest.approx(90, abs=0.01)
    assert ledger.totals.sizes(DAY.date, DAY.date) == {DAY: 2_000}
