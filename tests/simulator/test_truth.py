"""The truth says who speaks, and whether anybody could know; events follow from the words."""

from datetime import date

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.events import events_of
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.spoken import speaker_of
from recordings_pipeline.simulator.world import World
from tests.conftest import Start
from tests.truth import truths

DAY = date(2026, 1, 31)


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    options = Options(world="hostile", calls_per_day=400)
    return list(World(options.seed, options.shape).calls(DAY))


def spoken_in(calls: list[Call], trait: str, kind: str = "recording") -> set[tuple[str, int]]:
    """Return role and number of candidates of all phrases in recordings of a kind."""
    found = set()
    for call in calls:
        for recording in call.recordings if call.has(trait) else ():
            if recording.kind == kind and recording.plan is not None:
                said = [speaker_of(call, recording, one) for one in recording.plan.phrases]
                found |= {(one.speaker, len(one.could_be)) for one in said}
    return found


def test_only_conferences_and_consults_leave_a_doubt(calls: list[Call]) -> None:
    assert spoken_in(calls, "conference") == {
        ("agent", 1), ("agent", 2), ("customer", 0), ("ivr", 0)
    }  # fmt: skip
    assert spoken_in(calls, "consult", "consulted") == {("agent", 2)}
    for trait in ("transfer", "coaching", "hold"):
        assert ("agent", 2) not in spoken_in(
            [call for call in calls if not call.has("conference")], trait
        )


def test_a_voicemail_has_no_snippet_and_a_snippet_begins_with_the_talk(calls: list[Call]) -> None:
    snippets = [(c, r) for c in calls for r in c.recordings if r.kind == "snippet"]

    assert snippets
    for call, snippet in snippets:
        assert not call.has("voicemail")
        said = {
            speaker_of(call, snippet, one).speaker
            for one in (snippet.plan.phrases if snippet.plan else ())
        }
        assert said <= {"agent", "customer"}


def test_sentiments_of_all_kinds_topics_and_overtalk_are_noticed(calls: list[Call]) -> None:
    recordings = [(c, r) for c in calls for r in c.recordings if r.plan is not None]

    events = [event for call, recording in recordings for event in events_of(call, recording)]

    assert {e.value for e in events if e.kind == "sentiment"} == {-1, 0, 1}
    assert {e.kind for e in events} == {"sentiment", "topic", "silence", "overtalk"}
    assert len({e.name for e in events if e.kind == "topic"}) >= 3
    assert all(e.start_ms < e.end_ms for e in events)


def test_the_truth_tells_every_word_with_its_time(start: Start) -> None:
    found = truths(start(calls_per_day=24), Day(DAY))

    phrases = [p for c in found for r in c["recordings"] for p in r["phrases"]]
    assert phrases
    for phrase in phrases:
        assert phrase["text"] == " ".join(word[0] for word in phrase["words"])
        assert phrase["words"][0][1] == phrase["start_ms"]
        assert phrase["words"][-1][2] == phrase["end_ms"]
