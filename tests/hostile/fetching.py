"""One recording fetched from a host, by whatever reader: all that depends on the engine's shape."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import IntegrityError, LinkExpired, NotFound, RecordingsError
from recordings_pipeline.core.retries import MEDIA, Budget
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys.answers import Ending, Receiver
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.stages.arrivals import Job, Wanted
from recordings_pipeline.stages.loops import Reader
from recordings_pipeline.stages.transfers import Engine, Transfers
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.part_file import PartFile

__all__ = ["Ending", "MediaReader", "Reader", "ReaderLimits", "Receiver"]

# What a host is believed at most in a test.
LONGEST_WAIT_S = 0.2

DAY = Day.from_key("2026-01-31")
CONVERSATION_ID = "00000000-0000-4000-8000-000000000001"
RECORDING_ID = "00000000-0000-4000-8000-000000000002"
_IMPATIENT = Budget(MEDIA.attempts, first_wait_s=0.0, longest_wait_s=LONGEST_WAIT_S)


@dataclass(frozen=True, slots=True)
class Happened:
    """How a recording ended, and what lies on the disk.

    Attributes:
        outcome: ``exported``, ``retry``, ``missing``, ``quarantined`` or ``link expired``.
        told: What the user reads in the manifest; empty for what was exported.
        content: The file under its final name; None when there is none.
        aside: The file in quarantine; None when there is none.
        part: What is left of the part; None when there is none.
        waited_s: How long it took, pauses included.
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
    engine = Engine(
        connections=1,
        group_s=0.0,
        new_reader=lambda: _Hasty(new_reader(), first_deadline_s),
        budget=_IMPATIENT,
    )
    transfers: Transfers[Never] = Transfers(home, threading.Event(), Meter(), engine)
    wanted = Wanted(DAY, CONVERSATION_ID, RECORDING_ID, 1, url)
    started = time.monotonic()
    ((ended,),) = transfers.run([Job((wanted,))])
    return Happened(
        outcome=_outcome(ended.error),
        told=str(ended.error or ""),
        is_resumed=any(file.is_resumed for file in ended.fetched),
        content=_only(home.path(layout.AUDIO), "date=*/*/*"),
        aside=_only(home.path(layout.QUARANTINE), "date=*/*"),
        part=_only(home.path(layout.PARTS), "*.part"),
        waited_s=time.monotonic() - started,
    )


def _outcome(error: RecordingsError | None) -> str:
    """Say what a day does with a recording that ends like this."""
    match error:
        case None:
            return "exported"
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


class _Hasty:
    """A reader whose first request has a deadline of its own."""

    def __init__(self, reader: Reader, first_deadline_s: float | None) -> None:
        self._reader = reader
        self._deadlines = [] if first_deadline_s is None else [first_deadline_s]
        self.finished = reader.finished
        self.hand_over = reader.hand_over
        self.close = reader.close

    @property
    def active(self) -> int:
        return self._reader.active

    @property
    def waited_s(self) -> float:
        return self._reader.waited_s

    def start(
        self, url: SignedUrl, headers: Mapping[str, str], receiver: Receiver, deadline_s: float
    ) -> None:
        own = self._deadlines.pop() if self._deadlines else deadline_s
        self._reader.start(url, dict(headers), receiver, min(own, deadline_s))
