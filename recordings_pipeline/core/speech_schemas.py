"""What the columns of the tables about speech mean.

One clock runs through them: ``start_ms`` and ``end_ms`` count from the start of their recording,
``start_time`` is the same instant on the wall, so that several recordings of a call can be laid
side by side.
"""

from recordings_pipeline.core.columns import CONVERSATION, RECORDING, Column, Schema, key

_COMMUNICATION = key("communication_id", "Leg of the conversation that was recorded")
_START = Column("start_ms", "int64", "Start, from the start of the recording", nullable=False)
_END = Column("end_ms", "int64", "End, from the start of the recording", nullable=False)
_START_TIME = Column("start_time", "timestamp", "The start on the wall; null when nothing says it")
_SIDE = Column("side", "string", "internal or external", nullable=False, is_repeated=True)
_ROLE = Column(
    "speaker_role",
    "string",
    "agent, customer, ivr, voicemail, …; the side if unknown",
    nullable=False,
    is_repeated=True,
)
_USER = Column(
    "user_id", "string", "The agent; null for others and when ambiguous", is_repeated=True
)
_AMBIGUOUS = Column(
    "is_ambiguous", "bool", "Whether several speakers could be meant", nullable=False
)
_CANDIDATES = Column(
    "candidate_user_ids", "strings", "The agents who could be meant; null when it is clear"
)
_RUN = Column("transcript_id", "string", "Recognition run", nullable=False, is_repeated=True)


TRANSCRIPTS = Schema(
    "transcripts",
    "One row per phrase, ordered by conversation, recording and start.",
    (
        CONVERSATION,
        _COMMUNICATION,
        RECORDING,
        _RUN,
        Column("phrase_index", "int64", "Order the engine gave within its run", nullable=False),
        _SIDE,
        Column("purpose", "string", "What the file calls the speaker", is_repeated=True),
        _ROLE,
        _USER,
        _AMBIGUOUS,
        _CANDIDATES,
        _START,
        _END,
        _START_TIME,
        Column("text", "string", "Words as heard", nullable=False, is_personal=True),
        Column("decorated_text", "string", "The same with punctuation", is_personal=True),
        Column("confidence", "float64", "The engine's confidence, 0 to 1"),
        Column("stability", "float64", "How settled the engine's choice was, 0 to 1"),
        Column("word_count", "int64", "Words in the phrase", nullable=False),
        Column("language", "string", "Language of the recognition run", is_repeated=True),
    ),
    keys=("recording_id", "transcript_id", "phrase_index"),
    order=("conversation_id", "recording_id", "start_ms"),
)

WORDS = Schema(
    "words",
    "One row per word, ordered like the phrases.",
    (
        CONVERSATION,
        _COMMUNICATION,
        RECORDING,
        _RUN,
        Column("phrase_index", "int64", "Phrase of the run it belongs to", nullable=False),
        Column("word_index", "int64", "Order within the phrase, from 0", nullable=False),
        _SIDE,
        _ROLE,
        _USER,
        _START,
        _END,
        Column("word", "string", "The word as heard", nullable=False, is_personal=True),
        Column("confidence", "float64", "The engine's confidence, 0 to 1"),
    ),
    keys=("recording_id", "transcript_id", "phrase_index", "word_index"),
    order=("conversation_id", "recording_id"),
)

SPEECH_EVENTS = Schema(
    "speech_events",
    "One row per event: silence, overtalk, hold, pause, topic or sentiment.",
    (
        CONVERSATION,
        _COMMUNICATION,
        RECORDING,
        Column(
            "kind",
            "string",
            "silence, overtalk, hold, secure_pause, pause, topic, sentiment; the source's word if "
            "unknown",
            nullable=False,
            is_repeated=True,
        ),
        Column(
            "source",
            "string",
            "transcript, conversation, or recording: its annotations",
            nullable=False,
            is_repeated=True,
        ),
        Column("side", "string", "internal or external; null for both", is_repeated=True),
        _START,
        Column("end_ms", "int64", "End; null when the source does not say"),
        _START_TIME,
        Column("name", "string", "Name of the topic", is_repeated=True),
        Column("value", "float64", "Sentiment from -1 to 1, or the topic's confidence"),
        Column("text", "string", "The words that gave rise to it", is_personal=True),
        Column("transcript_id", "string", "Recognition run, if it comes from one"),
        Column("phrase_index", "int64", "Phrase of the run, if it belongs to one"),
    ),
    order=("conversation_id",),
)

VOICE_ACTIVITY = Schema(
    "voice_activity",
    "One row per stretch of speech on one channel of an audio file, ordered by conversation, "
    "recording, file and start.",
    (
        CONVERSATION,
        Column("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        Column("file_number", "int64", "1 for the recording's first file", nullable=False),
        Column("channel", "int64", "Channel of the file, from 1", nullable=False),
        Column(
            "side", "string", "internal or external; null when both are on it", is_repeated=True
        ),
        _START,
        _END,
        Column("level_dbfs", "float64", "Its level, in decibels below full scale"),
    ),
    keys=("recording_id", "file_number", "channel", "start_ms"),
    order=("conversation_id", "recording_id", "file_number"),
)

AUDIO_CHANNELS = Schema(
    "audio_channels",
    "One row per channel of an audio file, and one for a file that nobody could listen to, ordered "
    "by conversation, recording, file and channel.",
    (
        CONVERSATION,
        Column("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        Column("file_number", "int64", "1 for the recording's first file", nullable=False),
        Column("channel", "int64", "Channel, from 1; null for a file without sound to hear"),
        Column(
            "side", "string", "internal or external; null when both are on it", is_repeated=True
        ),
        Column("duration_ms", "int64", "Length of the sound that was heard"),
        Column("speech_ms", "int64", "Speech on the channel; null when nobody listened"),
        Column("speech_dbfs", "float64", "Level of loud speech: 97th percentile of its 10 ms"),
        Column("noise_dbfs", "float64", "Level of everything else: its median"),
        Column("snr_db", "float64", "Speech over background; null where one of them is missing"),
        Column("is_silent", "bool", "Whether nobody can be heard on it"),
        Column("is_dual_mono", "bool", "Whether both channels carry the same sound"),
        Column("detector", "string", "What listened, with its version", is_repeated=True),
        Column("sha256", "string", "SHA-256 of the file that was heard", nullable=False),
        Column("problem", "string", "Why nobody listened; null when somebody did"),
    ),
    keys=("recording_id", "file_number", "channel"),
)

DIARIZATION = Schema(
    "diarization",
    "One row per turn: one speaker holding the floor, ordered by conversation, recording, source "
    "and start.",
    (
        CONVERSATION,
        Column("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        Column(
            "source",
            "string",
            "transcript, or audio: choose one of them",
            nullable=False,
            is_repeated=True,
        ),
        Column("turn_index", "int64", "Order within recording and source, from 0", nullable=False),
        _SIDE,
        _ROLE,
        _USER,
        _AMBIGUOUS,
        _CANDIDATES,
        _START,
        _END,
        _START_TIME,
        Column("phrase_count", "int64", "Phrases in the turn; null for audio"),
        Column("word_count", "int64", "Words in the turn; null for audio"),
        Column("confidence", "float64", "The engine's, averaged over words; null for audio"),
        Column("overlap_ms", "int64", "Time in which somebody else spoke as well", nullable=False),
        Column("detector", "string", "What listened; null for transcripts", is_repeated=True),
    ),
    keys=("recording_id", "source", "turn_index"),
    order=("conversation_id", "recording_id", "source", "start_ms"),
)

TRANSCRIPT_AGREEMENT = Schema(
    "transcript_agreement",
    "One row per recording that was both transcribed and listened to.",
    (
        CONVERSATION,
        Column("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        Column("transcript_ms", "int64", "Speech by the transcript", nullable=False),
        Column("audio_ms", "int64", "Speech by the audio", nullable=False),
        Column("agreement", "float64", "Share of speech both find on the same side, 0 to 1"),
        Column("swapped_agreement", "float64", "The same with the channels exchanged"),
        Column("shift_ms", "int64", "How much later the audio says what the transcript says"),
        Column(
            "verdict",
            "string",
            "agrees, swapped_channels, shifted_clock, missing_speech, or unsure",
            nullable=False,
            is_repeated=True,
        ),
    ),
    keys=("recording_id",),
)
