"""Recordings as metadata and the recordings call tell them."""

from datetime import timedelta
from typing import Any

from recordings_pipeline.simulator.asking import instant
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.timeline import HOLD, PAUSE

Json = dict[str, Any]
REGION = "eu-central-1"
ARCHIVED_AFTER, DELETED_AFTER = timedelta(days=90), timedelta(days=365)
_REASONS = {HOLD: "Hold", PAUSE: "SecurePause"}


def metadata(site: Site, call: Call, recording: Recording) -> Json:
    """Return a recording's metadata; times are null for calls, as the platform says.

    Nobody has set a bookmark: those are the only annotations that need a permission of their own.
    """
    state = site.file_state(recording, call)
    is_screen = recording.media == "screen"
    found: Json = {
        "id": recording.id,
        "conversationId": call.conversation_id,
        "startTime": instant(recording.start) if is_screen else None,
        "endTime": instant(call.ended) if is_screen else None,
        "media": recording.media,
        "fileState": state,
        "sessionId": recording.communication_id,
        "region": REGION,
        **retention(call),
        "maxAllowedRestorationsForOrg": 10000,
        "remainingRestorationsAllowedForOrg": 10000,
        "selfUri": f"/api/v2/conversations/{call.conversation_id}/recordings/{recording.id}",
    }
    if recording.subtype:
        found["mediaSubtype"] = recording.subtype
    if state == "AVAILABLE":
        found["annotations"] = annotations(call, recording)
    if state == "RESTORED":
        found["restoreExpirationTime"] = instant(call.ended + timedelta(days=120))
    return found


def retention(call: Call) -> Json:
    """Return when the source will archive and delete a conversation's recordings."""
    return {
        "archiveDate": instant(call.ended + ARCHIVED_AFTER),
        "archiveMedium": "CLOUDARCHIVE",
        "deleteDate": instant(call.ended + DELETED_AFTER),
    }


def annotations(call: Call, recording: Recording) -> list[Json]:
    """Return holds and pauses; all pauses of a recording share an id, as on the platform."""
    if recording.kind not in ("recording", "second", "planted"):
        return []
    found = []
    for number, phase in enumerate(call.phases):
        if phase.kind in _REASONS:
            name = "pause" if phase.kind == PAUSE else str(number)
            found.append(
                {
                    "id": f"{recording.id[:24]}{name.encode().hex():0>12.12}",
                    "type": "pause",
                    "name": _REASONS[phase.kind],
                    "reason": _REASONS[phase.kind],
                    "location": phase.start_ms,
                    "durationMs": phase.length_ms,
                    "recordingLocation": phase.start_ms,
                    "recordingDurationMs": phase.length_ms,
                    "absoluteLocation": phase.start_ms,
                    "absoluteDurationMs": phase.length_ms,
                    "realtimeLocation": phase.start_ms,
                }
            )
    return found


def without_media(found: Json) -> Json:
    """Turn metadata into a recording without playable media: it does not say where it is."""
    return {name: value for name, value in found.items() if name != "region"}


def whole(found: Json, recording: Recording, media: dict[str, str], size_bytes: int) -> Json:
    """Turn metadata into a recording with playable media, by channel key."""
    start = instant(recording.start)
    return {
        **without_media(found),
        "startTime": start,
        "endTime": instant(recording.start + timedelta(milliseconds=recording.duration_ms)),
        "originalRecordingStartTime": start,
        "creationTime": start,
        "mediaUris": {key: {"mediaUri": url} for key, url in media.items()},
        "estimatedTranscodeTimeMs": 2_000,
        "actualTranscodeTimeMs": 1_800,
        "outputDurationMs": recording.duration_ms,
        "outputSizeInBytes": size_bytes,
        "recordingFileRole": "CUSTOMER_EXPERIENCE",
        "users": [],
    }
