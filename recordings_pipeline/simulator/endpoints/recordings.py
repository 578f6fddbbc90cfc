"""Recordings of a conversation: metadata, playable media, retention and annotations."""

from typing import Any

from recordings_pipeline.simulator.asking import Answer, Ask, Json, bad, instant_of, missing
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.contents import FORMATS, media_of
from recordings_pipeline.simulator.replies.recording import (
    annotations,
    metadata,
    whole,
    without_media,
)
from recordings_pipeline.simulator.site import CHANGED

MOST_WAIT_MS = 60_000
# Transcoding takes one more question than the first.
_READY_AT = 2


def list_metadata(ask: Ask) -> Answer:
    """List what can be listed of a conversation now."""
    call = ask.call()
    return Answer([metadata(ask.site, call, found) for found in _listed(ask, call)])


def one_metadata(ask: Ask) -> Answer:
    """Return one recording's metadata."""
    call, recording = _found(ask)
    return Answer(metadata(ask.site, call, recording))


def list_recordings(ask: Ask) -> Answer:
    """List recordings with playable media; 202 without a body while they are transcoded."""
    call = ask.call()
    ask.integer("maxWaitMs", 5_000, most=MOST_WAIT_MS, least=0)
    listed = _listed(ask, call)
    if listed and not _is_ready(ask, call.conversation_id):
        return Answer(status=202)
    return Answer([_playable(ask, call, recording) for recording in listed])


def one_recording(ask: Ask) -> Answer:
    """Return one recording with playable media; 202 while it is transcoded."""
    call, recording = _found(ask)
    if not _is_ready(ask, recording.id):
        found = without_media(metadata(ask.site, call, recording))
        found["estimatedTranscodeTimeMs"] = 2_000
        return Answer(found, 202)
    return Answer(_playable(ask, call, recording))


def change_recording(ask: Ask) -> Answer:
    """Change the retention of a recording; an archived one is restored by it."""
    call, recording = _found(ask)
    body = ask.body
    for name in ("archiveDate", "deleteDate", "exportDate", "restoreExpirationTime"):
        if body.get(name) is not None:
            instant_of(name, body[name])
    state = ask.site.file_state(recording, call)
    if state == "ARCHIVED":
        ask.site.state.note(CHANGED, {recording.id: {"file_state": "RESTORED"}})
        ask.site.changed[recording.id] = {"file_state": "RESTORED"}
    return Answer(_playable(ask, call, recording))


def list_annotations(ask: Ask) -> Answer:
    """List holds and pauses of a recording."""
    call, recording = _found(ask)
    return Answer(annotations(call, recording))


def settings(ask: Ask) -> Answer:
    """Return how long signed URLs live, in minutes."""
    minutes = max(2, ask.site.options.url_lifetime_s // 60)
    return Answer(
        {
            "maxSimultaneousStreams": 1,
            "maxConfigurableScreenRecordingStreams": 4,
            "regionalRecordingStorageEnabled": False,
            "recordingBatchDownloadUrlTtl": minutes,
            "recordingPlaybackUrlTtl": minutes,
            "stopRecordingWhenOnlyExternalParticipants": False,
        }
    )


def screen_sessions(_ask: Ask) -> Answer:
    """Count the screens that are being recorded now."""
    return Answer({"count": 0})


def _listed(ask: Ask, call: Call) -> list[Recording]:
    found = ask.site.recordings(call)
    return found[1:] if found and ask.suffers("hide") else found


def _found(ask: Ask) -> tuple[Call, Recording]:
    call, wanted = ask.call(), ask.uuid("recording")
    for recording in ask.site.recordings(call):
        if recording.id == wanted:
            return call, recording
    raise missing("recording", "resource.not.found")


def _is_ready(ask: Ask, key: str) -> bool:
    """Say whether transcoding is done; asking for no transcoding needs none."""
    if _format(ask) == "NONE":
        return True
    name = f"transcoded {key} {_format(ask)}"
    return ask.site.state.add({name: 1})[name] >= _READY_AT


def _playable(ask: Ask, call: Call, recording: Recording) -> dict[str, Json]:
    found = metadata(ask.site, call, recording)
    wanted = _format(ask)
    if wanted == "NONE" or found["fileState"] not in ("AVAILABLE", "RESTORED"):
        return without_media(found)
    transcoded = wanted if recording.media == "audio" else None
    content = media_of(recording, 1, transcoded)
    path = f"/media/{recording.id}/{transcoded or 1}"
    link = ask.site.link(path, ask.site.options.url_lifetime_s)
    return whole(found, recording, {"S": link}, content.size)


def _format(ask: Ask) -> str:
    """Return the wanted format: the first acceptable one, WEBM when nothing is said."""
    listed = [word for text in ask.texts("mediaFormats") for word in text.split(",") if word]
    wanted: list[Any] = listed or [ask.text("formatId") or "WEBM"]
    if any(word not in (*FORMATS, "NONE") for word in wanted):
        raise bad(f"A format is one of {', '.join(FORMATS)}, NONE.", "invalid.value")
    return str(wanted[0])
