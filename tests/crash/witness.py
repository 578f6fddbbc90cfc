"""Looks at a data directory from outside, at any moment, and knows what may be there."""

import hashlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.simulator.contents import extension_of
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.tables import read_rows
from tests.sealed import sealed_events
from tests.truth import Told, expected, held, truths

# What only a run under way may have: bytes that arrive, and files about to replace others.
_UNFINISHED = (".part", ".new", ".tmp")


@dataclass(frozen=True, slots=True)
class Source:
    """A file as the source has it."""

    size: int
    sha256: str


class Witness:
    """Compares a day's directory with the truth; what was right once has to stay as it was."""

    def __init__(self, simulator: Simulator, day: Day, data: Path) -> None:
        self.day = day
        self.data = data
        self._told = expected(truths(simulator, day))
        self._sources = dict(_sources(simulator, day, self._told))
        self._seen: dict[str, tuple[int, int, int]] = {}

    @property
    def size_bytes(self) -> int:
        """What the day's files have to bring from the source."""
        return sum(source.size for source in self._sources.values())

    @property
    def file_count(self) -> int:
        """How many files the day has."""
        return len(self._sources)

    def look(self) -> None:
        """Whenever a run has died: whatever has a final name is whole, right and here to stay."""
        found = dict(self._files())
        assert found.keys() <= self._sources.keys(), "a file that is not of the day"
        assert {n for n, was in self._seen.items() if found.get(n) != was} == set(), "changed"
        for name in found.keys() - self._seen.keys():
            assert _source(self.data / name) == self._sources[name], f"{name} is not whole"
        self._seen = found
        assert self._files_of_the_ledger() <= found.keys(), "the ledger knows what is not there"
        for table in self.data.glob("tables/*/date=*/[!.]*"):
            pq.ParquetFile(table).close()

    def look_at_the_end(self) -> None:
        """When a run has ended well: ledger, manifest and audit log are the truth.

        What is `left_behind` is for the test to say.
        """
        self.look()
        assert self._seen.keys() == self._sources.keys()
        assert self._files_of_the_ledger() == self._sources.keys()
        rows = read_rows(self.data / f"tables/audio_files/date={self.day}/part-0.parquet")
        manifest = {r["path"]: Source(r["size_bytes"], r["sha256"]) for r in rows if r["path"]}
        assert manifest == self._sources
        assert {r["recording_id"]: r["outcome"] for r in rows} == {
            id_: told.outcome for id_, told in self._told.items()
        }
        self._look_at_the_ledger()
        assert [p for p in self.data.glob("quarantine/**/*") if p.is_file()] == []

    def left_behind(self) -> list[str]:
        """Return the files that only a run under way may have."""
        found = [p for p in self.data.rglob("*") if p.is_file() and _is_unfinished(p)]
        return sorted(str(path.relative_to(self.data)) for path in found)

    def _look_at_the_ledger(self) -> None:
        with closing(sqlite3.connect(self.data / "ledger.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with closing(Ledger(self.data / "ledger.db")) as ledger:
            assert held(ledger, self.day) == self._told
            numbers = [event["seq"] for event in ledger.events.after(0, 10_000)]
        assert verify_audit(self.data, Keeping()).findings == ()
        events = sealed_events(self.data)
        assert [event["seq"] for event in events] == numbers
        ended = Counter(e["object_id"] for e in events if e["action"] == "recording.exported")
        exported = [id_ for id_, told in self._told.items() if told.outcome is Outcome.EXPORTED]
        assert ended == Counter(exported)

    def _files(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        for path in self.data.glob("audio/date=*/**/*"):
            if not path.is_dir():
                status = path.stat()
                identity = (status.st_ino, status.st_mtime_ns, status.st_size)
                yield str(path.relative_to(self.data)), identity

    def _files_of_the_ledger(self) -> set[str]:
        """Read a copy of the ledger as it was left: mending it is for the next run to do.

        SQLite cannot read it without mending when it died before it had a write-ahead log.
        """
        if not (self.data / "ledger.db").exists():
            return set()
        with TemporaryDirectory() as folder, closing(_copied(self.data, folder)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            rows = db.execute("SELECT path FROM files") if "files" in tables else ()
            return {name for (name,) in rows}


def _sources(simulator: Simulator, day: Day, told: dict[str, Told]) -> Iterator[tuple[str, Source]]:
    """Yield every file that is to be exported by its path, from what the source holds."""
    for call in simulator.world.calls(day.date):
        for recording in call.recordings:
            for number in range(1, told[recording.id].files + 1):
                content = simulator.media(recording.id, number)
                suffix = "" if number == 1 else f"-{number}"
                name = f"{recording.id}{suffix}.{extension_of(recording)}"
                path = f"audio/date={day}/{call.conversation_id}/{name}"
                yield path, Source(len(content), hashlib.sha256(content).hexdigest())


def _is_unfinished(path: Path) -> bool:
    return path.parent.name == ".parts" or path.name.endswith(_UNFINISHED)


def _source(path: Path) -> Source:
    content = path.read_bytes()
    return Source(len(content), hashlib.sha256(content).hexdigest())


def _copied(data: Path, folder: str) -> sqlite3.Connection:
    for path in data.glob("ledger.db*"):
        shutil.copy(path, folder)
    return sqlite3.connect(Path(folder, "ledger.db"))
