"""Which columns a derived column is made from, for people who ask where a number comes from.

Only tables are named: what comes from the sound itself, from the source's files or from the course
of a conversation has no column of its own.
"""

from collections.abc import Mapping

# By table and column: columns as ``table.column``.
Lineage = Mapping[str, Mapping[str, tuple[str, ...]]]

_IDS = ("conversation_id", "recording_id")
_SPAN = ("start_ms", "end_ms")
_WHO = ("speaker_role", "user_id", "is_ambiguous", "candidate_user_ids")
_SAID_WHEN = ("transcripts.start_ms", "transcripts.end_ms")
_HEARD_WHEN = ("voice_activity.start_ms", "voice_activity.end_ms", "audio_channels.side")
_COMPARED = ("transcripts.side", *_SAID_WHEN, *_HEARD_WHEN)
_TALK = ("transcripts.speaker_role", *_SAID_WHEN, *_HEARD_WHEN)
_MEASURED = (
    "source", "is_transcribed", "turn_count", "agent_talk_ms", "customer_talk_ms", "ivr_talk_ms",
    "agent_talk_ratio", "agent_talk_percent", "customer_talk_percent", "overtalk_ms",
    "overtalk_count", "overtalk_percent", "silence_ms", "silence_count", "silence_percent",
    "longest_agent_monologue_ms", "longest_customer_monologue_ms", "agent_interruption_count",
    "customer_interruption_count", "agent_backchannel_count", "customer_backchannel_count",
    "agent_response_ms", "customer_response_ms", "first_agent_speech_ms",
    "speaker_switches_per_minute",
)  # fmt: skip


def _same(names: tuple[str, ...], *tables: str) -> dict[str, tuple[str, ...]]:
    """Say that columns have the same names in the tables they come from."""
    return {name: tuple(f"{table}.{name}" for table in tables) for name in names}


def _per_side(name: str, *sources: str) -> dict[str, tuple[str, ...]]:
    return {f"{side}_{name}": sources for side in ("agent", "customer")}


_FILES = {
    **_same((*_IDS, "file_number"), "audio_files"),
    **_same(("communication_id",), "recording_index"),
}

LINEAGE: Lineage = {
    "audio_files": _same(_IDS, "recording_index"),
    "voice_activity": {**_FILES, "side": ("audio_channels.side",)},
    "audio_channels": {
        **_FILES,
        **_same(("sha256",), "audio_files"),
        "speech_ms": _HEARD_WHEN[:2],
    },
    "diarization": {
        **_same((*_IDS, "communication_id", *_SPAN), "transcripts", "voice_activity"),
        **_same((*_WHO, "start_time", "word_count", "confidence"), "transcripts"),
        "side": ("transcripts.side", "audio_channels.side"),
        "phrase_count": ("transcripts.phrase_index",),
        "overlap_ms": (*_SAID_WHEN, *_HEARD_WHEN),
        "detector": ("audio_channels.detector",),
    },
    "transcript_agreement": {
        **_same((*_IDS, "communication_id"), "transcripts"),
        "transcript_ms": _SAID_WHEN,
        "audio_ms": _HEARD_WHEN,
        **dict.fromkeys(("agreement", "swapped_agreement", "shift_ms", "verdict"), _COMPARED),
    },
    "conversation_metrics": {
        "conversation_id": ("recording_index.conversation_id",),
        "pause_ms": ("recording_index.pauses",),
        **dict.fromkeys(_MEASURED, _TALK),
        **_per_side("word_count", "transcripts.word_count"),
        **_per_side("words_per_minute", "transcripts.word_count", *_SAID_WHEN),
        **_per_side("sentiment", "speech_events.value", "speech_events.side"),
    },
}
