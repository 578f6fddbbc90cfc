"""What the audit log costs: events committed with their state, sealed, verified, as a table.

Run it with ``python benchmarks/audit.py [folder]``; it ends with 1 when a target is missed. Events
are those of recordings that change their outcome, in the ledger's own transactions, synced to the
folder's disk. Beside it runs the plainest log there is, which promises less: a line of JSON in a
file that all share, under a lock, synced each. Rounds take turns; the best of each counts.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from benchmarks.file_row import file_row
from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Listed, ListedConversation, Settlement
from recordings_pipeline.stages.audit import publish_audit, verify_audit
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.audit.sealing import seal
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_engine import open_engine, writing

DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)
PROCESSES, EACH, GROUP, ROUNDS = (1, 4), 640, 32, 3
MANY, TARGET_S = 100_000, 10.0
PLAIN_LINE = {"event": "download_completed", "size_bytes": 1, "sha256": "a" * 64}


def main(folder: str | None) -> None:
    """Measure, print a table, and say whether the targets are met."""
    with tempfile.TemporaryDirectory(prefix="audit-", dir=folder) as name:
        for count in PROCESSES:
            _print_rates(Path(name), count)
        is_met = _measure_many(Path(name) / "many")
    print(f"target of {MANY:,} events verified in {TARGET_S:.0f} s: {'yes' if is_met else 'NO'}")
    sys.exit(0 if is_met else 1)


def _print_rates(folder: Path, processes: int) -> None:
    """Print durable events a second, by the best of the rounds."""
    rates: dict[str, float] = {}
    for number in range(ROUNDS):
        for way in ("plain", "1", str(GROUP)):
            root = folder / f"{processes}-{number}-{way}"
            rates[way] = max(rates.get(way, 0), _rate(root, processes, way))
    name = f"{processes} processes" if processes > 1 else "1 process"
    _row(f"{name}: a line and a sync each, events/s", rates["plain"])
    _row(f"{name}: state and event, each alone, events/s", rates["1"])
    _row(f"{name}: state and event, {GROUP} at once, events/s", rates[str(GROUP)])
    print(f"{'ratio, each alone':<56}{rates['1'] / rates['plain']:>12.2f}")


def _rate(root: Path, processes: int, way: str) -> float:
    _list(root, processes * EACH)
    children = [
        subprocess.Popen(  # noqa: S603 (ourselves)
            [sys.executable, __file__, "--child", str(root), str(number), way],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(processes)
    ]
    for child in children:
        child.stdout.readline()  # type: ignore[union-attr]
    started = time.perf_counter()
    for child in children:
        child.stdin.close()  # type: ignore[union-attr]
    codes = [child.wait() for child in children]
    taken_s = time.perf_counter() - started
    if any(codes):
        sys.exit("a process has failed")
    return processes * EACH / taken_s


def _child(root: Path, number: int, way: str) -> None:
    """Tell `EACH` events, once the others are ready as well."""
    ids = [str(UUID(int=n)) for n in range(number * EACH, (number + 1) * EACH)]
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        print("ready", flush=True)
        sys.stdin.read()
        if way == "plain":
            _plain(root / "plain.jsonl")
            return
        verdict = Verdict(Outcome.MISSING, "deleted at the source")
        for start in range(0, EACH, int(way)):
            some = [Settlement(id_, verdict, None, ()) for id_ in ids[start : start + int(way)]]
            ledger.settle_all(some, NOW)


def _plain(path: Path) -> None:
    line = json.dumps(PLAIN_LINE).encode() + b"\n"
    with path.open("ab", buffering=0) as file:
        for _ in range(EACH):
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(line)
            os.fdatasync(file.fileno())
            fcntl.flock(file, fcntl.LOCK_UN)


def _list(root: Path, count: int) -> None:
    root.mkdir()
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        listed = []
        for number in range(count):
            row = {"recording_id": str(UUID(int=number)), "communication_id": None}
            row |= {"media": "audio", "conversation_start_time": DAY.start}
            listed.append(Listed(row, Verdict(Outcome.DISCOVERED)))
        id_ = str(UUID(int=0))
        ledger.listed(DAY, NOW, [ListedConversation(id_, DAY.start, None, (), tuple(listed))])


def _measure_many(root: Path) -> bool:
    """Seal, verify and publish many events; return whether verifying was fast enough."""
    home, keeping = Home(root), Keeping(root.with_name("key.pem"))
    root.mkdir()
    home.prepare()
    _make_many(root)
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        sealing_s = _seconds(lambda: seal(home, ledger.events, keeping, NOW))
    size = sum(path.stat().st_size for path in (root / layout.AUDIT_SEGMENTS).iterdir())
    verify_s = min(_seconds(lambda: _verify(root, keeping)) for _ in range(ROUNDS))
    export_s = _seconds(lambda: list(publish_audit(root, Span())))
    _row(f"{MANY:,} events: sealed, events/s", MANY / sealing_s)
    _row(f"{MANY:,} events: bytes each in the log", size / MANY)
    _row(f"{MANY:,} events: verified, events/s", MANY / verify_s)
    _row(f"{MANY:,} events: as a table, events/s", MANY / export_s)
    print(f"{f'{MANY:,} events: verified with the ledger, seconds':<56}{verify_s:>12.2f}")
    return verify_s < TARGET_S


def _make_many(root: Path) -> None:
    """Put recordings with one event each into a ledger, without the time that takes in earnest."""
    Ledger(root / layout.LEDGER).close()
    engine = open_engine(root / layout.LEDGER)
    told = {"outcome": "exported", "day": DAY.key}
    with writing(engine) as db:
        for start in range(0, MANY, GROUP * 100):
            numbers = range(start, min(start + GROUP * 100, MANY))
            ids = [str(UUID(int=number)) for number in numbers]
            common = {"conversation_id": ids[0], **told}
            rows = {**common, "start_time": DAY.start, "row": "{}", "attempt": 1}
            db.execute(tables.recordings.insert(), [{**rows, "recording_id": i} for i in ids])
            files = [file_row(i, NOW) for i in ids]
            db.execute(tables.files.insert(), files)
            event = {**common, "event_time": NOW, "action": "recording.exported"}
            event |= {name: files[0][name] for name in ("size_bytes", "sha256")}
            named = [{"event_id": f"{i}/1/recording.exported", "object_id": i} for i in ids]
            db.execute(tables.events.insert(), [event | name for name in named])
    engine.dispose()


def _verify(root: Path, keeping: Keeping) -> None:
    found = verify_audit(root, keeping)
    if found.findings or found.event_count != MANY:
        sys.exit(f"{found.event_count} of {MANY} events verified: {found.findings[:3]}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(name: str, value: float) -> None:
    print(f"{name:<56}{value:>12,.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else None)
