"""Recordings without a conversation are listed page by page, and never at any price."""

from datetime import UTC, date, datetime

import pytest

from recordings_pipeline.core.unanswered import Unanswered
from recordings_pipeline.genesys.orphans import CAP, MOST_PAGES, PAGE_SIZE, orphans
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS
from tests.conftest import Start
from tests.genesys.conftest import Open
from tests.hosts import Answer, Heard, Serve, reply_json

DATE = date(2026, 1, 31)
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
ROUTE = "GET /api/v2/orphanrecordings"


def test_every_orphan_is_listed_with_the_conversation_it_names(
    start: Start, client_of: Open
) -> None:
    rights = PERMISSIONS | {ORPHANS}
    simulator = start(world="hostile", calls_per_day=90, now=NOW, permissions=rights)

    told = orphans(client_of(simulator))

    assert not isinstance(told, Unanswered)
    found, is_all = {orphan.id: orphan for orphan in told[0]}, told[1]
    calls = [call for call in simulator.world.calls(DATE) if call.orphan_id]
    assert len(calls) > 1
    assert is_all
    for call in calls:
        orphan = found[str(call.orphan_id)]
        whose = call.conversation_id if call.has("orphaned") else None
        assert (orphan.conversation_id, orphan.recording_id) == (whose, call.recording_id)
        assert orphan.created == call.recordings[0].start.replace(
            microsecond=call.recordings[0].start.microsecond // 1_000 * 1_000
        )
    assert simulator.traffic.routes[ROUTE] == -(-len(found) // PAGE_SIZE)


def test_without_the_permission_nobody_can_tell(start: Start, client_of: Open) -> None:
    told = orphans(client_of(start()))

    assert isinstance(told, Unanswered)
    assert told.is_refused


@pytest.mark.parametrize(
    "answer", [reply_json({"entities": 5}), Answer(404), Answer(418)], ids=["odd", "404", "418"]
)
def test_an_answer_that_makes_no_sense_is_no_listing_and_stops_nothing(
    serve: Serve, client_of: Open, answer: Answer
) -> None:
    told = orphans(client_of(serve(lambda _heard: answer)))

    assert isinstance(told, Unanswered)
    assert not told.is_refused


def test_beyond_the_cap_those_with_a_conversation_are_asked_for(
    serve: Serve, client_of: Open
) -> None:
    asked: list[str] = []

    def reply(heard: Heard) -> Answer:
        asked.append(heard.path)
        word = "b" if "hasConversation=true" in heard.path.lower() else "a"
        number = len(asked)
        page = [{"id": f"{word}{number}.{n}"} for n in range(PAGE_SIZE)]
        return reply_json({"entities": page, "pageCount": CAP // PAGE_SIZE})

    told = orphans(client_of(serve(reply)))

    assert not isinstance(told, Unanswered)
    assert (len(told[0]), told[1]) == (2 * CAP, False)
    assert len(asked) == 2 * CAP // PAGE_SIZE


def test_a_listing_without_an_end_is_left(serve: Serve, client_of: Open) -> None:
    asked: list[str] = []

    def reply(heard: Heard) -> Answer:
        asked.append(heard.path)
        return reply_json({"entities": [{"id": "same"}], "pageCount": 10**6})

    told = orphans(client_of(serve(reply)))

    assert not isinstance(told, Unanswered)
    assert (len(told[0]), told[1]) == (1, False)
    assert len(asked) == MOST_PAGES
