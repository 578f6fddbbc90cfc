"""What every column means: the one registry behind Parquet, the Dagster UI and the README.

Columns are only ever added, at the end and nullable. Counts and ``*_ms`` are 64-bit: an engine that
sums 32-bit integers in 32 bits wraps in silence. No column is called ``date``: the directory names
add it when a table's folder is read as one data set.
"""

from dataclasses import dataclass
from typing import Literal

Type = Literal["string", "strings", "int64", "float64", "bool", "timestamp"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``timestamp`` is a UTC instant in microseconds, ``strings`` a list.

    Attributes:
        is_repeated: Whether few distinct values fill the column, so that a dictionary pays.
        is_personal: Whether it holds, or leads to, what a person said or did.
    """

    name: str
    type: Type
    description: str
    nullable: bool = True
    is_repeated: bool = False
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """One table: what a row is, and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def _key(name: str, description: str) -> Column:
    return Column(name, "string", description, nullable=False, is_repeated=True)


_CONVERSATION = _key("conversation_id", "Conversation, a lower-case UUID")
_RECORDING = _key("recording_id", "Recording, a lower-case UUID")
_COMMUNICATION = _key("communication_id", "Leg of the conversation that was transcribed")

RECORDING_INDEX = Schema(
    "recording_index",
    "One row per recording whose conversation started on the day.",
    (
        _RECORDING,
        _CONVERSATION,
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
    ),
)

AUDIO_FILES = Schema(
    "audio_files",
    "One row per audio file, and one for each recording without a file: the day's manifest.",
    (
        _RECORDING,
        _CONVERSATION,
        Column("outcome", "string", "How the recording stands", nullable=False, is_repeated=True),
        Column("reason", "string", "Why, where the outcome does not say it all", is_repeated=True),
        Column("retry_time", "timestamp", "When it is worth trying again; null when final"),
        Column("file_number", "int64", "1 for the recording's first file; null without a file"),
        Column("path", "string", "The file, relative to the data directory"),
        Column("size_bytes", "int64", "Size of the file in bytes"),
        Column("sha256", "string", "SHA-256 over the whole file, 64 lower-case hex digits"),
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
    ),
)

TRANSCRIPTS = Schema(
    "transcripts",
    "One row per phrase, ordered by conversation, communication and start.",
    (
        _CONVERSATION,
        _COMMUNICATION,
        Column("transcript_id", "string", "Recognition run", is_repeated=True),
        Column("phrase_index", "int64", "Order the engine gave within its run", nullable=False),
        Column("side", "string", "internal or external", nullable=False, is_repeated=True),
        Column("start_ms", "int64", "Start, from the start of the recording", nullable=False),
        Column("end_ms", "int64", "End, from the start of the recording", nullable=False),
        Column("text", "string", "Words as heard", nullable=False, is_personal=True),
        Column("decorated_text", "string", "The same with punctuation", is_personal=True),
        Column("confidence", "float64", "The engine's confidence, 0 to 1"),
        Column("word_count", "int64", "Words in the phrase", nullable=False),
        Column("language", "string", "Language of the recognition run", is_repeated=True),
    ),
)

DIARIZATION = Schema(
    "diarization",
    "One row per turn: one speaker holding the floor, ordered like transcripts.",
    (
        _CONVERSATION,
        _COMMUNICATION,
        Column("turn_index", "int64", "Order within the communication, from 0", nullable=False),
        Column("side", "string", "internal or external", nullable=False, is_repeated=True),
        Column(
            "speaker_role",
            "string",
            "agent, customer, ivr, …; the side if unknown",
            nullable=False,
            is_repeated=True,
        ),
        Column(
            "user_id", "string", "The agent; null for others and when ambiguous", is_repeated=True
        ),
        Column("is_ambiguous", "bool", "Whether several speakers could be meant", nullable=False),
        Column("start_ms", "int64", "Start, from the start of the recording", nullable=False),
        Column("end_ms", "int64", "End, from the start of the recording", nullable=False),
        Column("phrase_count", "int64", "Phrases in the turn", nullable=False),
        Column("word_count", "int64", "Words in the turn", nullable=False),
    ),
)

CONVERSATION_METRICS = Schema(
    "conversation_metrics",
    "One row per indexed conversation; null where nothing was transcribed.",
    (
        _CONVERSATION,
        Column("is_transcribed", "bool", "Whether any leg has turns", nullable=False),
        Column("turn_count", "int64", "Turns of all legs", nullable=False),
        Column("agent_talk_ms", "int64", "Time agents spoke"),
        Column("customer_talk_ms", "int64", "Time the external side spoke"),
        Column("ivr_talk_ms", "int64", "Time machines spoke"),
        Column("agent_talk_ratio", "float64", "Agents over agents and customers, 0 to 1"),
        Column("overtalk_ms", "int64", "Time in which both sides spoke"),
        Column("silence_ms", "int64", "Silence between the first and the last word"),
        Column("longest_agent_turn_ms", "int64", "Longest single turn of an agent"),
        Column("longest_customer_turn_ms", "int64", "Longest single turn of a customer"),
        Column("agent_words_per_minute", "float64", "Words per minute of agent talk"),
        Column("customer_words_per_minute", "float64", "Words per minute of customer talk"),
    ),
)

RESCUE_LIST = Schema(
    "rescue_list",
    "One row per recording that the source archives or deletes soon, and that was not exported.",
    (
        _RECORDING,
        _CONVERSATION,
        Column("ending", "string", "archived or deleted", nullable=False, is_repeated=True),
        Column("ending_time", "timestamp", "When the source will do so", nullable=False),
        Column("days_left", "int64", "Whole days until then, when listed", nullable=False),
        Column("outcome", "string", "How it stands; null if never indexed", is_repeated=True),
        Column("reason", "string", "Why it was not exported", nullable=False, is_repeated=True),
    ),
)

# The tables of a day; the rescue list spans all days, and has no partition.
SCHEMAS = {
    schema.name: schema
    for schema in (RECORDING_INDEX, AUDIO_FILES, TRANSCRIPTS, DIARIZATION, CONVERSATION_METRICS)
}
