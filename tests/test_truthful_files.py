"""Files of a simulated organization: whole ones are believed, damaged ones are not."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import pytest

from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.trust import Facts, Policy, Trust, judge_sound
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.catalogue import CATALOGUE, bomb
from recordings_pipeline.simulator.contents import content_type_of, extension_of, media_of
from recordings_pipeline.simulator.faults import Replace
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.world import World
from tests.probing import probed

# Encoding takes a second a minute; a call of each kind in thirty is enough.
MOST_SECONDS = 60
COUNT = 120


def judged(content: bytes, recording: Recording, call: Call) -> Trust:
    seconds = None if call.ended is None else (call.ended - call.start).total_seconds()
    announced = content_type_of(recording).partition(";")[0]
    facts = Facts(media=recording.media, content_type=announced, conversation_s=seconds)
    return judge_sound(probed(content), facts, Policy())


def files(count: int) -> Iterator[tuple[Call, Recording, bytes]]:
    for call in World(5, shape_named("hostile")).calls(date(2026, 1, 31))[:count]:
        for recording in call.recordings:
            if recording.duration_ms > 1_000 * MOST_SECONDS:
                continue
            for number in range(1, recording.file_count + 1):
                content = media_of(recording, number, None)
                yield call, recording, b"".join(content.blocks(0, content.size))


@lru_cache(maxsize=1)
def some() -> tuple[tuple[Call, Recording, bytes], ...]:
    """Return one file of each medium and codec."""
    found = {(r.media, r.codec): (call, r, content) for call, r, content in files(COUNT)}
    return tuple(found.values())


def test_every_file_of_a_hostile_organization_is_what_it_claims() -> None:
    seen = set()
    for call, recording, content in files(COUNT):
        trust = judged(content, recording, call)
        assert trust.verdict.outcome is Outcome.EXPORTED, trust.verdict
        assert trust.extension == extension_of(recording)
        assert not trust.is_mislabelled
        seen.add((recording.media, recording.codec))

    assert {("audio", "ulaw"), ("audio", "pcm"), ("screen", ""), ("chat", "")} <= seen
    assert len(seen) >= 8


@pytest.mark.parametrize("name", ["html-media", "html-as-audio", "gone", "slow-down"])
def test_a_page_instead_of_a_file_is_no_file(name: str) -> None:
    act = CATALOGUE[name].act
    assert isinstance(act, Replace)

    for call, recording, _ in some():
        trust = judged(act.body, recording, call)
        assert trust.verdict.outcome is Outcome.QUARANTINED
        assert "HTML or XML" in trust.verdict.reason


def test_a_bomb_is_no_file() -> None:
    call, recording, _ = some()[0]

    assert judged(bomb(), recording, call).verdict.outcome is Outcome.QUARANTINED


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_body_that_was_cut_is_no_file(share: float) -> None:
    for call, recording, content in some():
        trust = judged(content[: int(len(content) * share)], recording, call)
        assert trust.verdict.outcome is Outcome.QUARANTINED, recording.codec


def test_a_body_that_was_appended_to_its_first_half_is_no_file() -> None:
    for call, recording, content in some():
        trust = judged(content[: len(content) // 2] + content, recording, call)
        assert trust.verdict.outcome is Outcome.QUARANTINED, recording.codec


def test_a_part_that_lacks_what_announce_less_left_out_is_no_file() -> None:
    for call, recording, content in some():
        short = content[: -min(1_000, len(content) // 2)]
        assert judged(short, recording, call).verdict.outcome is Outcome.QUARANTINED


def test_a_file_of_another_recording_is_found_out_by_its_medium() -> None:
    by_medium = {recording.media: (call, recording, content) for call, recording, content in some()}
    call, recording, _ = by_medium["audio"]

    assert judged(by_medium["chat"][2], recording, call).verdict.outcome is Outcome.QUARANTINED
    _, screen, _ = by_medium["screen"]
    audio = by_medium["audio"][2]
    assert judged(audio, screen, call).verdict.outcome is Outcome.QUARANTINED
