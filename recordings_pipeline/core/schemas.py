"""What every column means: the one registry behind Parquet, the Dagster UI and the dictionary."""

from recordings_pipeline.core.audit.schema import EXPORT_AUDIT
from recordings_pipeline.core.columns import (
    CONVERSATION,
    RECORDING,
    Schema,
    personal,
    plain,
    pseudonym,
)
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
        plain("communication_id", "string", "Leg that was recorded", is_repeated=True),
        plain("media", "string", "audio, chat, email, message or screen", is_repeated=True),
        plain("media_subtype", "string", "Trunk, Station, Consult, Screen or Snippet"),
        plain("file_state", "string", "State at the source when last asked", is_repeated=True),
        plain("conversation_start_time", "timestamp", "Start of the conversation", nullable=False),
        plain("conversation_end_time", "timestamp", "End; null while the conversation is open"),
        plain("is_open", "bool", "Whether the conversation had not ended", nullable=False),
        plain("direction", "string", "inbound or outbound", is_repeated=True),
        plain("queue_id", "string", "Queue of an agent's first talk", is_repeated=True),
        plain("queue_name", "string", "Its name when it was last looked up", is_repeated=True),
        plain("division_id", "string", "Division of the conversation", is_repeated=True),
        plain("division_name", "string", "Its name", is_repeated=True),
        pseudonym("agent_user_id", "string", "First agent on the call", is_repeated=True),
        personal("agent_name", "string", "Name of that agent", is_repeated=True),
        pseudonym("agent_user_ids", "strings", "All agents, in order of appearance"),
        plain("agent_count", "int64", "Agents who were on the call", nullable=False),
        plain("participant_count", "int64", "Participants of any purpose", nullable=False),
        plain("leg_count", "int64", "Legs of all participants"),
        plain("transfer_count", "int64", "Legs of agents that ended in a transfer"),
        plain("hold_ms", "int64", "Time on hold over all agents; null for none"),
        plain("wrap_up_code", "string", "Of the agent who came last", is_repeated=True),
        personal("ani", "string", "Number the customer called from"),
        personal("dnis", "string", "Number that was called", is_repeated=True),
        plain("archive_time", "timestamp", "When the source will archive it, if it said so"),
        plain("delete_time", "timestamp", "When the source will delete it, if it said so"),
        plain("export_time", "timestamp", "When the source will export it to its own bucket"),
        plain("region", "string", "Where the source keeps it", is_repeated=True),
        plain("has_metadata", "bool", "Whether its metadata was read, or a batch named it"),
        plain(
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
        plain("outcome", "string", "How the recording stands", nullable=False, is_repeated=True),
        plain("reason", "string", "Why, where the outcome does not say it all", is_repeated=True),
        plain("retry_time", "timestamp", "When it is worth trying again; null when final"),
        plain("file_number", "int64", "1 for the recording's first file; null without a file"),
        plain("path", "string", "The file, relative to the data directory"),
        plain("size_bytes", "int64", "Size of the file in bytes"),
        plain("sha256", "string", "SHA-256 over the whole file, before any encryption, in hex"),
        plain(
            "container",
            "string",
            "wav, ogg, webm, mkv, mp3, aac, m4a, mp4; zip, json or eml",
            is_repeated=True,
        ),
        plain("content_type", "string", "Type the platform announced", is_repeated=True),
        plain("codec", "string", "What is inside: pcm, ulaw, opus, vp8, …", is_repeated=True),
        plain("channels", "int64", "Channels of the sound"),
        plain("sample_rate_hz", "int64", "Samples a second and channel, as recorded"),
        plain("duration_ms", "int64", "Length by the file itself; null when it does not say"),
        plain("is_silent", "bool", "Whether nothing can be heard in it; null when unknown"),
        plain("is_mislabelled", "bool", "Whether the announced type names another container"),
        plain("is_resumed", "bool", "Whether the download continued after a cut"),
        plain("download_ms", "int64", "Wall time of the download in milliseconds"),
        plain("exported_time", "timestamp", "When the file was published"),
        plain("stored_size_bytes", "int64", "Size of the file as it lies there, if encrypted"),
        plain("stored_sha256", "string", "SHA-256 of the file as it lies there, if encrypted"),
    ),
    keys=("recording_id", "file_number"),
)

RESCUE_LIST = Schema(
    "rescue_list",
    "One row per recording that the source archives or deletes soon, and that was not exported.",
    (
        RECORDING,
        CONVERSATION,
        plain("ending", "string", "archived or deleted", nullable=False, is_repeated=True),
        plain("ending_time", "timestamp", "When the source will do so", nullable=False),
        plain("days_left", "int64", "Whole days until then, when listed", nullable=False),
        plain("outcome", "string", "How it stands; null if never indexed", is_repeated=True),
        plain("reason", "string", "Why it was not exported", nullable=False, is_repeated=True),
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
