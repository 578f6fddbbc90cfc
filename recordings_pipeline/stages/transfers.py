"""The way of a recording's files from signed URLs to their final names.

`core.transfer` says what each answer means, `core.retries` how long to try; the wire is
`genesys.media`, the bytes are `storage.part_file`.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath

from recordings_pipeline.core import layout, transfer
from recordings_pipeline.core.containers import container_of, distrust, text_container_of
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    AnswerUnusable,
    Interrupted,
    LinkExpired,
    NotFound,
    TransferInterrupted,
    UntrustedBytes,
)
from recordings_pipeline.core.retries import MEDIA, wait_s
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys.media import MediaReader, Sink
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.part_file import Digest, PartFile


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file under its final name.

    Attributes:
        received_bytes: Bytes this run took from the network, repeats included.
        seconds: Wall time of the transfer.
        forget: Removes what is left of the part, once the ledger knows the file.
    """

    path: PurePosixPath
    digest: Digest
    container: str
    received_bytes: int
    is_resumed: bool
    seconds: float
    forget: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: the n-th of a recording.

    Attributes:
        is_text: Whether it is a written conversation instead of sound.
    """

    day: Day
    conversation_id: str
    recording_id: str
    number: int
    url: SignedUrl
    is_text: bool = False


class Transfers:
    """Fetches files; each thread keeps a connection of its own."""

    def __init__(self, home: Home, stop: threading.Event, meter: Meter) -> None:
        self._home = home
        self._meter = meter
        self._stop = stop
        self._local = threading.local()

    def fetch(self, wanted: Sequence[Wanted]) -> tuple[Fetched, ...]:
        """Fetch and verify a recording's files, then publish them, continuing an earlier run.

        None is published before all are verified: no file lies outside of every manifest because
        another one of its recording failed.

        Raises:
            LinkExpired: Ask the platform for another URL; the part is kept.
            AnswerUnusable: The host sent no byte that can be trusted; the part is kept.
            TransferInterrupted: It kept breaking off; the part is kept.
            NotFound: An object is gone; no part is kept.
            UntrustedBytes: What arrived is whole and no audio; it lies in quarantine.
            NameTaken: A foreign file has the final name.
            Interrupted: The run was asked to stop; the part is kept.
        """
        with ExitStack() as stack:
            parts = [stack.enter_context(self._part(file)) for file in wanted]
            pairs = list(zip(wanted, parts, strict=True))
            try:
                arrived = [self._arrive(*pair, is_alone=len(pairs) == 1) for pair in pairs]
            except UntrustedBytes:
                for file, part in pairs:
                    part.quarantine(self._home.path(_quarantine_path(file)))
                raise
            except NotFound:
                for part in parts:
                    part.recorded()
                raise
            for part, fetched in zip(parts, arrived, strict=True):
                part.publish(self._home.root, fetched.path, fetched.digest)
            return tuple(arrived)

    def _part(self, wanted: Wanted) -> PartFile:
        key = layout.part_key(wanted.recording_id, wanted.number)
        return PartFile(self._home.path(layout.PARTS), key)

    def _arrive(self, wanted: Wanted, part: PartFile, *, is_alone: bool) -> Fetched:
        """Bring one part to its end and say how the file will be called."""
        started = time.monotonic()
        receiver = _Receiver(part, self._meter, is_text=wanted.is_text)
        digest = part.proved(self._home.root)
        if digest is None:
            self._receive(wanted.url, receiver)
            digest = part.digest()
        container, reason = text_container_of(digest.head), None
        if not wanted.is_text:
            container, reason = container_of(digest.head), distrust(digest.head, digest.size)
        if reason is not None or container is None:
            raise UntrustedBytes(reason or "the bytes are no known form of a written conversation")
        if not is_alone:
            part.keep(digest)  # for a run that has to wait for the others
        return Fetched(
            path=layout.audio_path(
                wanted.day, wanted.conversation_id, wanted.recording_id, wanted.number, container
            ),
            digest=digest,
            container=container,
            received_bytes=receiver.received_bytes,
            is_resumed=receiver.is_resumed,
            seconds=time.monotonic() - started,
            forget=part.recorded,
        )

    def _receive(self, url: SignedUrl, receiver: "_Receiver") -> None:
        """Read until the part is whole, or the budget of fruitless attempts is spent."""
        # Bytes that only repeat what was lost are no progress: a host that ignores Range and cuts
        # every body would keep us for ever.
        failures, furthest = 0, receiver.part.size
        while not receiver.is_whole:
            headers = transfer.request_headers(receiver.part.held)
            ending = self._reader().read(url, headers, receiver.begin)
            receiver.settle()
            if receiver.is_whole:
                return
            failures = 0 if receiver.part.size > furthest else failures + 1
            furthest = max(furthest, receiver.part.size)
            pause = wait_s(MEDIA, max(failures, 1), None, random.random())  # noqa: S311 (jitter)
            if pause is None:
                raise TransferInterrupted(
                    receiver.part.size, receiver.part.held.total or 0, ending.problem or "declined"
                )
            if self._stop.wait(pause):
                raise Interrupted

    def _reader(self) -> MediaReader:
        if not hasattr(self._local, "reader"):
            self._local.reader = MediaReader(self._stop)
        reader: MediaReader = self._local.reader
        return reader


def _quarantine_path(wanted: Wanted) -> PurePosixPath:
    key = layout.part_key(wanted.recording_id, wanted.number)
    return layout.QUARANTINE / f"date={wanted.day}" / key


class _Receiver:
    """Feeds a part with what `core.transfer` says may be written to it."""

    def __init__(self, part: PartFile, meter: Meter, *, is_text: bool) -> None:
        self._is_text = is_text
        self.part = part
        self._meter = meter
        self.received_bytes = 0
        self.is_resumed = False
        self._judgement: transfer.Judgement | None = None

    @property
    def is_whole(self) -> bool:
        if isinstance(self._judgement, transfer.Write):
            return self.part.size == self._judgement.total
        return self.part.held.is_whole

    def begin(self, status: int, headers: Mapping[str, str]) -> Sink | None:
        self._judgement = transfer.judge(self.part.held, status, headers, is_text=self._is_text)
        if not isinstance(self._judgement, transfer.Write):
            return None
        if self._judgement.offset > 0 and not self.is_resumed:
            self.is_resumed = True
            self._meter.resumed()
        self.part.begin(self._judgement.offset, self._judgement.total, self._judgement.etag)
        return self._write

    def settle(self) -> None:
        """Act on an answer that brought no bytes."""
        match self._judgement:
            case transfer.StartOver():
                self.part.drop()
            case transfer.AskAgain():
                raise LinkExpired
            case transfer.Gone():
                raise NotFound("GET media")
            case transfer.Refuse(reason):
                raise AnswerUnusable(reason)
            case _:
                pass

    def _write(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._meter.received(len(data))
        self.part.append(data)
