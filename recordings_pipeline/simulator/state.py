"""What the processes of one simulator share: counters, tokens, jobs, and later changes.

A SQLite file in a directory of its own; 20 microseconds a transaction here, so that it is no
bottleneck. Nothing in it outlives the simulator.
"""

import fcntl
import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WINDOW_S = 60.0
_TABLES = """
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens
    (token TEXT PRIMARY KEY, client TEXT NOT NULL, ends REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS windows
    (client TEXT PRIMARY KEY, began REAL NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs
    (id TEXT PRIMARY KEY, kind TEXT NOT NULL, client TEXT NOT NULL, body TEXT NOT NULL,
     polls INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes
    (kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hits
    (fault TEXT NOT NULL, object TEXT NOT NULL, times INTEGER NOT NULL,
     PRIMARY KEY (fault, object)) WITHOUT ROWID;
"""
_REVISION = "revision"
_ADD = (
    "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?2 "
    "RETURNING value"
)
_COUNT_WINDOW = (
    "INSERT INTO windows VALUES (?1, ?2, 1) ON CONFLICT (client) DO UPDATE SET "
    "used = CASE WHEN ?2 - began >= ?3 THEN 1 ELSE used + 1 END, "
    "began = CASE WHEN ?2 - began >= ?3 THEN ?2 ELSE began END RETURNING began, used"
)
_START_ANEW = (
    "INSERT OR REPLACE INTO counters SELECT 'until plan' || substr(name, 6), value "
    "FROM counters WHERE name LIKE 'route %'"
)
_HIT = (
    "INSERT INTO hits VALUES (?1, ?2, 1) ON CONFLICT (fault, object) "
    "DO UPDATE SET times = times + 1 WHERE times < ?3"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One request, counted.

    Attributes:
        number: How many requests its route has had under this plan, this one included.
        client: Whom the token belongs to; None for a token that is unknown or over.
        used: Requests of the client in its window, this one included.
        began: Monotonic instant, in seconds, at which the window began.
        revision: Number of changes to notes so far.
    """

    number: int
    client: str | None
    used: int
    began: float
    revision: int


@dataclass(slots=True)
class Job:
    """Something asked for once and read later."""

    id: str
    kind: str
    client: str
    body: dict[str, Any]
    polls: int


class State:
    """Shared state; any thread or process may use it, each process opening the file."""

    def __init__(self, folder: Path, window_s: float = WINDOW_S) -> None:
        self.folder = folder
        self.window_s = window_s
        self._mutex = threading.Lock()
        self._pending: dict[str, int] = {}
        # Waiting in the kernel's queue; SQLite's own busy handler sleeps up to 100 ms.
        self._lock = (folder / "lock").open("w")
        self._db = sqlite3.connect(
            folder / "state.db", isolation_level=None, check_same_thread=False
        )
        with self._locked():
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()
        self._lock.close()

    def turn(self, route: str, token: str | None, now: float) -> Turn:
        """Count a request; one without a token belongs to no client's window."""
        with self._writing() as db:
            pending, self._pending = self._pending, {}
            for name, amount in pending.items():
                self._add(db, name, amount)
            number = self._add(db, f"route {route}", 1) - self._value(db, f"until plan {route}")
            client, used, began = None, 0, now
            if token is not None:
                self._add(db, "api_requests", 1)
                found = db.execute("SELECT client, ends FROM tokens WHERE token = ?", (token,))
                client, ends = found.fetchone() or (None, 0.0)
                client = client if ends > now else None
            if client is not None:
                began, used = db.execute(_COUNT_WINDOW, (client, now, self.window_s)).fetchone()
            return Turn(number, client, used, began, self._value(db, _REVISION))

    def window(self, client: str, now: float) -> tuple[int, float] | None:
        """Return requests and seconds left of a client's window; None when none is open."""
        sql = "SELECT began, used FROM windows WHERE client = ?"
        with self._locked():
            row = self._db.execute(sql, (client,)).fetchone()
        if row is None or now - row[0] >= self.window_s:
            return None
        return int(row[1]), float(row[0]) + self.window_s - now

    def add(self, amounts: Mapping[str, int]) -> dict[str, int]:
        """Add to counters and return their new values."""
        with self._writing() as db:
            return {name: self._add(db, name, amount) for name, amount in amounts.items()}

    def count_later(self, name: str) -> None:
        """Count something with this process's next turn: cheap, and a moment late."""
        with self._mutex:
            self._pending[name] = self._pending.get(name, 0) + 1

    def times_hit(self, fault: str, key: str) -> int:
        """Return how often a fault has hit an object."""
        sql = "SELECT times FROM hits WHERE fault = ? AND object = ?"
        with self._locked():
            row = self._db.execute(sql, (fault, key)).fetchone()
        return int(row[0]) if row else 0

    def fire(self, fault: str, key: str, most: int) -> bool:
        """Count that a fault hits an object, unless it has done so often enough; 0 for never."""
        with self._writing() as db:
            if most and not db.execute(_HIT, (fault, key, most)).rowcount:
                return False
            self._add(db, f"fault {fault}", 1)
            return True

    def counters(self) -> dict[str, int]:
        """Return every counter."""
        with self._locked():
            return dict(self._db.execute("SELECT name, value FROM counters ORDER BY name"))

    def keep_token(self, token: str, client: str, ends: float) -> None:
        """Accept a token until a monotonic instant."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", (token, client, ends))

    def revoke(self, token: str | None = None) -> None:
        """Accept a token no more; without one, none of those given out so far."""
        with self._writing() as db:
            db.execute("DELETE FROM tokens WHERE ?1 IS NULL OR token = ?1", (token,))

    def keep_job(self, job: Job) -> None:
        """Keep, or replace, a job."""
        row = (job.id, job.kind, job.client, json.dumps(job.body), job.polls)
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?)", row)

    def polled(self, kind: str, job_id: str, polls: int = 1) -> Job | None:
        """Return a job after counting a poll of it; None for an unknown one."""
        sql = "UPDATE jobs SET polls = polls + ? WHERE id = ? AND kind = ? RETURNING *"
        with self._writing() as db:
            return _job(db.execute(sql, (polls, job_id, kind)).fetchone())

    def jobs(self, kind: str) -> list[Job]:
        """Return all jobs of a kind, by id."""
        with self._locked():
            rows = self._db.execute("SELECT * FROM jobs WHERE kind = ? ORDER BY id", (kind,))
            return [job for row in rows.fetchall() if (job := _job(row)) is not None]

    def forget_job(self, job_id: str) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def note(self, kind: str, notes: Mapping[str, object], *, is_plan: bool = False) -> None:
        """Change what every process has to know; a new plan starts counting anew."""
        rows = [(kind, name, json.dumps(body)) for name, body in notes.items()]
        with self._writing() as db:
            if is_plan:
                db.execute("DELETE FROM notes WHERE kind = ?", (kind,))
                db.execute("DELETE FROM hits")
                db.execute(_START_ANEW)
            db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", rows)
            self._add(db, _REVISION, 1)

    def revision(self) -> int:
        """Return the number of changes to notes so far."""
        with self._locked():
            return self._value(self._db, _REVISION)

    def notes(self) -> tuple[int, dict[str, dict[str, Any]]]:
        """Return the number of changes so far, and the notes by kind and name."""
        found: dict[str, dict[str, Any]] = {}
        with self._writing() as db:
            for kind, name, body in db.execute("SELECT * FROM notes ORDER BY kind, name"):
                found.setdefault(kind, {})[name] = json.loads(body)
            return self._value(db, _REVISION), found

    def _add(self, db: sqlite3.Connection, name: str, amount: int) -> int:
        return int(db.execute(_ADD, (name, amount)).fetchone()[0])

    def _value(self, db: sqlite3.Connection, name: str) -> int:
        row = db.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _locked(self) -> Generator[None]:
        with self._mutex:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._locked():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _job(row: Iterable[Any] | None) -> Job | None:
    if row is None:
        return None
    job_id, kind, client, body, polls = row
    return Job(job_id, kind, client, json.loads(body), polls)
