"""One recording fetched from a host, by whatever reader: all that depends on the engine's shape."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pycurl

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    IntegrityError,
    LinkExpired,
    NotFound,
    RecordingsError,
)
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys import media
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.stages.transfers import Transfers, Wanted
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.part_file import PartFile
from tests.hosts import Patience

DAY = Day.from_key("2026-01-31")
CONVERSATION_ID = "00000000-0000-4000-8000-000000000001"
RECORDING_ID = "00000000-0000-4000-8000-000000000002"
# What the product's reader still has to learn: to judge at the end of the headers instead of at the
# first byte of the body, to leave the cap on sizes to `core.transfer`, and to join repeated
# headers; and the engine, to wait as long as a host asks.
_OF_THE_READER = (
    "Headers that end early are no answer",
    "A file larger than any recording is not begun",
    "Bad chunks do not matter, as no chunks are read",
    "A rest with two ETags is dropped with the part",
    "Two ETags do not bind two halves",
    "The body of a refusal is not read to its end",
)
_OF_THE_ENGINE = "A host is not asked again before the time it names"
GAPS = {(name, "libcurl") for name in (*_OF_THE_READER, _OF_THE_ENGINE)}
GAPS |= {(_OF_THE_ENGINE, "httpx")}
# What a host is believed at most in a test.
LONGEST_WAIT_S = 2.0


class Receiver(Protocol):
    """Who takes an answer."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool: ...
    def write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """How patient a reader is."""

    connect_s: float = 10.0
    low_speed_bytes_per_s: int = 8_000
    low_speed_s: int = 30


@dataclass(frozen=True, slots=True)
class Ending:
    """How a transfer ended: what the wire had against it, or what the receiver raised."""

    problem: str | None
    failure: BaseException | None = None


class Reader(Protocol):
    """What fetches; see `genesys.media.MediaReader`."""

    def start(
        self, url: SignedUrl, headers: Mapping[str, str], receiver: Receiver, deadline_s: float
    ) -> None: ...
    def finished(self, wait_s: float) -> list[tuple[Receiver, Ending]]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Happened:
    """How a recording ended, and what lies on the disk.

    Attributes:
        outcome: ``exported``, ``retry``, ``missing``, ``quarantined`` or ``link expired``.
        told: What the user reads in the manifest; empty for what was exported.
        content: The file under its final name; None when there is none.
        aside: The file in quarantine; None when there is none.
        part: What is left of the part; None when there is none.
        waited_s: Seconds it paused, or would have without the test's patience.
    """

    outcome: str
    told: str
    is_resumed: bool
    content: bytes | None
    aside: bytes | None
    part: bytes | None
    waited_s: float


def hold(folder: Path, content: bytes, etag: str, total: int) -> None:
    """Leave a part behind, as a run that was stopped does."""
    home = Home(folder)
    home.prepare()
    with PartFile(home.path(layout.PARTS), layout.part_key(RECORDING_ID, 1)) as part:
        part.begin(0, total, etag)
        part.append(content)


def fetch(
    url: SignedUrl, folder: Path, new_reader: Callable[[], Reader], first_deadline_s: float | None
) -> Happened:
    """Fetch a recording of one file into a data directory.

    Args:
        url: Where it is.
        folder: The data directory.
        new_reader: Who reads.
        first_deadline_s: Deadline of the first request, for a host that never ends.
    """
    home = Home(folder)
    home.prepare()
    patience, reader = Patience(), new_reader()
    wanted = Wanted(DAY, CONVERSATION_ID, RECORDING_ID, 1, url)
    transfers = _Transfers(home, patience, _Blocking(reader, first_deadline_s))
    outcome, told, is_resumed = "exported", "", False
    try:
        (fetched,) = transfers.fetch([wanted])
        fetched.forget()
        is_resumed = fetched.is_resumed
    except RecordingsError as error:
        outcome, told = _outcome(error), str(error)
    finally:
        reader.close()
    return Happened(
        outcome,
        told,
        is_resumed,
        content=_only(home.path(layout.AUDIO), "date=*/*/*"),
        aside=_only(home.path(layout.QUARANTINE), "date=*/*"),
        part=_only(home.path(layout.PARTS), "*.part"),
        waited_s=sum(patience.waits),
    )


def _outcome(error: RecordingsError) -> str:
    """Say what a day does with a recording that ends like this."""
    match error:
        case LinkExpired():
            return "link expired"
        case NotFound():
            return "missing"
        case IntegrityError():
            return "quarantined"
    return "retry"


def _only(folder: Path, pattern: str) -> bytes | None:
    """Return the content of the only file, if there is one."""
    contents = [path.read_bytes() for path in folder.glob(pattern)]
    assert len(contents) <= 1
    return contents[0] if contents else None


class _Transfers(Transfers):
    """The engine, with a reader of the test's choice."""

    def __init__(self, home: Home, stop: threading.Event, reader: "_Blocking") -> None:
        super().__init__(home, stop, Meter())
        self._given = reader

    def _reader(self) -> "_Blocking":  # type: ignore[override]
        return self._given


@dataclass
class _Begin:
    """The receiver of one request."""

    call: media.Begin
    sink: media.Sink | None = None

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        self.sink = self.call(status, headers)
        return self.sink is not None

    def write(self, data: bytes) -> None:
        assert self.sink is not None
        self.sink(data)


class _Blocking:
    """Reads one URL after the other, the first one with a deadline of its own."""

    def __init__(self, reader: Reader, first_deadline_s: float | None) -> None:
        self._reader = reader
        self._deadlines = [] if first_deadline_s is None else [first_deadline_s]

    def read(self, url: SignedUrl, headers: Mapping[str, str], begin: media.Begin) -> media.Ending:
        deadline_s = self._deadlines.pop() if self._deadlines else 30.0
        self._reader.start(url, headers, _Begin(begin), deadline_s)
        while not (ended := self._reader.finished(1.0)):
            pass
        ((_, ending),) = ended
        if ending.failure is not None:
            raise ending.failure
        return media.Ending(ending.problem)


class ProductReader:
    """The product's reader, spoken to as it will be."""

    def __init__(self, limits: ReaderLimits) -> None:
        self._reader = media.MediaReader(threading.Event())
        self._curl.setopt(pycurl.CONNECTTIMEOUT_MS, round(limits.connect_s * 1_000))
        self._next: tuple[SignedUrl, Mapping[str, str], Receiver] | None = None

    @property
    def _curl(self) -> pycurl.Curl:
        return self._reader._curl  # noqa: SLF001

    def start(
        self, url: SignedUrl, headers: Mapping[str, str], receiver: Receiver, deadline_s: float
    ) -> None:
        self._curl.setopt(pycurl.TIMEOUT_MS, round(deadline_s * 1_000))
        self._next = (url, headers, receiver)

    def finished(self, wait_s: float) -> list[tuple[Receiver, Ending]]:  # noqa: ARG002 (protocol)
        assert self._next is not None
        url, headers, receiver = self._next
        begin = lambda status, heard: receiver.write if receiver.begin(status, heard) else None  # noqa: E731
        return [(receiver, Ending(self._reader.read(url, headers, begin).problem))]

    def close(self) -> None:
        self._reader.close()
