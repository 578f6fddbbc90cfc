"""What every column means: the one registry behind Parquet, the Dagster UI and the dictionary."""

from recordings_pipeline.core.audit.schema import EXPORT_AUDIT
from recordings_pipeline.core.columns import CONVERSATION, RECORDING, Column, Schema
from recordings_pipeline.core.metrics_schema import CONVERSATION_METRICS
from recordings_pipeline.core.speech_schemas import (
    AUDIO_CHANNELS,
    DIARIZATION,
    SPEECH_EVENTS,
    TRANSCRIPT_AGREEMENT,
    TRANSCRIPTS,
    VOICE_ACTIVITY,
    WORDS,
)

RECORDING_INDEX = Schema(
    "recording_index",
    "One row per recording whose conversation started on the day.",
    (
        RECORDING,
        CONVERSATION,
        Column("communication_id", "string", "Leg that was recorded", is_repeated=True),
        Column("media", "string", "audio, chat, email, message or screen", is_repeated=True),
        Column("media_subtype", "string", "Trunk, Station, Consult, Screen or Snippet"),
        Column("file_state", "string", "State at the source when last asked", is_repeated=True),
        Column("conversation_start_time", "timestamp", "Start of the conversation", nullable=False),
        Column("conversation_end_time", "timestamp", "End; null while the conversation is open"),
        Column("is_open", "bool", "Whether the conversation had not ended", nullable=False),
        Column("direction", "string", "inbound or outbound", is_repeated=True),
        Column("queue_id", "string", "Queue of an agent's first talk", is_repeated=True),
        Column("queue_name", "string", "Its name when it was last looked up", is_repeated=True),
        Column("division_id", "string", "Division of the conversation", is_repeated=True),
        Column("division_name", "string", "Its name", is_repeated=True),
        Column("agent_user_id", "string", "First agent on the call", is_repeated=True),
        Column("agent_name", "string", "Name of that agent", is_repeated=True, is_personal=True),
        Column("agent_user_ids", "strings", "All agents, in order of appearance"),
        Column("agent_count", "int64", "Agents who were on the call", nullable=False),
        Column("participant_count", "int64", "Participants of any purpose", nullable=False),
        Column("leg_count", "int64", "Legs of all participants"),
        Column("transfer_count", "int64", "Legs of agents that ended in a transfer"),
        Column("hold_ms", "int64", "Time on hold over all agents; null for none"),
        Column("wrap_up_code", "string", "Of the agent who came last", is_repeated=True),
        Column("ani", "string", "Number the customer called from", is_personal=True),
        Column("dnis", "string", "Number that was called", is_repeated=True, is_personal=True),
        Column("archive_time", "timestamp", "When the source will archive it, if it said so"),
        Column("delete_time", "timestamp", "When the source will delete it, if it said so"),
        Column("export_time", "timestamp", "When the source will export it to its own bucket"),
        Column("region", "string", "Where the source keeps it", is_repeated=True),
        Column("has_metadata", "bool", "Whether its metadata was read, or a batch named it"),
        Column(
            "pauses",
            "strings",
            "Pauses that metadata tells, each as kind, start and end in ms of the recording; null "
            "for none, and where nobody told: speech_events has them as rows",
        ),
    ),
    keys=("recording_id",),
)

AUDIO_FILES = Schema(
    "audio_files",
    "One row per audio file, and one for each recording without a file: the day's manifest.",
    (
        RECORDING,
        CONVERSATION,
        Column("outcome", "string", "How the recording stands", nullable=False, is_repeated=True),
        Column("reason", "string", "Why, where the outcome does not say it all", is_repeated=True),
        Column("retry_time", "timestamp", "When it is worth trying again; null when final"),
        Column("file_number", "int64", "1 for the recording's first file; null without a file"),
        Column("path", "string", "The file, relative to the data directory"),
        Column("size_bytes", "int64", "Size of the file in bytes"),
        Column("sha256", "string", "SHA-256 over the whole file, before any encryption, in hex"),
        Column(
            "container",
            "string",
            "wav, ogg, webm, mkv, mp3, aac, m4a, mp4; zip, json or eml",
            is_repeated=True,
        ),
        Column("content_type", "string", "Type the platform announced", is_repeated=True),
        Column("codec", "string", "What is inside: pcm, ulaw, opus, vp8, …", is_repeated=True),
        Column("channels", "int64", "Channels of the sound"),
        Column("sample_rate_hz", "int64", "Samples a second and channel, as recorded"),
        Column("duration_ms", "int64", "Length by the file itself; null when it does not say"),
        Column("is_silent", "bool", "Whether nothing can be heard in it; null when unknown"),
        Column("is_mislabelled", "bool", "Whether the announced type names another container"),
        Column("is_resumed", "bool", "Whether the download continued after a cut"),
        Column("download_ms", "int64", "Wall time of the download in milliseconds"),
        Column("exported_time", "timestamp", "When the file was published"),
        Column("stored_size_bytes", "int64", "Size of the file as it lies there, if encrypted"),
        Column("stored_sha256", "string", "SHA-256 of the file as it lies there, if encrypted"),
    ),
    keys=("recording_id", "file_number"),
)

RESCUE_LIST = Schema(
    "rescue_list",
    "One row per recording that the source archives or deletes soon, and that was not exported.",
    (
        RECORDING,
        CONVERSATION,
        Column("ending", "string", "archived or deleted", nullable=False, is_repeated=True),
        Column("ending_time", "timestamp", "When the source will do so", nullable=False),
        Column("days_left", "int64", "Whole days until then, when listed", nullable=False),
        Column("outcome", "string", "How it stands; null if never indexed", is_repeated=True),
        Column("reason", "string", "Why it was not exported", nullable=False, is_repeated=True),
    ),
    keys=("recording_id",),
)

# The tables of a day; the rescue list spans all days, and has no partition.
SCHEMAS = {
    schema.name: schema
    for schema in (
        RECORDING_INDEX,
        AUDIO_FILES,
        TRANSCRIPTS,
        WORDS,
        SPEECH_EVENTS,
        VOICE_ACTIVITY,
        AUDIO_CHANNELS,
        DIARIZATION,
        TRANSCRIPT_AGREEMENT,
        CONVERSATION_METRICS,
        EXPORT_AUDIT,
    )
}
ALL_SCHEMAS = (*SCHEMAS.values(), RESCUE_LIST)


def schema_of(table: str) -> Schema:
    """Return what is known of a table by its name."""
    return next(schema for schema in ALL_SCHEMAS if schema.name == table)
