"""Recordings with playable media come when they are transcoded; metadata at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.simulator.raw import DAY, TOKEN, Caller, caller, fetch, told

NOW = datetime(2026, 2, 5, tzinfo=UTC)
STATES = {
    "archived": "ARCHIVED",
    "deleted": "DELETED",
    "uploading": "UPLOADING",
    "failed": "ERROR",
    "restoring": "RESTORING",
    "restored": "RESTORED",
}


@pytest.fixture
def odd(start: Start) -> Caller:
    """Be somebody in an organization where everything odd is common."""
    options = {"world": "hostile", "calls_per_day": 300, "now": NOW}
    return caller(start(**options, permissions=EVERY_PERMISSION))


def having(me: Caller, trait: str) -> Call:
    calls = me.simulator.world.calls(DAY)
    return next(c for c in calls if c.has(trait) and c.recordings and c.available <= NOW)


@pytest.mark.parametrize(("trait", "state"), STATES.items(), ids=list(STATES))
def test_every_state_of_a_file_is_there(odd: Caller, trait: str, state: str) -> None:
    call = having(odd, trait)

    listed = odd.get(f"/api/v2/conversations/{call.conversation_id}/recordingmetadata").json

    assert listed[0]["fileState"] == state
    assert "mediaUris" not in listed[0]


def test_several_recordings_of_a_conversation_have_legs_of_their_own(odd: Caller) -> None:
    call = having(odd, "second_recording")

    listed = odd.get(f"/api/v2/conversations/{call.conversation_id}/recordingmetadata").json

    assert len(listed) == len(call.recordings) > 1
    assert len({item["id"] for item in listed}) == len(listed)


@pytest.mark.parametrize(
    ("query", "kind", "magic"),
    [
        ("formatId=WAV", "audio/wav", b"RIFF"),
        ("formatId=WAV_ULAW", "audio/wav", b"RIFF"),
        ("mediaFormats=OGG_OPUS,WAV", "audio/ogg", b"OggS"),
        ("mediaFormats=MP3&mediaFormats=WAV", "audio/mpeg", b""),
        ("", "audio/webm", b"\x1aE\xdf\xa3"),
    ],
)
def test_the_format_asked_for_comes_after_202(
    me: Caller, query: str, kind: str, magic: bytes
) -> None:
    call = told(me.simulator)
    path = f"/api/v2/conversations/{call.conversation_id}/recordings/{call.recording_id}?{query}"
    first, second = me.get(path), me.get(path)

    media = second.json["mediaUris"]["S"]["mediaUri"]
    seen = fetch(media)
    assert (first.status, "mediaUris" in first.json, second.status) == (202, False, 200)
    assert seen.headers["content-type"].partition(";")[0] == kind
    assert seen.body.startswith(magic)
    assert second.json["outputSizeInBytes"] == len(seen.body)


def test_others_are_answered_while_a_recording_is_transcoded(me: Caller) -> None:
    call = max(me.simulator.world.calls(DAY), key=lambda call: call.length_ms)
    path = f"/api/v2/conversations/{call.conversation_id}/recordings/{call.recording_id}"
    me.get(f"{path}?formatId=OGG_VORBIS")
    answers = 0

    with ThreadPoolExecutor(1) as threads:
        transcoded = threads.submit(me.get, f"{path}?formatId=OGG_VORBIS")
        while not transcoded.done():
            me.get(TOKEN)
            answers += 1

    assert transcoded.result().status == 200
    assert answers > 5


def test_without_transcoding_there_is_no_wait_and_no_media(me: Caller) -> None:
    call = told(me.simulator)
    path = f"/api/v2/conversations/{call.conversation_id}/recordings"

    answer = me.get(f"{path}?formatId=NONE")

    assert answer.status == 200
    assert not answer.json[0].get("mediaUris")


def test_a_list_under_way_has_no_body(me: Caller) -> None:
    call = me.simulator.world.calls(DAY)[2]

    answer = me.get(f"/api/v2/conversations/{call.conversation_id}/recordings?formatId=WAV")

    assert (answer.status, answer.body) == (202, b"")


def test_a_changed_archive_date_restores_what_is_archived(start: Start) -> None:
    odd = caller(start(world="small", calls_per_day=None, now=NOW, permissions=EVERY_PERMISSION))
    call = having(odd, "archived")
    path = f"/api/v2/conversations/{call.conversation_id}/recordings/{call.recording_id}"

    odd.send(path, b'{"archiveDate":"2027-01-01T00:00:00.000Z"}', method="PUT")

    listed = odd.get(path.replace("recordings/", "recordingmetadata/")).json
    assert listed["fileState"] == "RESTORED"
