"""Transcript files in every spelling become phrases, and what does not is counted."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.speech import Transcript
from recordings_pipeline.core.transcript_file import MOST_VALUES, transcript
from recordings_pipeline.core.transcript_members import MOST_MS

START = 1_773_119_283_149
LOST = "transcripts[].phrases[]: "
SPOKEN = {"participantPurpose": "agent", "text": "one two"}
PLACED = {"offset": {"milliseconds": 500}, "duration": {"milliseconds": 250}}
Json = dict[str, Any]


def read(payload: object) -> Transcript:
    return transcript(payload, "c", "m", "r")


def read_phrases(*phrases: Any, **more: Any) -> Transcript:  # noqa: ANN401
    return read({"transcripts": [{"startTime": START, "phrases": list(phrases)}], **more})


def read_analytics(name: str, *entries: Any) -> Transcript:  # noqa: ANN401
    run = {"startTime": START, "phrases": [{**SPOKEN, **PLACED}], "analytics": {name: [*entries]}}
    return read({"transcripts": [run]})


@pytest.mark.parametrize(
    "place",
    [
        PLACED,
        {"offsetMs": 500, "durationMs": 250},
        {"offset": 500, "duration": 250},
        {"startTimeMs": START + 500, "durationMs": 250},
        {"offset": {"milliseconds": 500.0}, "durationMs": 250.9},
        {"offset": None, "offsetMs": 500, "durationMs": 250},
    ],
    ids=["objects", "names with Ms", "plain numbers", "epoch only", "fractions", "null"],
)
def test_times_are_understood_in_every_spelling(place: Json) -> None:
    found = read_phrases({**SPOKEN, **place, "words": [{"word": "one", **place}]})

    (phrase,) = found.phrases
    (word,) = phrase.words
    assert (phrase.start_ms, phrase.end_ms) == (word.start_ms, word.end_ms) == (500, 750)
    assert phrase.side == "internal"
    assert found.drift == ()


def test_a_file_needs_none_of_its_optional_members() -> None:
    (phrase,) = read({"transcripts": [{"phrases": [{**SPOKEN, **PLACED}]}]}).phrases

    assert (phrase.transcript_id, phrase.phrase_index) == ("run-1", 0)
    assert (phrase.words, phrase.decorated_text, phrase.word_count) == ((), "", 2)
    assert (phrase.confidence, phrase.stability, phrase.language) == (None, None, None)
    assert read({}).phrases == ()


@pytest.mark.parametrize(
    ("member", "place", "told"),
    [
        ({"offset": {"milliseconds": -100}}, (0, 150), ".offset: before the recording"),
        ({"offset": {"milliseconds": -900}}, (0, 0), ".offset: before the recording"),
        ({"duration": {"milliseconds": -1}}, (500, 500), ".duration: negative"),
        ({"duration": None}, (500, 500), ".duration: missing"),
        ({"duration": "PT1S"}, (500, 500), ".duration: of another type"),
        ({"confidence": 1.5}, (500, 750), ".confidence: out of range"),
        ({"confidence": float("nan")}, (500, 750), ".confidence: out of range"),
        ({"stability": True}, (500, 750), ".stability: of another type"),
        ({"text": ["no", "text"]}, (500, 750), ".text: of another type"),
        ({"text": "half \ud800"}, (500, 750), ".text: half a character"),
        ({"phraseIndex": -1}, (500, 750), ".phraseIndex: out of range"),
        ({"participantPurpose": "parrot"}, (500, 750), ".participantPurpose: unknown purpose"),
        ({"words": {}}, (500, 750), ".words: of another type"),
        ({"words": [7]}, (500, 750), ".words[]: of another type"),
        ({"words": [{"word": "lost"}]}, (500, 750), ".words[]: no place on the clock"),
        ({"mood": "<b>secret</b>"}, (500, 750), ".mood: new member"),
        ({"\x1b[31m": 1}, (500, 750), ".?: new member"),
    ],
)
def test_what_is_odd_is_repaired_and_told_by_its_path(
    member: Json, place: tuple[int, int], told: str
) -> None:
    found = read_phrases({**SPOKEN, **PLACED, **member})

    (phrase,) = found.phrases
    assert (phrase.start_ms, phrase.end_ms) == place
    assert (f"transcripts[].phrases[]{told}", 1) in found.drift


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"text": "lost"}, "no place on the clock"),
        ({"offsetMs": MOST_MS + 1}, "no place on the clock"),
        ({"startTimeMs": 5}, "no place on the clock"),
        ("nonsense", "of another type"),
    ],
)
def test_a_phrase_that_cannot_be_placed_is_counted(entry: object, why: str) -> None:
    found = read_phrases(entry, {**SPOKEN, **PLACED})

    assert len(found.phrases) == 1
    assert (LOST + why, 1) in found.drift


def test_what_lies_after_the_end_of_the_recording_is_kept_and_told() -> None:
    late = {**SPOKEN, "offsetMs": 9_000, "durationMs": 1}

    found = read_phrases({**SPOKEN, **PLACED}, late, duration={"milliseconds": 5_000})

    assert len(found.phrases) == 2
    path = "transcripts[].phrases[].duration: after the end of the recording"
    assert found.drift == ((path, 1),)


def test_a_repeated_index_or_run_gets_a_name_of_its_own() -> None:
    phrases = [{**SPOKEN, **PLACED, "phraseIndex": 4}] * 2
    run = {"transcriptId": "t", "phrases": phrases}

    found = read({"transcripts": [run, run]})

    names = {(phrase.transcript_id, phrase.phrase_index) for phrase in found.phrases}
    assert names == {("t", 4), ("t", 5), ("t#2", 4), ("t#2", 5)}
    assert dict(found.drift) == {
        "transcripts[].phrases[].phraseIndex: repeated": 2,
        "transcripts[].transcriptId: repeated": 1,
    }


def test_a_run_of_another_recording_is_left_to_that_ones_file() -> None:
    phrases = [{**SPOKEN, **PLACED}]
    runs = [{"recordingId": id_, "phrases": phrases} for id_ in ("r", "other")]

    found = read({"transcripts": runs})

    assert len(found.phrases) == 1
    assert (LOST + "of another recording", 1) in found.drift


def test_phrases_of_several_runs_are_ordered_on_one_clock() -> None:
    early, late = ({**SPOKEN, "offsetMs": at, "durationMs": 1} for at in (1, 9))

    found = read({"transcripts": [{"phrases": [late]}, {"phrases": [early]}]})

    assert [phrase.start_ms for phrase in found.phrases] == [1, 9]


@pytest.mark.parametrize("name", ["conversationId", "recordingId"])
def test_a_file_of_another_call_is_refused(name: str) -> None:
    with pytest.raises(MalformedPayload, match="belongs to another"):
        read({name: "other"})


@pytest.mark.parametrize(
    ("name", "entry", "expected"),
    [
        (
            "acoustic",
            {"eventType": "SecurePause", "offsetMs": 7, "durationMs": 3, "participant": "internal"},
            ("secure_pause", "internal", 7, 10, None, None),
        ),
        (
            "acoustic",
            {"eventType": "silence", "startTimeMs": START + 7, "participant": "both"},
            ("silence", None, 7, None, None, None),
        ),
        (
            "topics",
            {"topicName": "Price", "confidence": 0.5, "offsetMs": -7, "durationMs": 9},
            ("topic", None, 0, 2, "Price", 0.5),
        ),
        (
            "sentiment",
            {"sentiment": -1, "phraseIndex": 0, "participant": "external"},
            ("sentiment", "external", 500, 750, None, -1.0),
        ),
    ],
)
def test_what_the_file_noticed_becomes_events(
    name: str, entry: Json, expected: tuple[Any, ...]
) -> None:
    (event,) = read_analytics(name, entry).events

    found = event.kind, event.side, event.start_ms, event.end_ms, event.name, event.value
    assert found == expected


@pytest.mark.parametrize(
    ("name", "entry", "why"),
    [
        ("acoustic", {"offsetMs": 1}, "of no kind"),
        ("acoustic", {"eventType": "silence"}, "no place on the clock"),
        ("topics", {"topicName": "Price"}, "no place on the clock"),
        ("sentiment", {"sentiment": 1, "phraseIndex": 9}, "no place on the clock"),
        ("sentiment", 7, "of another type"),
    ],
)
def test_an_event_that_cannot_be_read_is_counted(name: str, entry: object, why: str) -> None:
    found = read_analytics(name, entry)

    assert found.events == ()
    assert (f"transcripts[].analytics.{name}[]: {why}", 1) in found.drift


def test_two_hundred_thousand_phrases_are_read() -> None:
    phrase = json.dumps({**SPOKEN, **PLACED})
    content = f'{{"transcripts": [{{"phrases": [{",".join([phrase] * 200_000)}]}}]}}'

    assert len(read(content.encode()).phrases) == 200_000


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"[" + b"0," * (MOST_VALUES + 1) + b"0]",
        b"7",
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"",
        b"\xff\xfe",
    ],
    ids=["deep", "too many values", "no object", "huge number", "empty", "no text"],
)
def test_what_is_no_transcript_file_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedPayload):
        read(content)


def test_bytes_that_are_no_text_are_replaced_and_told() -> None:
    content = json.dumps({"transcripts": [{"phrases": [{**SPOKEN, **PLACED}]}]}).encode()

    found = read(content.replace(b"one", b"\xff\xff"))

    assert found.phrases[0].text == "\ufffd\ufffd two"
    assert ("file: not UTF-8", 1) in found.drift


# Members by name with values that fit, and, seldom, any other; nothing else finds odd corners.
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["\ud800", {}, [], [[]], {"milliseconds": "1"}])
)


def odd(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 200).flatmap(lambda dice: usual if dice else SCALARS)


MS = odd(st.integers(0, 5_000))
SPAN = odd(st.fixed_dictionaries({"milliseconds": MS}))
SHARE = odd(st.floats(0, 1) | st.integers(0, 1))
TEXT = odd(st.text(max_size=5))
EPOCH = odd(st.integers(START, START + 9_000))
SIDE = odd(st.sampled_from(["internal", "External", "agent"]))
WORD = st.fixed_dictionaries(
    {"word": TEXT, "offset": SPAN, "duration": SPAN},
    optional={"confidence": SHARE, "startTimeMs": EPOCH},
)
PHRASE = st.fixed_dictionaries(
    {"participantPurpose": SIDE, "offset": SPAN, "duration": SPAN},
    optional={
        "text": TEXT,
        "decoratedText": TEXT,
        "phraseIndex": odd(st.integers(0, 3)),
        "confidence": SHARE,
        "stability": SHARE,
        "words": odd(st.lists(odd(WORD), max_size=2)),
        "startTimeMs": EPOCH,
        "alternatives": SCALARS,
        "type": SCALARS,
    },
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "participant": SIDE,
        "eventType": TEXT,
        "offset": SPAN,
        "durationMs": MS,
        "sentiment": SHARE,
        "phraseIndex": odd(st.integers(0, 3)),
        "topicName": TEXT,
    },
)
MOOD = st.fixed_dictionaries(
    {"participant": SIDE, "offset": SPAN, "duration": SPAN},
    optional={"sentiment": SHARE, "phrase": TEXT, "phraseIndex": odd(st.integers(0, 3))},
)
RUN = st.fixed_dictionaries(
    {"phrases": odd(st.lists(odd(PHRASE), max_size=4))},
    optional={
        "transcriptId": TEXT,
        "language": TEXT,
        "startTime": EPOCH,
        "duration": SPAN,
        "recordingId": odd(st.sampled_from(["r", "other"])),
        "analytics": odd(
            st.fixed_dictionaries(
                {},
                optional=dict.fromkeys(
                    ("acoustic", "topics", "sentiment"),
                    odd(st.lists(odd(EVENT | MOOD), max_size=2)),
                ),
            )
        ),
    },
)
FILES = st.fixed_dictionaries(
    {"transcripts": odd(st.lists(odd(RUN), max_size=3))},
    optional={
        "conversationId": odd(st.just("c")),
        "startTime": EPOCH,
        "duration": SPAN,
        "participants": odd(
            st.lists(st.fixed_dictionaries({"participantPurpose": SIDE}), max_size=2)
        ),
    },
)


@given(FILES)
def test_the_fast_way_and_the_lenient_way_agree(file: Json) -> None:
    try:
        expected = read(json.loads(json.dumps(file)))
    except MalformedPayload as error:
        with pytest.raises(MalformedPayload, match=str(error)):
            read(json.dumps(file).encode())
        return

    assert read(json.dumps(file).encode()) == expected


@given(FILES)
def test_every_entry_is_a_phrase_or_counted(file: Json) -> None:
    try:
        found = read(file)
    except MalformedPayload:
        return

    runs = file["transcripts"] if isinstance(file["transcripts"], list) else []
    held = [run.get("phrases") for run in runs if isinstance(run, dict)]
    entries = sum(len(phrases) for phrases in held if isinstance(phrases, list))
    lost = sum(count for path, count in found.drift if path.startswith(LOST))
    assert len(found.phrases) + lost == entries
    names = {(phrase.transcript_id, phrase.phrase_index) for phrase in found.phrases}
    assert len(names) == len(found.phrases)
    assert all(0 <= phrase.start_ms <= phrase.end_ms for phrase in found.phrases)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_payload_is_read_or_refused(payload: object) -> None:
    try:
        read(payload)
    except MalformedPayload:
        return
    assert isinstance(payload, dict)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except MalformedPayload:
        return
    assert isinstance(json.loads(content), dict)
