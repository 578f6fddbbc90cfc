"""The truth about one conversation: who took part, when, and what was recorded of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from recordings_pipeline.simulator.languages import language_of
from recordings_pipeline.simulator.plan import Plan, Score, plan_of
from recordings_pipeline.simulator.timeline import Phase
from recordings_pipeline.simulator.traits import CODECS, LOSSES, MEDIA, STATES, VARIANTS, has

AVAILABLE = "AVAILABLE"
_STATES = dict(
    zip(STATES, ("ARCHIVED", "DELETED", "UPLOADING", "ERROR", "RESTORING", "RESTORED"), strict=True)
)
# Encoding costs up to 25 ms a second of audio, so that only calls of some minutes are compressed.
LONGEST_COMPRESSED_MS = 300_000
ULAW = "ulaw"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a leg, as analytics tells it.

    Attributes:
        kind: ``interact``, ``hold``, ``ivr``, … as the platform calls segment types.
        ending: Disconnect type; empty while another segment follows.
    """

    kind: str
    start: datetime
    end: datetime
    is_conference: bool = False
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """One participant's way through a call; ``session_id`` is its communication.

    Attributes:
        purpose: ``customer``, ``agent``, ``ivr``, ``acd``, ``voicemail`` or ``user``.
        agent: Number of the agent in the organization; None for others.
        is_recorded: Whether an audio recording was started on it.
        wrap_up: Name of the wrap-up code; None without one.
    """

    kind: str
    purpose: str
    participant_id: str
    session_id: str
    user_id: str | None
    agent: int | None
    segments: tuple[Segment, ...]
    is_recorded: bool = False
    wrap_up: str | None = None

    @property
    def start(self) -> datetime:
        return self.segments[0].start

    @property
    def end(self) -> datetime:
        return self.segments[-1].end


@dataclass(frozen=True, slots=True)
class Recording:
    """What was kept of a conversation.

    Attributes:
        kind: What it is to its call: ``recording``, ``second``, ``consult``, ``screen``, …
        media: ``audio``, ``chat``, ``email``, ``message`` or ``screen``.
        codec: ``ulaw``, ``pcm``, ``opus``, ``webm``, ``vorbis`` or ``mp3``; empty for no audio.
        file_count: Files a batch delivers for it.
        score: What is heard in it; None for no audio.
    """

    id: str
    kind: str
    conversation_id: str
    communication_id: str
    media: str
    subtype: str | None
    file_state: str
    codec: str
    channels: int
    file_count: int
    is_sensitive: bool
    start: datetime
    score: Score | None

    @property
    def plan(self) -> Plan | None:
        return None if self.score is None else plan_of(self.score)

    @property
    def duration_ms(self) -> int:
        return 0 if self.score is None else self.score.length_ms

    @property
    def is_exportable(self) -> bool:
        """Whether a batch can deliver it."""
        return self.file_state in (AVAILABLE, "ARCHIVED", "RESTORED")


@dataclass(frozen=True, slots=True)
class Call:
    """The truth about one conversation.

    Attributes:
        bits: Its traits; see `traits.has`.
        end: None for one that never ends.
        ended: When it was over, or would have been.
        communication_id: The customer's leg.
        phases: Its course, in milliseconds from ``recording_start``; empty for digital media.
        recordings: What was kept of it, the call itself first.
        available: When its first recording can be listed; later ones of a late call, too.
        told: When its transcript can be fetched; None for never.
        orphan_id: What its recording is called without a conversation; None for no orphan.
    """

    day: date
    index: int
    bits: int
    conversation_id: str
    start: datetime
    end: datetime | None
    ended: datetime
    ani: str
    dnis: str
    queue: int
    queue_id: str
    division_id: str
    legs: tuple[Leg, ...]
    communication_id: str
    phases: tuple[Phase, ...]
    recordings: tuple[Recording, ...]
    available: datetime
    told: datetime | None
    orphan_id: str | None = None

    def has(self, trait: str) -> bool:
        return has(self.bits, trait)

    @property
    def recording_start(self) -> datetime:
        """When the recording began: a second after the conversation."""
        return self.start + timedelta(seconds=1)

    @property
    def length_ms(self) -> int:
        """Length of what could be recorded; 0 for digital media."""
        return self.phases[-1].end_ms if self.phases else 0

    @property
    def media(self) -> str:
        """``voice``, ``chat``, ``email`` or ``message``."""
        return next((name for name in MEDIA if self.has(name)), "voice")

    @property
    def is_lost(self) -> bool:
        """Whether its recordings were started, but can never be listed."""
        return any(map(self.has, LOSSES))

    @property
    def language(self) -> str:
        return language_of(self.bits)

    @property
    def variant(self) -> str:
        """What is unusual about its transcript file; empty for nothing."""
        return next((name for name in VARIANTS if self.has(name)), "")

    @property
    def first(self) -> Recording | None:
        """The recording of the call itself; None when nothing was recorded."""
        return self.recordings[0] if self.recordings else None

    @property
    def recording_id(self) -> str | None:
        return None if self.first is None else self.first.id

    @property
    def file_state(self) -> str:
        return AVAILABLE if self.first is None else self.first.file_state

    @property
    def is_sensitive(self) -> bool:
        return self.first is not None and self.first.is_sensitive

    @property
    def is_exportable(self) -> bool:
        return self.first is not None and self.first.is_exportable

    @property
    def is_transcribed(self) -> bool:
        return self.told is not None

    @property
    def plan(self) -> Plan | None:
        """What is heard in the recording of the call itself."""
        return None if self.first is None else self.first.plan


def file_state_of(bits: int) -> str:
    """Return the state metadata gives the recording of a conversation with these traits."""
    return next((_STATES[trait] for trait in STATES if has(bits, trait)), AVAILABLE)


def codec_of(bits: int, length_ms: int) -> str:
    """Return the codec of a call's recording."""
    chosen = next((codec for codec in CODECS if has(bits, codec)), ULAW)
    is_long = length_ms > LONGEST_COMPRESSED_MS and chosen != "pcm"
    return ULAW if is_long else chosen
