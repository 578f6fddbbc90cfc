"""What a ledger in PostgreSQL takes, next to one in a file.

Run it with ``python benchmarks/ledger.py [recordings]``: 3,200 by default, half a minute. The
database is a server of its own on this machine, with everything that makes a commit durable; of one
elsewhere, the way there comes on top, ten times a transaction.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID

from benchmarks.file_row import file_row
from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.standings import Listed, ListedConversation, Settlement
from recordings_pipeline.storage.ledger import Ledger
from tests.postgres import Server, serving, why_not

DAY, NOW = Day.from_key("2026-01-31"), datetime(2026, 2, 3, tzinfo=UTC)
DEFAULT_COUNT, GROUP, ROUNDS = 3_200, 32, 3


@dataclass(slots=True)
class Taken:
    """Seconds of each round, by what was done."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, what: str, act: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.wall.setdefault(what, []).append(time.perf_counter() - wall)
        self.cpu.setdefault(what, []).append(time.process_time() - cpu)


def main(count: int) -> None:
    """Write the same into both, in turns, and print the ratios."""
    if why := why_not():
        sys.exit(why)
    ways = {"file": Taken(), "database": Taken()}
    with serving(is_durable=True) as server:
        for _ in range(ROUNDS):
            for way, taken in ways.items():
                _round(server if way == "database" else None, taken, count)
    print(f"{'':34}{'file':>12}{'database':>12}{'wall':>8}{'our CPU':>9}")
    for what in ways["file"].wall:
        walls = [median(taken.wall[what]) for taken in ways.values()]
        cpus = [median(taken.cpu[what]) for taken in ways.values()]
        rates = "".join(f"{count / wall:10,.0f}/s" for wall in walls)
        ratios = f"{walls[1] / walls[0]:7.2f}x{cpus[1] / cpus[0]:8.2f}x"
        print(f"{what:34}{rates}{ratios}")


def _round(server: Server | None, taken: Taken, count: int) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ledger-", dir=_disk()))
        place = Place(Path(folder), server.new_url() if server else None)
        ledger = Ledger(place.root / layout.LEDGER, place.ledger_url)
        stack.enter_context(closing(ledger))
        ids = [str(UUID(int=number)) for number in range(count)]
        taken.measure("recordings listed", lambda: _list(ledger, ids))
        taken.measure(f"settled, {GROUP} a transaction", lambda: _settle(ledger, ids, GROUP))
        taken.measure("settled, 1 a transaction", lambda: _settle(ledger, ids, 1))
        taken.measure("rows of the manifest read", lambda: list(ledger.recordings.manifest(DAY)))
        taken.measure("recordings whose history is read", lambda: list(ledger.histories.of(DAY)))


def _disk() -> str | None:
    """Return where files are to be: memory would make a file look faster than it is."""
    return os.environ.get("RECORDINGS_DATA")


def _list(ledger: Ledger, ids: list[str]) -> None:
    for start in range(0, len(ids), 100):
        listed = []
        for id_ in ids[start : start + 100]:
            row = {"recording_id": id_, "communication_id": None}
            row |= {"media": "audio", "conversation_start_time": DAY.start}
            listed.append(Listed(row, Verdict(Outcome.DISCOVERED)))
        found = ListedConversation(ids[start], DAY.start, None, (), tuple(listed))
        ledger.listed(DAY, NOW, [found])


def _settle(ledger: Ledger, ids: list[str], group: int) -> None:
    verdict = Verdict(Outcome.EXPORTED, f"in groups of {group}")
    for start in range(0, len(ids), group):
        some = ids[start : start + group]
        ledger.settle_all(
            [Settlement(id_, verdict, None, (file_row(id_, NOW),)) for id_ in some], NOW
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_COUNT)
