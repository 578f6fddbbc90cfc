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
from recordings_pipeline.core.place import Where
from recordings_pipeline.storage.home import Home, private
from recordings_pipeline.storage.ledger_place import open_ledger
from recordings_pipeline.watch.heartbeat import lives, only_watcher
from recordings_pipeline.watch.journal import Journal, Reading, read_on
from recordings_pipeline.watch.look import FOLDERS, Looker
from recordings_pipeline.watch.looking import walk

# They take half a second of a core to become events.
MOST_LINES = 10_000
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
        position: Where to go on; to be kept together with the requests.
        due: What a run is to be requested for, days or `INCOMING`, with a key.
        arrived: By day, or `INCOMING`, or empty for a file among the audio that is of no day.
        refused: Lines about what was not opened, as many as were read.
        is_watched: Whether a watcher lives.
    """

    position: Position
    due: Mapping[str, str] = field(default_factory=dict)
    arrived: Mapping[str, Arrived] = field(default_factory=dict)
    refused: tuple[Entry, ...] = ()
    is_watched: bool = True


def notice(data: Where, position: Position, now: datetime, *, most_days: int) -> Noticed:
    """Read the journal on from a position.

    Nothing is lost when the caller dies before he has kept the new position: what became due is in
    the ledger, until a position says that it was requested. Nothing is requested twice when two
    callers begin at the same one: they get the same keys.

    Args:
        data: The data directory.
        position: How far it was read.
        now: What time it is.
        most_days: For how many a run is requested at once; the others stay due.
    """
    home = Home(data)
    with private(), home.storing():
        is_watched = lives(home.root)
        is_to_look = not is_watched and any((home.root / name).is_dir() for name in FOLDERS)
        scan = _look(home.root, position.scan) if is_to_look else ""
        reading = read_on(
            home.path(layout.JOURNAL), position.journal, position.byte, most=MOST_LINES
        )
        end, due = reading.end, dict[str, str]()
        if reading.entries or position.asked or position.is_owed:
            end, due = _kept(home, reading, position, now)
        entries = tuple(entry for entry in reading.entries if entry.end <= end)
        free = [place for place in due if not home.is_locked(_lock_of(place))]
        asked = {place: due[place] for place in free[:most_days]}
        position = Position(
            reading.journal, end, scan, asked, len(due) > len(asked), position.looked
        )
        position, left = _left_over(home, position, now)
    keys = {place: f"{place}:{key}" for place, key in asked.items()}
    refused = tuple(entry for entry in entries if entry.kind == REFUSED)
    return Noticed(position, {**left, **keys}, _by_place(entries), refused, is_watched)


def _look(root: Path, after: str) -> str:
    """Look on for a moment, as a watcher would; return where to go on."""
    with only_watcher(root) as is_alone:
        if not is_alone:  # a tick that overlaps with this one, or a watcher that hangs
            return after
        with closing(Journal(root / layout.JOURNAL)) as journal:
            looker = Looker(root, journal)
            return looker.look_on(after, LOOK_S)[1]


def _kept(
    home: Home, reading: Reading, position: Position, now: datetime
) -> tuple[int, dict[str, str]]:
    """Keep what was read; return up to where, and what is due."""
    end = reading.end
    home.root.mkdir(parents=True, exist_ok=True)
    with open_ledger(home) as ledger:
        ledger.arrivals.were_asked(position.asked)
        if reading.entries:
            end = ledger.arrivals.take(reading.journal, reading.start, reading.entries, now)
        return end, ledger.arrivals.due()


def _lock_of(place: str) -> str:
    """Name the lock of whoever works on a day, or on the drop folder.

    A day that is being exported gains files every second: a run for each tick would find it locked,
    and what the export still has to do.
    """
    return layout.INCOMING_LOCK if place == INCOMING else place


def _by_place(entries: Iterable[Entry]) -> dict[str, Arrived]:
    found: dict[str, Arrived] = {}
    for entry in entries:
        if entry.kind == ARRIVED:
            found.setdefault(entry.place, Arrived()).add(entry)
    return found


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
