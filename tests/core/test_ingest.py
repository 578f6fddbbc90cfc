"""What a name in the drop folder says, and when it names one recording."""

from pathlib import PurePosixPath

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.ingest import (
    Dropped,
    described_by,
    dropped,
    metadata_names,
    mismatch,
    refusal_of,
    said_by_metadata,
)
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.core.trust import NOT_IN_CODECS

CALL, ONE, TWO = (f"5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6{n}" for n in "abc")
DAY = Day.from_key("2026-01-31")
FOLDER = f"incoming/org/year=2026/month=1/day=31/hour=5/conversation_id={CALL}"

BESIDE_CALL = Dropped((), CALL, DAY, is_beside=True, about=CALL)


def standing(recording_id: str = ONE, verdict: Verdict | None = None) -> Standing:
    verdict = verdict or Verdict(Outcome.DISCOVERED)
    return Standing(recording_id, CALL, None, verdict, None, {})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (f"incoming/{ONE}.wav", Dropped((ONE,))),
        (f"incoming/a copy of {ONE.upper()} (1).WAV", Dropped((ONE,))),
        (f"incoming/{CALL}-{ONE}.wav", Dropped((CALL, ONE))),
        (f"{FOLDER}/{ONE}.opus", Dropped((ONE,), CALL, DAY)),
        (f"{FOLDER}/{ONE}.opus_metadata.json", Dropped((), CALL, DAY, is_beside=True, about=ONE)),
        (f"{FOLDER}/{CALL}.opus_call_metadata.json", BESIDE_CALL),
        (f"{FOLDER}/{CALL}-{TWO}.transcript.json", BESIDE_CALL),
        ("incoming/call.wav", Dropped()),
        ("incoming/call.wav_metadata.json", Dropped(is_beside=True)),
        (FOLDER.replace("month=1", "month=13") + f"/{ONE}.wav", Dropped((ONE,), CALL)),
        (f"incoming/0{ONE}.wav", Dropped()),
    ],
)
def test_a_name_says_what_it_is_and_whose(path: str, found: Dropped) -> None:
    assert dropped(PurePosixPath(path)) == found


def test_metadata_are_looked_for_beside_the_file_and_lead_back_to_it() -> None:
    path = PurePosixPath("incoming/call.wav")

    beside, _ = metadata_names(path)

    assert described_by(beside) == path
    assert described_by(path) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f'{{"recordingId": "{ONE.upper()}", "durationMs": 1}}'.encode(), {"recordingId": ONE}),
        (b'{"recordingId": "../../etc"}', {}),
        (b'{"recordingId": 7}', {}),
        (b"[]", {}),
        (b"\xff\x00", {}),
        (b"[" * 60_000, {}),
    ],
    ids=["ids", "a path", "a number", "a list", "noise", "nested"],
)
def test_metadata_say_ids_or_nothing(content: bytes, said: dict[str, str]) -> None:
    assert said_by_metadata(content) == said


@pytest.mark.parametrize(
    ("path", "said", "standings", "reason"),
    [
        (f"incoming/{ONE}.wav", {}, [standing()], ""),
        ("incoming/call.wav", {"recordingId": ONE, "conversationId": CALL}, [standing()], ""),
        (f"{FOLDER}/{ONE}.opus", {}, [standing()], ""),
        (f"incoming/{ONE}.wav", {}, [], "export the day of its conversation first"),
        (f"{FOLDER}/{ONE}.opus", {}, [], "export 2026-01-31 first"),
        ("incoming/call.wav", {}, [], "name a recording"),
        (f"incoming/{ONE} {TWO}.wav", {}, [standing(), standing(TWO)], "several recordings"),
        (f"incoming/{ONE}.wav", {"recordingId": TWO}, [standing()], "another recording"),
        (f"incoming/{ONE}.wav", {"conversationId": TWO}, [standing()], "another conversation"),
        (FOLDER.replace(CALL, TWO) + f"/{ONE}.opus", {}, [standing()], "another conversation"),
        (f"incoming/{ONE}-2.wav", {}, [standing()], "one file of several"),
    ],
)
def test_a_file_is_matched_with_one_recording_or_not_at_all(
    path: str, said: dict[str, str], standings: list[Standing], reason: str
) -> None:
    where = PurePosixPath(path)

    found = mismatch(where, dropped(where), said, standings)

    assert reason in found
    assert bool(reason) is bool(found)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict(Outcome.MISSING, "deleted at the source"), ""),
        (Verdict(Outcome.QUARANTINED, "noise"), ""),
        (Verdict(Outcome.EXCLUDED, f"wav/ulaw{NOT_IN_CODECS}"), ""),
        (Verdict(Outcome.EXCLUDED, "media screen is not exported"), "media screen"),
        (Verdict(Outcome.ERASED, "on request"), "erased on request"),
    ],
)
def test_what_is_not_to_be_here_is_not_taken(verdict: Verdict, reason: str) -> None:
    found = refusal_of(standing(verdict=verdict))

    assert reason in found
    assert bool(reason) is bool(found)
