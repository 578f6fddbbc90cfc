"""A ledger of any version that was ever written becomes one of today, or stays what it was."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError, StorageFailed
from recordings_pipeline.core.invariants.history import events_add_up
from recordings_pipeline.core.model import Outcome, TranscriptState, Verdict
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_steps import STEPS
from recordings_pipeline.storage.ledger_tables import SCHEMA_VERSION
from tests.conftest import largest_file
from tests.trust_results import record

LEDGERS = Path(__file__).parent / "ledgers"
DAY = Day.from_key("2026-01-31")
ID = "11111111-1111-4111-8111-111111111111"
START = datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)
NOW = datetime(2026, 2, 3, tzinfo=UTC)
VERSIONS = ["1", *(step.version for step in STEPS[:-1])]


def written(version: str, path: Path) -> Path:
    """Write the ledger that an older version left."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript((LEDGERS / f"version-{version}.sql").read_text())
    return path


def shape(path: Path) -> dict[str, set[tuple[str, str, int]]]:
    """Return the columns of every table: names, types, whether they may be null; and indexes."""
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: {
                *((c[1], c[2], c[3]) for c in db.execute(f"PRAGMA table_info({name})")),
                *((i[1], "index", i[2]) for i in db.execute(f"PRAGMA index_list({name})")),
            }
            for (name,) in tables
        }


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_ledger_is_brought_up_to_date_and_keeps_what_it_knew(
    version: str, tmp_path: Path
) -> None:
    path = written(version, tmp_path / "ledger.db")
    Ledger(tmp_path / "new.db").close()

    with closing(Ledger(path)) as ledger:
        (standing,) = ledger.standings(DAY).values()
        (row,) = ledger.index_rows(DAY)
        (file,) = ledger.files(DAY)[ID]
        assert standing.verdict == Verdict(Outcome.EXPORTED)
        assert row["conversation_start_time"] == START
        assert (file["size_bytes"], file["codec"]) == (3, None)
        assert [event["outcome"] for event in ledger.events.after(0, 10_000)] == [
            "discovered",
            "exported",
        ]
        (transcript,) = ledger.transcripts.of_day(DAY).values()
        assert (transcript.state, transcript.failures) == (TranscriptState.FETCHED, 0)
        ledger.settle(ID, Verdict(Outcome.DISCOVERED, "its file was removed"), NOW)
        assert list(events_add_up(ledger.histories.of(DAY))) == []

    assert shape(path) == shape(tmp_path / "new.db")
    record("migrations", f"version {version}", "passed", f"to version {SCHEMA_VERSION}")


def test_the_start_of_a_conversation_comes_out_of_its_row(tmp_path: Path) -> None:
    path = written("1", tmp_path / "ledger.db")
    Ledger(path).close()

    with closing(sqlite3.connect(path)) as db:
        (found,) = db.execute("SELECT start_time FROM recordings").fetchone()

    assert found == "2026-01-31T12:00:00.500000+00:00"


def test_a_step_that_fails_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path = written("1", tmp_path / "ledger.db")
    before = shape(path)

    with largest_file(path.stat().st_size // 2), pytest.raises(StorageFailed):
        Ledger(path)

    assert shape(path) == before
    Ledger(path).close()


def test_a_ledger_of_a_later_version_is_refused_and_stays_untouched(tmp_path: Path) -> None:
    path = written("3", tmp_path / "ledger.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE facts SET value = '999'")
    before = shape(path)

    with pytest.raises(ConfigurationError, match="was written by another version"):
        Ledger(path)

    assert shape(path)["recordings"] == before["recordings"]


def test_every_version_has_a_step_and_every_step_a_ledger_to_be_tested_with() -> None:
    found = sorted(re.findall(r"\d+", path.name)[0] for path in LEDGERS.glob("*.sql"))

    assert [step.version for step in STEPS][-1] == SCHEMA_VERSION
    assert found == sorted(VERSIONS)
