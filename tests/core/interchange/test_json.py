"""JSON of both kinds, read by a strict parser and checked by a schema."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest

from recordings_pipeline.core.interchange.plain_json import plain_json
from recordings_pipeline.core.interchange.vcon import DRAFT, Reference, vcon
from recordings_pipeline.core.interchange.written_json import written_json
from recordings_pipeline.core.spoken import SoundFile, SpokenConversation
from tests.core.interchange.vcon_schema import SCHEMA
from tests.spoken import (
    AGENT,
    ANNA,
    BERT,
    COLLEAGUE,
    CUSTOMER,
    EITHER,
    FIRST,
    HOSTILE,
    MACHINE,
    SECOND,
    START,
    conversation,
    event,
    hostile,
    recording,
    said,
    turn,
)

JUDGE = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
HASH = "sha512-" + "A" * 86
URL = "https://files.example.org/a.wav"


def document(made: SpokenConversation, url: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a vCon as its reader gets it, once the schema has judged it."""
    paths = [file.path for found in made.recordings for file in found.files]
    text = vcon(made, START, {path: Reference(url, HASH) for path in paths}, **more)
    found: dict[str, Any] = json.loads(text)
    JUDGE.validate(found)
    return found


def test_a_recording_is_referred_to_by_address_and_hash() -> None:
    (dialog,) = document(conversation(recording()), URL)["dialog"]

    assert dialog == {
        "type": "recording",
        "start": "2026-01-31T12:00:00.000Z",
        "parties": [0, None],
        "mediatype": "audio/x-wav",
        "filename": f"{FIRST}.wav",
        "duration": 60.0,
        "url": URL,
        "content_hash": HASH,
    }


def test_without_an_address_name_and_hash_say_which_file_is_meant() -> None:
    (dialog,) = document(conversation(recording()))["dialog"]

    assert "url" not in dialog
    assert (dialog["filename"], dialog["content_hash"]) == (f"{FIRST}.wav", HASH)


def test_parties_stand_in_the_order_of_channels_and_the_originator_is_told() -> None:
    turns = [turn(MACHINE, 0, 1), turn(AGENT, 1, 2), turn(CUSTOMER, 2, 3), turn(COLLEAGUE, 3, 4)]
    usual, swapped = recording(turns=turns), recording(turns=turns, sides=("internal", "external"))
    mono = recording(turns=turns, files=(SoundFile(1, "a/b.wav", "wav", 1, 9, ""),))

    found = document(conversation(usual))
    mirrored = document(conversation(swapped))
    called = document(conversation(usual, direction="outbound"))

    assert found["parties"] == [
        {"tel": "tel:+15550000001", "type": "person"},
        {"name": "IVR", "type": "bot"},
        {"name": "Anna A.", "uuid": ANNA, "type": "person"},
        {"name": "Bert B.", "uuid": BERT, "type": "person"},
    ]
    assert found["dialog"][0]["parties"] == [0, [1, 2, 3]]
    assert "originator" not in found["dialog"][0]
    assert mirrored["dialog"][0]["parties"] == [[1, 2, 3], 0]
    assert mirrored["dialog"][0]["originator"] == 0
    assert called["dialog"][0]["originator"] == 2
    assert called["parties"][0]["tel"] == "tel:+15550000002"
    assert document(conversation(mono))["dialog"][0]["parties"] == [0, 1, 2, 3]


def test_holds_are_the_customers_history_within_each_file() -> None:
    files = tuple(SoundFile(n, f"a/{n}.wav", "wav", 2, 30_000, "") for n in (1, 2))
    made = recording(files=files, events=(event("hold", 20_000, 40_000), event("silence", 1, 2)))

    first, second = document(conversation(made))["dialog"]

    assert (first["start"], second["start"]) == (
        "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:30.000Z"
    )  # fmt: skip
    assert first["party_history"] == [
        {"party": 0, "time": "2026-01-31T12:00:20.000Z", "event": "hold"}
    ]
    assert second["party_history"] == [
        {"party": 0, "time": "2026-01-31T12:00:40.000Z", "event": "unhold"}
    ]


def test_transcript_and_turns_name_their_dialog_and_party() -> None:
    first = recording([said(AGENT, 0, 900, "hello")], [turn(AGENT, 0, 900)])
    second = recording([said(EITHER, 0, 900, "bye")], id_=SECOND, after_ms=60_000)

    found = document(conversation(first, second))["analysis"]

    assert [(one["type"], one["dialog"], one["vendor"]) for one in found] == [
        ("transcript", 0, "Genesys"),
        ("report", 0, "recordings-pipeline"),
        ("transcript", 1, "Genesys"),
    ]
    assert found[0]["body"]["phrases"][0]["party"] == 1
    assert found[2]["body"]["phrases"][0]["party"] == [1, 2]


def test_the_draft_is_named_and_the_id_is_of_version_8() -> None:
    found = document(conversation(recording()))
    again = document(conversation(recording()))
    later = json.loads(vcon(conversation(), START + timedelta(milliseconds=1), {}))
    hosted = document(conversation(recording()), host="files.example.org")

    assert DRAFT in found["subject"]
    assert (UUID(found["uuid"]).version, UUID(found["uuid"]).variant[:12]) == (8, "specified in")
    assert found["uuid"] == again["uuid"]
    assert len({found["uuid"], later["uuid"], hosted["uuid"]}) == 3


@pytest.mark.parametrize("made", [conversation(recording(files=())), conversation(ani=None)])
def test_what_is_unknown_is_left_out(made: SpokenConversation) -> None:
    found = document(made)

    assert found["parties"][0] in ({"tel": "tel:+15550000001", "type": "person"},
                                   {"name": "anonymous", "type": "person"})  # fmt: skip
    assert all("content_hash" not in dialog for dialog in found["dialog"])


@pytest.mark.parametrize("write", [plain_json, lambda made: vcon(made, START, {})])
def test_hostile_words_survive_in_json_and_command_no_terminal(write: Any) -> None:  # noqa: ANN401
    text = write(hostile())
    found = json.loads(text, parse_constant=pytest.fail)

    words = json.dumps(found, ensure_ascii=False)
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]", text) == []
    assert all(json.dumps(word, ensure_ascii=False) in words for word in HOSTILE[:8])
    text.encode()


def test_what_is_written_is_indented_as_the_json_module_does_it() -> None:
    value = {
        "a": [1, 2.5, -0.0, 1e300, 2**70, None, True, '\\ "\n\b\u00e9'],
        "b": {},
        "c": [[], {"": []}],
    }

    assert written_json(value) == json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def test_a_hostile_vcon_is_still_a_vcon() -> None:
    document(hostile(), URL)


def test_plain_json_has_both_clocks_and_all_turns() -> None:
    first = recording([said(AGENT, 0, 900, "hello you")], [turn(AGENT, 0, 900)])
    second = recording(heard=[turn(CUSTOMER, 5, 9)], id_=SECOND, after_ms=60_000)

    one, two = json.loads(plain_json(conversation(first, second)))["recordings"]

    assert (one["start_ms"], two["start_ms"]) == (0, 60_000)
    assert [word["word"] for word in one["phrases"][0]["words"]] == ["hello", "you"]
    assert one["phrases"][0]["speaker"] == "Anna A."
    assert [found["source"] for found in two["turns"]] == ["audio"]
