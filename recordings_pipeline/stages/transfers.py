"""The way of recordings from signed URLs to their final names, many at once.

``feeder → todo → loops → arrived → committers → done → the caller's thread``: the feeder pulls the
caller's jobs, which may ask the platform for more; two loops drive the sockets, hash and write;
committers sync, verify and give files their names; the caller's thread syncs the directories of a
group and tells the ledger. Every arrow is a bounded channel, so that memory does not grow with the
day and a slow disk slows the network down instead.

`core.transfer` says what each answer means, `core.retries` how long to try; the wire is
`genesys.media`, the bytes are `storage.part_file`.
"""

import resource
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from recordings_pipeline.core import layout
from recordings_pipeline.core.concurrency import DEFAULT_CONNECTIONS, first_concurrency
from recordings_pipeline.core.errors import Interrupted, RecordingsError
from recordings_pipeline.core.retries import MEDIA, Budget
from recordings_pipeline.core.throughput import Waits
from recordings_pipeline.core.trust import DEFAULT_POLICY, Policy
from recordings_pipeline.genesys.media import MediaReader
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.stages.arrivals import (
    Arrival,
    Costs,
    Ended,
    Fetched,
    Job,
    Recording,
    Wanted,
)
from recordings_pipeline.stages.channel import Channel, Halted
from recordings_pipeline.stages.committing import (
    Published,
    publish,
    sync_folders,
    verified,
)
from recordings_pipeline.stages.loops import Loop, Reader, Ticket
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.part_file import PartFile
from recordings_pipeline.storage.parts import left_keys
from recordings_pipeline.storage.space import Space
from recordings_pipeline.storage.uninterrupted import uninterrupted

# Two loops use two cores: hashing, writing and TLS release the interpreter lock.
LOOPS = 2
# fsync overlaps in the disk; more than two threads lose to the hand-over of the interpreter lock.
COMMITTERS = 2
GROUP_FILES, GROUP_S = 32, 0.2
_STOP_CHECK_S = 0.2
# A stop may take ten seconds in all.
_WIND_UP_S = 4.0

Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Engine:
    """How transfers run.

    Attributes:
        connections: Most transfers at once.
        reserve_bytes: Free space that is never used.
        group_files: Most recordings that are published together.
        group_s: How long the first of a group may wait for the others.
        policy: Which sound is exported.
        budget: How often, and how patiently, a host is asked for a file.
    """

    connections: int = DEFAULT_CONNECTIONS
    reserve_bytes: int = 0
    group_files: int = GROUP_FILES
    group_s: float = GROUP_S
    policy: Policy = DEFAULT_POLICY
    budget: Budget = MEDIA
    new_reader: Callable[[], Reader] = MediaReader


@dataclass(frozen=True, slots=True)
class _Failure:
    """What ended a thread."""

    error: BaseException


class Transfers(Generic[Other]):
    """Fetches the files of recordings; of one use."""

    def __init__(
        self, home: Home, stop: threading.Event, meter: Meter, engine: Engine | None = None
    ) -> None:
        self._home = home
        self._stop = stop
        self._engine = engine or Engine()
        space = Space(home.root, self._engine.reserve_bytes)
        self._costs = Costs(space, meter, self._engine.budget)
        room = 2 * self._engine.connections
        self._todo: Channel[Ticket] = Channel(room)
        self._arrived: Channel[tuple[Recording, Arrival]] = Channel(room)
        self._done: Channel[Published | Other | _Failure] = Channel(8 * GROUP_FILES)
        self._left = left_keys(home.path(layout.PARTS))
        self._halt = threading.Event()
        self._stopped = 0.0
        self._parts: set[PartFile] = set()
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    def run(self, jobs: Iterable[Job | Other]) -> Generator[list[Ended | Other]]:
        """Fetch, verify and publish; yield groups of what ended.

        None of a recording's files is published before all of them are verified. What is no job
        is handed through, so that the caller hears of it in this thread. When the caller asks for
        the next group, what he was told of the last one counts as recorded. Close the iterator if
        you do not read it to its end: threads end, and what is on its way is parked.

        Raises:
            Interrupted: The run was asked to stop; parts are kept.
            StorageFailed: The disk has no room, or refused a write.
        """
        if self._stop.is_set():
            raise Interrupted
        crew = [*self._threads("feeder", 1, lambda: self._feed(jobs))]
        crew += self._threads("loop", LOOPS, self._loop)
        crew += self._threads("committer", COMMITTERS, self._commit)
        threads: list[threading.Thread] = []
        try:
            # Interrupted in between, nobody would halt those that have started: a process that was
            # told to stop then went on for ever.
            with uninterrupted():
                for thread in crew:
                    thread.start()
                    threads.append(thread)
            yield from self._groups()
        finally:
            self._halt.set()
            for channel in (self._todo, self._arrived, self._done):
                channel.halt()
            for thread in threads:
                thread.join()
            self._count_costs(self._parts)
            for part in self._parts:
                part.park()

    def _threads(self, kind: str, count: int, work: Callable[[], None]) -> list[threading.Thread]:
        self._running[kind] = count
        return [
            threading.Thread(target=self._guarded, args=(kind, work), name=f"{kind}-{number}")
            for number in range(count)
        ]

    def _guarded(self, kind: str, work: Callable[[], None]) -> None:
        """Work, tell the caller's thread what goes wrong, and close what nobody fills any more."""
        with suppress(Halted):
            try:
                work()
            except Halted:
                pass  # nobody wants more of it: no failure
            except BaseException as error:  # noqa: BLE001 (raised again in the caller's thread)
                self._done.put(_Failure(error))
        with self._lock:
            self._running[kind] -= 1
            if not self._running["feeder"]:
                self._todo.close()
            if not self._running["loop"]:
                self._arrived.close()
            if not self._running.total():
                self._done.close()

    def _feed(self, jobs: Iterable[Job | Other]) -> None:
        for job in jobs:
            if isinstance(job, Job):
                recording = Recording(job)
                for wanted in job.wanted:
                    self._todo.put((recording, wanted))
            else:
                self._done.put(job)

    def _loop(self) -> None:
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = max(1, self._engine.connections // LOOPS)
        concurrency = first_concurrency(most, descriptors // LOOPS)
        reader = self._engine.new_reader()
        try:
            Loop(reader, self._todo, concurrency, self).run(self._halt)
        finally:
            self._costs.meter.waited(Waits(network_s=reader.waited_s))

    def open_arrival(self, wanted: Wanted) -> Arrival:
        """Open a file's part, with what an earlier run left of it."""
        is_new = wanted.key not in self._left
        part = PartFile(self._home.path(layout.PARTS), wanted.key, is_new=is_new)
        self._parts.add(part)
        proved = part.proved(self._home.root)
        return Arrival(wanted, part, proved, self._costs)

    def arrived(self, recording: Recording, arrival: Arrival) -> None:
        """Hand a whole file to the committers."""
        self._arrived.put((recording, arrival))

    def _commit(self) -> None:
        for first in self._arrived:
            group = [first, *self._arrived.waiting(self._engine.group_files - 1)]
            began = time.monotonic()
            ends = verified(self._home, [arrival for _, arrival in group], self._engine.policy)
            self._costs.meter.waited(Waits(disk_s=time.monotonic() - began))
            for (recording, arrival), end in zip(group, ends, strict=True):
                self.ended(recording, arrival, end)

    def ended(self, recording: Recording, arrival: Arrival, end: Fetched | RecordingsError) -> None:
        """Keep how a file ended; with the last one of its recording, all get their names."""
        if recording.add(arrival.wanted.number, arrival.part, end):
            published = publish(self._home, recording)
            self._parts.difference_update(recording.parts)
            self._done.put(published)
            self._count_costs(recording.parts)

    def _count_costs(self, parts: Iterable[PartFile]) -> None:
        for part in parts:
            cost = part.cost
            self._costs.meter.waited(Waits(disk_s=cost.disk_s, hashing_s=cost.hashing_s))

    def _groups(self) -> Iterator[list[Ended | Other]]:
        group: list[Published | Other] = []
        due = 0.0
        while not (self._done.is_over and not group):
            item = self._done.take(max(due - time.monotonic(), 0.0) if group else _STOP_CHECK_S)
            if self._stop.is_set():
                self._wind_up()
            if isinstance(item, _Failure):
                if not isinstance(item.error, Interrupted):
                    raise item.error
                item = None  # the feeder heard of the stop before us
            if item is not None:
                due = due if group else time.monotonic() + self._engine.group_s
                group.append(item)
            is_full = len(group) >= self._engine.group_files or time.monotonic() >= due
            if group and (self._done.is_over or is_full):
                yield from self._told(group)
                group = []
        if self._stop.is_set():
            raise Interrupted

    def _wind_up(self) -> None:
        """Begin nothing new after a stop; what gets its name meanwhile is still told.

        Raises:
            Interrupted: It takes too long: somebody waits for the platform.
        """
        self._halt.set()
        self._todo.halt()
        self._stopped = self._stopped or time.monotonic()
        if time.monotonic() - self._stopped > _WIND_UP_S:
            raise Interrupted

    def _told(self, group: list[Published | Other]) -> Iterator[list[Ended | Other]]:
        """Tell the caller of a group, and forget its parts once he has recorded it."""
        published = [item for item in group if isinstance(item, Published)]
        began = time.monotonic()
        sync_folders(published)
        self._costs.meter.waited(Waits(disk_s=time.monotonic() - began))
        yield [item.ended if isinstance(item, Published) else item for item in group]
        for item in published:
            for part in item.parts:
                part.forget()
