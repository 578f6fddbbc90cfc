"""What the columns of the tables about speech mean.

One clock runs through them: ``start_ms`` and ``end_ms`` count from the start of their recording,
``start_time`` is the same instant on the wall, so that several recordings of a call can be laid
side by side.
"""

from recordings_pipeline.core.columns import (
    CONVERSATION,
    RECORDING,
    Schema,
    key,
    personal,
    plain,
    pseudonym,
)

_COMMUNICATION = key("communication_id", "Leg of the conversation that was recorded")
_START = plain("start_ms", "int64", "Start, from the start of the recording", nullable=False)
_END = plain("end_ms", "int64", "End, from the start of the recording", nullable=False)
_START_TIME = plain("start_time", "timestamp", "The start on the wall; null when nothing says it")
_SIDE = plain("side", "string", "internal or external", nullable=False, is_repeated=True)
_ROLE = plain(
    "speaker_role",
    "string",
    "agent, customer, ivr, voicemail, …; the side if unknown",
    nullable=False,
    is_repeated=True,
)
_USER = pseudonym(
    "user_id", "string", "The agent; null for others and when ambiguous", is_repeated=True
)
_AMBIGUOUS = plain(
    "is_ambiguous", "bool", "Whether several speakers could be meant", nullable=False
)
_CANDIDATES = pseudonym(
    "candidate_user_ids", "strings", "The agents who could be meant; null when it is clear"
)
_RUN = plain("transcript_id", "string", "Recognition run", nullable=False, is_repeated=True)


TRANSCRIPTS = Schema(
    "transcripts",
    "One row per phrase, ordered by conversation, recording and start.",
    (
        CONVERSATION,
        _COMMUNICATION,
        RECORDING,
        _RUN,
        plain("phrase_index", "int64", "Order the engine gave within its run", nullable=False),
        _SIDE,
        plain("purpose", "string", "What the file calls the speaker", is_repeated=True),
        _ROLE,
        _USER,
        _AMBIGUOUS,
        _CANDIDATES,
        _START,
        _END,
        _START_TIME,
        personal("text", "string", "Words as heard", nullable=False),
        personal("decorated_text", "string", "The same with punctuation"),
        plain("confidence", "float64", "The engine's confidence, 0 to 1"),
        plain("stability", "float64", "How settled the engine's choice was, 0 to 1"),
        plain("word_count", "int64", "Words in the phrase", nullable=False),
        plain("language", "string", "Language of the recognition run", is_repeated=True),
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
        plain("phrase_index", "int64", "Phrase of the run it belongs to", nullable=False),
        plain("word_index", "int64", "Order within the phrase, from 0", nullable=False),
        _SIDE,
        _ROLE,
        _USER,
        _START,
        _END,
        personal("word", "string", "The word as heard", nullable=False),
        plain("confidence", "float64", "The engine's confidence, 0 to 1"),
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
        plain(
            "kind",
            "string",
            "silence, overtalk, hold, secure_pause, pause, topic, sentiment; the source's word if "
            "unknown",
            nullable=False,
            is_repeated=True,
        ),
        plain(
            "source",
            "string",
            "transcript, conversation, or recording: its annotations",
            nullable=False,
            is_repeated=True,
        ),
        plain("side", "string", "internal or external; null for both", is_repeated=True),
        _START,
        plain("end_ms", "int64", "End; null when the source does not say"),
        _START_TIME,
        plain("name", "string", "Name of the topic", is_repeated=True),
        plain("value", "float64", "Sentiment from -1 to 1, or the topic's confidence"),
        personal("text", "string", "The words that gave rise to it"),
        plain("transcript_id", "string", "Recognition run, if it comes from one"),
        plain("phrase_index", "int64", "Phrase of the run, if it belongs to one"),
    ),
    order=("conversation_id",),
)

VOICE_ACTIVITY = Schema(
    "voice_activity",
    "One row per stretch of speech on one channel of an audio file, ordered by conversation, "
    "recording, file and start.",
    (
        CONVERSATION,
        plain("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        plain("file_number", "int64", "1 for the recording's first file", nullable=False),
        plain("channel", "int64", "Channel of the file, from 1", nullable=False),
        plain("side", "string", "internal or external; null when both are on it", is_repeated=True),
        _START,
        _END,
        plain("level_dbfs", "float64", "Its level, in decibels below full scale"),
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
        plain("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        plain("file_number", "int64", "1 for the recording's first file", nullable=False),
        plain("channel", "int64", "Channel, from 1; null for a file without sound to hear"),
        plain("side", "string", "internal or external; null when both are on it", is_repeated=True),
        plain("duration_ms", "int64", "Length of the sound that was heard"),
        plain("speech_ms", "int64", "Speech on the channel; null when nobody listened"),
        plain("speech_dbfs", "float64", "Level of loud speech: 97th percentile of its 10 ms"),
        plain("noise_dbfs", "float64", "Level of everything else: its median"),
        plain("snr_db", "float64", "Speech over background; null where one of them is missing"),
        plain("is_silent", "bool", "Whether nobody can be heard on it"),
        plain("is_dual_mono", "bool", "Whether both channels carry the same sound"),
        plain("detector", "string", "What listened, with its version", is_repeated=True),
        plain("sha256", "string", "SHA-256 of the file that was heard", nullable=False),
        plain("problem", "string", "Why nobody listened; null when somebody did"),
    ),
    keys=("recording_id", "file_number", "channel"),
)

DIARIZATION = Schema(
    "diarization",
    "One row per turn: one speaker holding the floor, ordered by conversation, recording, source "
    "and start.",
    (
        CONVERSATION,
        plain("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        plain(
            "source",
            "string",
            "transcript, or audio: choose one of them",
            nullable=False,
            is_repeated=True,
        ),
        plain("turn_index", "int64", "Order within recording and source, from 0", nullable=False),
        _SIDE,
        _ROLE,
        _USER,
        _AMBIGUOUS,
        _CANDIDATES,
        _START,
        _END,
        _START_TIME,
        plain("phrase_count", "int64", "Phrases in the turn; null for audio"),
        plain("word_count", "int64", "Words in the turn; null for audio"),
        plain("confidence", "float64", "The engine's, averaged over words; null for audio"),
        plain("overlap_ms", "int64", "Time in which somebody else spoke as well", nullable=False),
        plain("detector", "string", "What listened; null for transcripts", is_repeated=True),
    ),
    keys=("recording_id", "source", "turn_index"),
    order=("conversation_id", "recording_id", "source", "start_ms"),
)

TRANSCRIPT_AGREEMENT = Schema(
    "transcript_agreement",
    "One row per recording that was both transcribed and listened to.",
    (
        CONVERSATION,
        plain("communication_id", "string", "Leg that was recorded", is_repeated=True),
        RECORDING,
        plain("transcript_ms", "int64", "Speech by the transcript", nullable=False),
        plain("audio_ms", "int64", "Speech by the audio", nullable=False),
        plain("agreement", "float64", "Share of speech both find on the same side, 0 to 1"),
        plain("swapped_agreement", "float64", "The same with the channels exchanged"),
        plain("shift_ms", "int64", "How much later the audio says what the transcript says"),
        plain(
            "verdict",
            "string",
            "agrees, swapped_channels, shifted_clock, missing_speech, or unsure",
            nullable=False,
            is_repeated=True,
        ),
    ),
    keys=("recording_id",),
)
