"""A recording's files on their way: one part each, fed with what `core.transfer` lets through."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from recordings_pipeline.core import layout, transfer
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    AnswerUnusable,
    LinkExpired,
    NotFound,
    RecordingsError,
    TransferInterrupted,
)
from recordings_pipeline.core.model import WRITTEN_MEDIA
from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.core.retries import MEDIA, Budget, wait_s
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.core.trust import Facts, Trust
from recordings_pipeline.genesys.answers import Ending
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.storage.digests import Digest
from recordings_pipeline.storage.part_file import PartFile
from recordings_pipeline.storage.space import Space

AUDIO = Facts(media="audio")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: the n-th of a recording.

    Attributes:
        facts: What is known of it before it is opened.
        good_until: When its URL expires, by the monotonic clock.
    """

    day: Day
    conversation_id: str
    recording_id: str
    number: int
    url: SignedUrl
    facts: Facts = AUDIO
    good_until: float = float("inf")

    @property
    def key(self) -> str:
        """Name of its part."""
        return layout.part_key(self.recording_id, self.number)

    @property
    def is_text(self) -> bool:
        """Whether it is a written conversation instead of sound."""
        return self.facts.media in WRITTEN_MEDIA


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file under its final name.

    Attributes:
        received_bytes: Bytes this run took from the network, repeats included.
        seconds: Wall time of the transfer.
    """

    path: PurePosixPath
    digest: Digest
    sound: Sound
    trust: Trust
    received_bytes: int
    is_resumed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Costs:
    """What all files of a run share: room on the disk, counters, and patience."""

    space: Space
    meter: Meter
    budget: Budget = MEDIA


class Arrival:
    """One file on its way: the receiver of its answers.

    Attributes:
        proved: What an earlier run verified, so that nothing is to be fetched.
    """

    def __init__(self, wanted: Wanted, part: PartFile, proved: Digest | None, costs: Costs) -> None:
        self.wanted = wanted
        self.part = part
        self.proved = proved
        self.received_bytes = 0
        self.is_resumed = False
        self.started = time.monotonic()
        self._taken = 0
        self._space, self._meter, self._budget = costs.space, costs.meter, costs.budget
        self._claimed = 0
        self._deadline = float("inf")
        self._judgement: transfer.Judgement | None = None
        # Bytes that only repeat what was lost are no progress: a host that ignores Range and cuts
        # every body would keep us for ever.
        self._failures, self._furthest = 0, part.size

    @property
    def is_whole(self) -> bool:
        if self.proved is not None:
            return True
        if isinstance(self._judgement, transfer.Write):
            return self.part.size == self._judgement.total
        return self.part.held.is_whole

    @property
    def is_setback(self) -> bool:
        """Whether the host said that it is asked for too much."""
        return isinstance(self._judgement, transfer.TryLater)

    @property
    def left_s(self) -> float:
        """Seconds until its deadline, or until that of the largest file there is."""
        deadline = min(self._deadline, self.started + transfer.deadline_s(transfer.MAX_BYTES))
        return max(deadline - time.monotonic(), 0.0)

    def taken(self) -> int:
        """Return the bytes received since it was last asked."""
        before, self._taken = self._taken, self.received_bytes
        return self.received_bytes - before

    def request_headers(self) -> dict[str, str]:
        self._judgement = None
        return transfer.request_headers(self.part.held)

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        is_text = self.wanted.is_text
        self._judgement = transfer.judge(self.part.held, status, headers, is_text=is_text)
        if not isinstance(self._judgement, transfer.Write):
            return False
        offset, total = self._judgement.offset, self._judgement.total
        self._space.claim(total - offset)
        self._claimed = total - offset
        self._deadline = self.started + transfer.deadline_s(total)
        if offset > 0 and not self.is_resumed:
            self.is_resumed = True
            self._meter.resumed()
        self.part.begin(offset, total, self._judgement.etag)
        return True

    def write(self, data: bytes | memoryview) -> None:
        self.received_bytes += len(data)
        now = time.monotonic()
        self._meter.received(len(data), now)
        self._give_back(len(data))
        self.part.append(data)
        if now > self._deadline:
            raise self._broken("it took longer than a recording of this size may")

    def pause_after(self, ending: Ending, jitter: float) -> float | None:
        """Return how long to wait before the next request; None when the file is whole.

        Raises:
            LinkExpired: Ask the platform for another URL.
            AnswerUnusable: The host sent no byte that can be trusted.
            TransferInterrupted: It kept breaking off, or took too long.
            NotFound: The object is gone.
            StorageFailed: The disk has no room, or refused a write.
        """
        self._give_back(self._claimed)
        if ending.failure is not None:
            raise ending.failure
        if self.is_whole:
            return None
        asked_s, reason = self._act(ending.problem)
        self._failures = 0 if self.part.size > self._furthest else self._failures + 1
        self._furthest = max(self._furthest, self.part.size)
        pause = wait_s(self._budget, max(self._failures, 1), asked_s, jitter)
        if pause is None or time.monotonic() + pause > self._deadline:
            raise self._broken(reason)
        return pause

    def _act(self, problem: str | None) -> tuple[float | None, str]:
        """Do what an answer without bytes asks for; return how long to wait at least, and why."""
        match self._judgement:
            case transfer.TryLater(after_s, reason):
                return after_s, reason
            case transfer.StartOver():
                self.part.drop()
            case transfer.AskAgain():
                raise LinkExpired
            case transfer.Gone():
                raise NotFound("GET media")
            case transfer.Refuse(reason):
                raise AnswerUnusable(reason)
        return None, problem or "the host said that it holds other bytes"

    def _give_back(self, count: int) -> None:
        count = min(count, self._claimed)
        self._claimed -= count
        self._space.release(count)

    def _broken(self, reason: str) -> TransferInterrupted:
        return TransferInterrupted(self.part.size, self.part.held.total or 0, reason)


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to fetch: all its files, in order of their numbers.

    Attributes:
        is_last: Whether bytes that cannot be trusted are kept aside; else they are dropped, as they
            are fetched once more.
    """

    wanted: tuple[Wanted, ...]
    is_last: bool = True

    @property
    def recording_id(self) -> str:
        return self.wanted[0].recording_id


@dataclass(frozen=True, slots=True)
class Ended:
    """How a recording's way ended: with all its files, or with an error and none."""

    job: Job
    fetched: tuple[Fetched, ...]
    error: RecordingsError | None = None

    @property
    def recording_id(self) -> str:
        return self.job.recording_id


@dataclass(slots=True)
class Recording:
    """Collects the ends of a recording's files, until all of them have one; threads share it."""

    job: Job
    ends: dict[int, tuple[PartFile, Fetched | RecordingsError]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, number: int, part: PartFile, end: Fetched | RecordingsError) -> bool:
        """Keep how a file ended, and say whether it was the last one."""
        with self._lock:
            self.ends[number] = (part, end)
            return len(self.ends) == len(self.job.wanted)

    @property
    def parts(self) -> list[PartFile]:
        return [part for _, (part, _) in sorted(self.ends.items())]

    @property
    def error(self) -> RecordingsError | None:
        """The error of the first file that has one."""
        ends = [end for _, (_, end) in sorted(self.ends.items())]
        return next((end for end in ends if isinstance(end, RecordingsError)), None)

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        ends = [end for _, (_, end) in sorted(self.ends.items())]
        return tuple(end for end in ends if isinstance(end, Fetched))
