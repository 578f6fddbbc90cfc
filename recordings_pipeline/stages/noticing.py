"""Reads the watcher's journal on: arrivals become events, and the days they belong to become due.

Where no watcher lives, this looks itself for a moment, from where it stopped the last time, and
writes the same journal: there is one account of what arrived, whoever kept it.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import ARRIVED, INCOMING, REFUSED, Entry, Position
from recordings_pipeline.storage.audit import append_events
from recordings_pipeline.storage.home import Home, private
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.watch.heartbeat import lives, only_watcher
from recordings_pipeline.watch.journal import Journal, Reading, read_on
from recordings_pipeline.watch.look import FOLDERS, Looker
from recordings_pipeline.watch.looking import walk

# 20,000 lines take a second to become events.
MOST_LINES = 20_000
LOOK_S = 2.0
_SETTLED = timedelta(minutes=1)
_NS_PER_S = 1_000_000_000


@dataclass(slots=True)
class Arrived:
    """What arrived for one day, or in the drop folder.

    Attributes:
        first: When the first of it was noticed.
        last: When the last one was.
    """

    file_count: int = 0
    size_bytes: int = 0
    first: str = ""
    last: str = ""

    def add(self, entry: Entry) -> None:
        self.file_count += 1
        self.size_bytes += entry.size_bytes
        self.first = min(self.first or entry.time, entry.time)
        self.last = max(self.last, entry.time)

    @property
    def seconds(self) -> float:
        """How long it took to arrive; 0 for what was noticed at once."""
        if not self.first:
            return 0.0
        return (
            datetime.fromisoformat(self.last) - datetime.fromisoformat(self.first)
        ).total_seconds()


@dataclass(frozen=True, slots=True)
class Noticed:
    """What became of a stretch of the journal.

    Attributes:
        position: Where to go on.
        due: What a run is to be requested for, days or `INCOMING`, with a key: the same for
            everybody who reads the same stretch.
        arrived: By day, or `INCOMING`, or empty for a file among the audio that is of no day.
        refused: Lines about what was not opened, as many as were read.
        is_watched: Whether a watcher lives.
    """

    position: Position
    due: Mapping[str, str] = field(default_factory=dict)
    arrived: Mapping[str, Arrived] = field(default_factory=dict)
    refused: tuple[Entry, ...] = ()
    is_watched: bool = True


def notice(data: Path, position: Position, now: datetime, *, most_days: int) -> Noticed:
    """Read the journal on from a position.

    Nothing is lost when the caller dies before he has kept the new position, and nothing is due
    twice when two callers begin at the same one.

    Args:
        data: The data directory.
        position: How far it was read.
        now: What time it is.
        most_days: How many days may become due at once, and may wait.
    """
    home = Home(data)
    with private(), home.storing():
        is_watched = lives(home.root)
        is_to_look = not is_watched and any((home.root / name).is_dir() for name in FOLDERS)
        scan = _look(home.root, position.scan) if is_to_look else ""
        reading = read_on(
            home.path(layout.JOURNAL), position.journal, position.byte, most=MOST_LINES
        )
        entries = _of_few_days(reading.entries, most_days)
        end = _kept(home, reading, entries, now) if entries else reading.end
        entries = tuple(entry for entry in entries if entry.end <= end)
        waiting = {} if reading.journal != position.journal else dict(position.waiting)
        arrived = _by_place(entries)
        waiting |= {place: end for place in arrived if place}
        due = _due(home, reading.journal, waiting, most_days)
        position = Position(reading.journal, end, scan, waiting, position.looked)
        position, left = _left_over(home, position, now)
    refused = tuple(entry for entry in entries if entry.kind == REFUSED)
    return Noticed(position, {**left, **due}, arrived, refused, is_watched)


def _look(root: Path, after: str) -> str:
    """Look on for a moment, as a watcher would; return where to go on."""
    with only_watcher(root) as is_alone:
        if not is_alone:  # a tick that overlaps with this one, or a watcher that hangs
            return after
        with closing(Journal(root / layout.JOURNAL)) as journal:
            looker = Looker(root, journal)
            return looker.look_on(after, LOOK_S)[1]


def _of_few_days(entries: Iterable[Entry], most_days: int) -> tuple[Entry, ...]:
    """Return the first lines, up to one that names a day too many."""
    days, found = set(), []
    for entry in entries:
        days.add(entry.day)
        if len(days - {None}) > most_days:
            break
        found.append(entry)
    return tuple(found)


def _kept(home: Home, reading: Reading, entries: tuple[Entry, ...], now: datetime) -> int:
    with closing(Ledger(home.path(layout.LEDGER))) as ledger:
        end = ledger.arrivals.take(reading.journal, reading.start, entries, now)
        append_events(home.path(layout.AUDIT), ledger)
    return end


def _by_place(entries: Iterable[Entry]) -> dict[str, Arrived]:
    found: dict[str, Arrived] = {}
    for entry in entries:
        # What was refused in the drop folder is set aside by the same run that takes the rest.
        if entry.kind == ARRIVED or entry.is_incoming:
            place = INCOMING if entry.is_incoming else str(entry.day or "")
            found.setdefault(place, Arrived()).add(entry)
    return found


def _due(home: Home, journal: str, waiting: dict[str, int], most: int) -> dict[str, str]:
    """Take out of what waits that nobody works on; too many do not wait any longer.

    A day that is being exported gains files every second. A run for each tick would find the day
    locked, and what the export still has to do.
    """
    names = {place: layout.INCOMING_LOCK if place == INCOMING else place for place in waiting}
    free = [place for place in waiting if not home.is_locked(names[place])]
    rest = [place for place in waiting if place not in free]
    chosen = [*free, *rest[: max(len(rest) - most, 0)]]
    return {place: f"{place}:{journal}:{waiting.pop(place)}" for place in chosen}


def _left_over(home: Home, position: Position, now: datetime) -> tuple[Position, dict[str, str]]:
    """Once an hour, let what still lies in the drop folder be tried again.

    It waited for a day that was being exported, or is the very file that was there before.
    """
    hour = f"{now:%Y-%m-%dT%H}"
    if position.looked == hour or home.is_locked(layout.INCOMING_LOCK):
        return position, {}
    quiet = (now - _SETTLED).timestamp() * _NS_PER_S
    lies = walk(home.root, str(layout.INCOMING))
    is_left = any(seen.changed_ns < quiet for seen in lies)
    return replace(position, looked=hour), {INCOMING: f"{INCOMING}:{hour}"} if is_left else {}
