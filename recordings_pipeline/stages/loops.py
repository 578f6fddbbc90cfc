"""A thread that drives many transfers: it takes files, asks for their bytes, and hands them on.

One slow file holds one slot; a host that is slow as a whole never gets the last quarter of them
while files of another one wait.
"""

import random
import threading
import time
from collections import deque
from typing import Protocol

from recordings_pipeline.core.concurrency import Concurrency, Window
from recordings_pipeline.core.errors import LinkExpired, RecordingsError, StorageFailed
from recordings_pipeline.core.hosts import next_host
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys.answers import Ending, Receiver
from recordings_pipeline.stages.arrivals import Arrival, Recording, Wanted
from recordings_pipeline.stages.channel import Channel

_WINDOW_S = 1.0
_IDLE_S, _BUSY_S = 0.02, 0.2
# Files a loop holds for each of its slots, so that it can choose among hosts.
_CHOICE = 2

Ticket = tuple[Recording, Wanted]


class Reader(Protocol):
    """What a loop needs of `genesys.media.MediaReader`."""

    @property
    def active(self) -> int: ...
    @property
    def waited_s(self) -> float: ...
    def start(
        self, url: SignedUrl, headers: dict[str, str], receiver: Receiver, deadline_s: float
    ) -> None: ...
    def finished(self, wait_s: float) -> list[tuple[Receiver, Ending]]: ...
    def hand_over(self) -> None: ...
    def close(self) -> None: ...


class Crew(Protocol):
    """Who works with a loop; called in its thread."""

    def open_arrival(self, wanted: Wanted) -> Arrival: ...
    def arrived(self, recording: Recording, arrival: Arrival) -> None: ...
    def ended(self, recording: Recording, arrival: Arrival, end: RecordingsError) -> None: ...


class Loop:
    """Fetches files until no more come; lives in one thread."""

    def __init__(
        self, reader: Reader, todo: Channel[Ticket], concurrency: Concurrency, crew: Crew
    ) -> None:
        self._reader = reader
        self._todo = todo
        self._concurrency = concurrency
        self._crew = crew
        self._recordings: dict[Arrival, Recording] = {}
        self._waiting: dict[str, deque[Ticket]] = {}
        self._active: dict[str, int] = {}
        self._resting: list[tuple[float, Arrival]] = []
        self._window_began = time.monotonic()
        self._received = self._setbacks = 0
        self._was_full = True

    def run(self, halt: threading.Event) -> None:
        """Fetch until there is nothing left, or until ``halt`` is set."""
        try:
            while not halt.is_set() and not self._is_done:
                self._fill()
                is_full = self._reader.active >= self._concurrency.limit
                for receiver, ending in self._reader.finished(_BUSY_S if is_full else _IDLE_S):
                    self._advance(receiver, ending)
                self._adapt()
        finally:
            self._reader.close()

    @property
    def _is_done(self) -> bool:
        return self._todo.is_over and not self._recordings and not any(self._waiting.values())

    def _fill(self) -> None:
        """Use free slots: first for what has rested, then for files that wait."""
        now = time.monotonic()
        rested = [arrival for until, arrival in self._resting if until <= now]
        self._resting = [(until, arrival) for until, arrival in self._resting if until > now]
        for arrival in rested:
            self._request(arrival)
        limit = self._concurrency.limit
        while len(self._recordings) < limit and self._pull(limit):
            host = next_host(self._active, self._waiting, limit)
            if host is None:
                break
            self._open(*self._waiting[host].popleft())
        if len(self._recordings) < limit:
            self._was_full = False

    def _pull(self, limit: int) -> bool:
        """Take files to choose from; say whether there are any."""
        held = sum(map(len, self._waiting.values()))
        while held < _CHOICE * limit:
            # A thread with nothing to do may sleep until a file comes.
            ticket = self._todo.take(0 if self._recordings or held else _IDLE_S)
            if ticket is None:
                break
            self._waiting.setdefault(ticket[1].url.host, deque()).append(ticket)
            held += 1
        return held > 0

    def _open(self, recording: Recording, wanted: Wanted) -> None:
        arrival = self._crew.open_arrival(wanted)
        self._recordings[arrival] = recording
        self._active[wanted.url.host] = self._active.get(wanted.url.host, 0) + 1
        if arrival.is_whole:
            self._end(arrival, None)
        elif time.monotonic() >= wanted.good_until:
            self._end(arrival, LinkExpired())
        else:
            self._request(arrival)

    def _request(self, arrival: Arrival) -> None:
        headers = arrival.request_headers()
        self._reader.start(arrival.wanted.url, headers, arrival, arrival.left_s)

    def _advance(self, receiver: Receiver, ending: Ending) -> None:
        assert isinstance(receiver, Arrival)  # noqa: S101 (only arrivals are started)
        self._setbacks += receiver.is_setback or ending.problem is not None
        self._received += receiver.taken()
        try:
            pause = receiver.pause_after(ending, random.random())  # noqa: S311 (jitter)
        except StorageFailed:
            raise
        except RecordingsError as error:
            self._end(receiver, error)
            return
        if pause is None:
            self._end(receiver, None)
        else:
            self._resting.append((time.monotonic() + pause, receiver))

    def _end(self, arrival: Arrival, error: RecordingsError | None) -> None:
        recording = self._recordings.pop(arrival)
        self._active[arrival.wanted.url.host] -= 1
        if error is None:
            self._crew.arrived(recording, arrival)
        else:
            self._crew.ended(recording, arrival, error)

    def _adapt(self) -> None:
        seconds = time.monotonic() - self._window_began
        if seconds < _WINDOW_S:
            return
        self._reader.hand_over()
        for arrival in self._recordings:
            self._received += arrival.taken()
            arrival.part.checkpoint()
        window = Window(self._received, seconds, self._setbacks, self._was_full)
        self._concurrency = self._concurrency.after(window)
        self._window_began, self._was_full = time.monotonic(), True
        self._received = self._setbacks = 0
