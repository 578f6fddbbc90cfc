"""The truth about a conversation as plain values, to compare with what an export says."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from recordings_pipeline.simulator.asking import instant
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.events import events_of, phrases_of
from recordings_pipeline.simulator.replies.orphan import is_orphan, orphan
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.spoken import speaker_of
from recordings_pipeline.simulator.traits import TRAITS

Json = dict[str, Any]


def truth_of(site: Site, call: Call) -> Json:
    """Return what is true of a conversation now: traits, legs, recordings, phrases."""
    return {
        "conversation_id": call.conversation_id,
        "start": instant(call.start),
        "end": None if site.is_open(call) else instant(call.ended),
        "media": call.media,
        "traits": [trait for trait in TRAITS if call.has(trait)],
        "queue_id": call.queue_id,
        "is_told": site.is_told(call),
        "legs": [
            {
                "purpose": leg.purpose,
                "communication_id": leg.session_id,
                "user_id": leg.user_id,
                "start": instant(leg.start),
                "end": instant(leg.end),
            }
            for leg in call.legs
        ],
        "recordings": [_recording(site, call, found) for found in site.recordings(call)],
        "orphan": orphan(site, call) if is_orphan(site, call) else None,
    }


def _recording(site: Site, call: Call, recording: Recording) -> Json:
    return {
        "recording_id": recording.id,
        "communication_id": recording.communication_id,
        "media": recording.media,
        "subtype": recording.subtype,
        "file_state": site.file_state(recording, call),
        "codec": recording.codec,
        "channels": recording.channels,
        "file_count": recording.file_count,
        "is_sensitive": recording.is_sensitive,
        "duration_ms": recording.duration_ms,
        "start": instant(recording.start),
        "phrases": list(_phrases(call, recording)),
        "events": [asdict(event) for event in events_of(call, recording)],
    }


def _phrases(call: Call, recording: Recording) -> Iterator[Json]:
    for phrase in phrases_of(call, recording):
        yield {
            "side": phrase.side,
            **asdict(speaker_of(call, recording, phrase)),
            "start_ms": phrase.start_ms,
            "end_ms": phrase.end_ms,
            "text": phrase.text,
            "decorated_text": phrase.decorated,
            "words": [
                [word.text, word.start_ms, word.end_ms, word.confidence] for word in phrase.words
            ],
        }
