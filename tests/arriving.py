"""Files that arrived as a watcher says, and the ticks that read it."""

import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import arrival_id
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.sensors import export_directory_sensor
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.watch.heartbeat import Heartbeat
from recordings_pipeline.watch.journal import Journal, entry_of
from tests.watching import journal_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def watched(root: Path) -> Path:
    """Let a watcher live in a data directory."""
    (root / "watch").mkdir()
    Heartbeat(root).beat(journaled=0, growing=0)
    return root


def name(day: int, number: int = 0) -> str:
    return f"audio/date={FIRST + timedelta(days=day)}/c/{number}.wav"


def journaled(root: Path, names: Iterable[str], reason: str = "") -> None:
    """Write into the journal what a watcher would."""
    Home(root).prepare()
    journal = Journal(journal_of(root))
    journal.append(
        entry_of(one, 1_000_000, NOW + timedelta(seconds=n), id_=arrival_id(one, n, 0),
                 reason=reason)
        for n, one in enumerate(names)
    )  # fmt: skip
    journal.close()


def tick(root: Path, cursor: str | None = None) -> dg.SensorResult:
    organization = Organization(recordings_data=str(root))
    context = dg.build_sensor_context(resources={"organization": organization}, cursor=cursor)
    result = export_directory_sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def asked(result: dg.SensorResult) -> list[str | None]:
    """Return the partitions of the runs that were requested; None is an ingest."""
    return [request.partition_key for request in requests(result)]


def requests(result: dg.SensorResult) -> list[dg.RunRequest]:
    return [request for request in result.run_requests or () if isinstance(request, dg.RunRequest)]


def keys(result: dg.SensorResult) -> list[str | None]:
    return [request.run_key for request in requests(result)]


def told(root: Path, action: str = "file_created") -> list[str]:
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        events = ledger.events.between(1, sys.maxsize)
        return [event["reason"] for event in events if event["action"] == action]


def day(number: int) -> str:
    return str(FIRST + timedelta(days=number))
