"""The things we talk about, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings_pipeline.core.pauses import Pause
from recordings_pipeline.core.secrets import SignedUrl

# Conversations of these media are kept whole, as text.
WRITTEN_MEDIA = frozenset({"chat", "email", "message"})


class Outcome(StrEnum):
    """How one recording stands; every listed recording has exactly one."""

    EXPORTED = "exported"
    EXCLUDED = "excluded"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    QUARANTINED = "quarantined"
    ERASED = "erased"
    DISCOVERED = "discovered"
    DEFERRED = "deferred"
    RETRY = "retry"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be done."""
        return self not in (Outcome.DISCOVERED, Outcome.DEFERRED, Outcome.RETRY)


class TranscriptState(StrEnum):
    """How the transcript of one communication stands.

    What the source does not have is ``pending`` while it may still come, and ``none`` afterwards.
    """

    FETCHED = "fetched"
    NONE = "none"
    PENDING = "pending"
    FORBIDDEN = "forbidden"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with the reason a person understands, empty when the word says it all."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """One Genesys Cloud customer, in one region."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What analytics says of one conversation.

    Attributes:
        end: None while the conversation is still open.
        medium: ``voice``, ``chat``, ``email``, ``message``, …: that of the customer's session.
        direction: ``inbound`` or ``outbound``; None when the platform does not say.
        division_ids: In the order of the platform.
        queue_id: Queue of an agent's first talk; None without one.
        agent_ids: Distinct user ids of agents in order of appearance.
        participant_count: Participants of any purpose.
        leg_count: Sessions of all participants.
        transfer_count: Legs of agents that ended in a transfer.
        hold_ms: Time on hold, over all agents; None when nobody was asked to hold.
        wrap_up_code: Of the agent who came last; None without one.
        ani: Number the customer called from; personal.
        dnis: Number that was called.
        codecs: Lower-case codec names seen on voice sessions, such as ``audio/pcmu``.
        recorded_ids: Communications on which a recording was started.
        has_snippet: Whether a snippet was started as well, on any of them.
        stretches: What everybody did on its voice legs, as `core.stretches` writes it: a page of
            a thousand conversations takes a quarter of the memory of values.
    """

    id: str
    start: datetime
    end: datetime | None
    medium: str
    direction: str | None
    division_ids: tuple[str, ...]
    queue_id: str | None
    agent_ids: tuple[str, ...]
    participant_count: int
    leg_count: int
    transfer_count: int
    hold_ms: int | None
    wrap_up_code: str | None
    ani: str | None
    dnis: str | None
    codecs: frozenset[str]
    recorded_ids: tuple[str, ...]
    has_snippet: bool = False
    stretches: str = ""

    @property
    def is_recorded(self) -> bool:
        """Whether any leg says that a recording was started on it."""
        return bool(self.recorded_ids)

    @property
    def may_have_recordings(self) -> bool:
        """Whether it is worth asking for recordings: written media keep one without saying so."""
        return self.is_recorded or self.medium in WRITTEN_MEDIA


@dataclass(frozen=True, slots=True)
class Recording:
    """What the platform's metadata says of one recording.

    Attributes:
        communication_id: The leg it belongs to; None when the platform does not say.
        file_state: As the platform writes it, upper case; unknown words are kept.
        archive_time: When the source will archive it; None for never, or not known.
        delete_time: When the source will delete it; None for never, or not known.
        export_time: When the source will export it to its own bucket; None for never.
        region: Where the source keeps it; None when it does not say.
        has_metadata: Whether the platform's metadata was read, or only a batch named it.
        pauses: Those its annotations tell; none where there are none, or nobody told.
    """

    id: str
    conversation_id: str
    communication_id: str | None
    media: str
    media_subtype: str | None
    file_state: str
    archive_time: datetime | None = None
    delete_time: datetime | None = None
    export_time: datetime | None = None
    region: str | None = None
    has_metadata: bool = True
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class UploadReport:
    """A report on uploads at one instant.

    Attributes:
        url: Where it lies once it is completed.
    """

    id: str
    is_over: bool
    url: SignedUrl | None


@dataclass(frozen=True, slots=True)
class Retained:
    """What the retention query says of one recording.

    Attributes:
        archive_time: When the source will archive it; None for never.
        delete_time: When the source will delete it; None for never.
    """

    recording_id: str
    conversation_id: str
    created: datetime | None
    archive_time: datetime | None
    delete_time: datetime | None


@dataclass(frozen=True, slots=True)
class Media:
    """One result of a batch request: a file to fetch, or the reason there is none.

    Attributes:
        url: None when the platform reports an error for the item.
        content_type: As announced, lower case, without parameters.
        has_error: Whether the platform put an error message in place of the file.
    """

    conversation_id: str
    recording_id: str
    url: SignedUrl | None
    content_type: str
    has_error: bool


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch request at one instant."""

    is_completed: bool
    expected_count: int
    results: tuple[Media, ...]
