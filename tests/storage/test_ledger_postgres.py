"""The ledger in PostgreSQL: what was committed is there, and two who write stay one truth."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.invariants.history import events_add_up
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_engine import open_engine, writing
from recordings_pipeline.storage.ledger_steps import STEPS
from recordings_pipeline.storage.ledger_tables import SCHEMA_VERSION
from tests.listing import conversation, discovered
from tests.postgres import Server, refusal, serving, variables, why_not
from tests.storage.conftest import opened
from tests.storage.test_ledger import file_of

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it is there")
DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)
IDS = [str(UUID(int=number)) for number in range(1, 7)]
# Tells of each transaction that it has ended, and stays in the middle of one if it is to.
WRITER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import ledger_url
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger import Ledger
from tests.listing import conversation, discovered
first, count = int(sys.argv[2]), int(sys.argv[3])
ledger = Ledger(Path(sys.argv[1]), ledger_url(os.environ))
now, day = datetime.now(UTC), Day.from_key("2026-01-31")

for number in range(first, first + count):
    id_ = f"{number:036}"
    ledger.listed(day, now, [conversation(id_, [discovered(id_)])])
    ledger.settle(id_, Verdict(Outcome.MISSING, "gone"), now)
    print(number, flush=True)
if len(sys.argv) > 4:
    from recordings_pipeline.storage.ledger_engine import writing
    from recordings_pipeline.storage.ledger_moves import list_recordings
    with writing(ledger._engine) as db:
        list_recordings(db, day, [conversation("x", [discovered("x")])], now)
        print("in the middle", flush=True)
        sys.stdin.read()
"""


def test_ids_are_in_the_order_of_their_bytes_however_the_database_sorts(
    url: Secret, tmp_path: Path
) -> None:
    ids = ["a", "B", "_", "1", "é", "Z", "-a"]
    with closing(opened(Place(tmp_path, url))) as ledger:
        ledger.listed(DAY, NOW, [conversation(id_, [discovered(id_)]) for id_ in ids])

        in_order = sorted(ids, key=str.encode)
        assert list(ledger.standings(DAY)) == in_order
        assert [one.recording_id for one in ledger.histories.of(DAY)] == in_order
        assert [id_ for id_, _ in ledger.stretches.of_day(DAY)] == in_order
        assert [row["recording_id"] for row in ledger.recordings.manifest(DAY)] == in_order


def test_long_texts_and_large_numbers_are_kept_as_they_are(url: Secret, tmp_path: Path) -> None:
    id_, size = "x" * 200, 5_000_000_000
    files = [{**file_of(id_, n, "a" * 64), "size_bytes": size} for n in (1, 2)]
    with closing(opened(Place(tmp_path, url))) as ledger:
        ledger.listed(DAY, NOW, [conversation(id_, [discovered(id_)])])
        ledger.settle(id_, Verdict(Outcome.EXPORTED), NOW, files=files)

        assert ledger.totals.sizes(DAY.date, DAY.date) == {DAY: 2 * size}
        assert type(ledger.totals.size(DAY)) is int
        assert ledger.archive.totals(DAY.date, DAY.date) == (2, 2 * size)
        assert [one.size_bytes for page in ledger.archive.pages(DAY) for one in page] == [size] * 2


def test_a_transaction_waits_for_lock_and_disk_whatever_the_server_s_settings_say(
    postgres: Server, url: Secret
) -> None:
    set_so = Secret(f"{url.reveal()}%20-cdefault_transaction_isolation%3Dserializable")
    names = ("synchronous_commit", "lock_timeout", "transaction_isolation")
    before = [postgres.run(set_so, f"SHOW {name}") for name in names]
    engine = open_engine(Path(), set_so)

    with writing(engine) as db:
        found = [db.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]

    engine.dispose()
    assert before == [[("off",)], [("0",)], [("serializable",)]]
    assert found == ["on", "30s", "read committed"]


def test_a_connection_that_is_lost_in_a_transaction_leaves_nothing_of_it(
    postgres: Server, url: Secret, engine: Engine
) -> None:
    ours = "application_name = 'recordings-pipeline'"
    named = [{"id": id_, "name": "a name", "asked_time": NOW} for id_ in IDS]

    def act() -> None:
        with writing(engine) as db:
            db.execute(insert(tables.names), named[0])
            postgres.run(
                url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"
            )
            db.execute(insert(tables.names), named[1])

    told = refusal(act)

    assert told.startswith("StorageFailed: the ledger in PostgreSQL could not be written: ")
    assert "connection" in told
    with writing(engine) as db:
        assert db.scalars(select(tables.names.c.id)).all() == []


def test_a_server_that_was_started_again_is_used_on(tmp_path: Path) -> None:
    with serving() as server, closing(opened(Place(tmp_path, server.new_url()))) as ledger:
        ledger.names.keep({IDS[0]: "a name"}, NOW)
        server.stop()
        told = refusal(ledger.names.all)
        server.start()

        assert "no server answers there" in told
        assert ledger.names.all() == {IDS[0]: "a name"}


@pytest.mark.slow
def test_a_writer_that_never_ends_is_waited_for_half_a_minute(url: Secret, engine: Engine) -> None:
    def act() -> None:
        with writing(engine):
            pass

    other = open_engine(Path(), url)
    with writing(other):
        told = refusal(act)
    other.dispose()

    assert "another process has been writing for 30 s" in told
    act()


def test_directory_and_database_stay_together(
    postgres: Server, url: Secret, tmp_path: Path
) -> None:
    mine, other = Place(tmp_path / "mine", url), Place(tmp_path / "other", url)
    for place in (mine, other):
        place.root.mkdir()
    opened(mine).close()
    opened(mine).close()
    away = replace(mine, ledger_url=postgres.new_url())

    assert "is not set, and the ledger of this directory is in PostgreSQL" in refusal(
        lambda: opened(replace(mine, ledger_url=None))
    )
    assert "leads to an empty database" in refusal(lambda: opened(away))
    assert "leads to the ledger of another directory" in refusal(lambda: opened(other))


def test_a_directory_with_a_file_for_a_ledger_keeps_it(url: Secret, tmp_path: Path) -> None:
    Ledger(tmp_path / layout.LEDGER).close()

    told = refusal(lambda: opened(Place(tmp_path, url)))

    assert "is set, and the directory has a ledger already (ledger.db)" in told
    Ledger(tmp_path / layout.LEDGER).close()


def test_a_ledger_of_an_older_version_is_brought_up_to_date(
    postgres: Server, url: Secret, tmp_path: Path
) -> None:
    place = Place(tmp_path, url)
    with closing(opened(place)) as ledger:
        ledger.listed(DAY, NOW, [conversation(IDS[0], [discovered(IDS[0])])])
    columns = "SELECT table_name, column_name, data_type, collation_name, is_nullable "
    columns += "FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2"
    before = postgres.run(url, columns)
    for step in STEPS:
        for column in step.columns:
            postgres.run(url, f"ALTER TABLE {column.table} DROP COLUMN {column.name}")
    postgres.run(url, "UPDATE facts SET value = '1' WHERE name = 'schema_version'")

    with closing(opened(place)) as ledger:
        (row,) = ledger.index_rows(DAY)
        (event,) = ledger.events.after(0, 10)
    assert postgres.run(url, columns) == before
    assert row["recording_id"] == event["object_id"] == IDS[0]
    assert postgres.run(url, "SELECT value FROM facts WHERE name = 'schema_version'") == [
        (SCHEMA_VERSION,)
    ]


def test_a_ledger_of_a_later_version_is_refused(
    postgres: Server, url: Secret, tmp_path: Path
) -> None:
    opened(Place(tmp_path, url)).close()
    postgres.run(url, "UPDATE facts SET value = '999' WHERE name = 'schema_version'")

    assert "was written by another version" in refusal(lambda: opened(Place(tmp_path, url)))


def test_a_process_that_is_killed_in_a_transaction_leaves_those_before_and_no_lock(
    url: Secret, tmp_path: Path
) -> None:
    place = Place(tmp_path, url)
    with writer(place, 1, 3, "and stop") as process:
        for line in process.stdout or ():
            if line == "in the middle\n":
                break
        process.send_signal(signal.SIGKILL)

    with closing(opened(place)) as ledger:
        ledger.listed(DAY, NOW, [conversation("z", [discovered("z")])])
        assert list(ledger.standings(DAY)) == [f"{number:036}" for number in (1, 2, 3)] + ["z"]
        assert list(events_add_up(ledger.histories.of(DAY))) == []
        assert len(ledger.events.after(0, 100)) == 7


@pytest.mark.slow
def test_whoever_reads_events_on_misses_none_of_two_writers(url: Secret, tmp_path: Path) -> None:
    place, count = Place(tmp_path, url), 300
    seen: list[int] = []
    with (
        closing(opened(place)) as ledger,
        writer(place, 0, count) as one,
        writer(place, count, count) as other,
    ):
        while True:
            is_over = one.poll() == other.poll() == 0
            seen += [row["seq"] for row in ledger.events.after(seen[-1] if seen else 0, 10_000)]
            if is_over:
                break

        assert len(seen) == len(ledger.events.after(0, 10_000)) == 4 * count
        assert list(events_add_up(ledger.histories.of(DAY))) == []


def writer(place: Place, first: int, count: int, *more: str) -> "subprocess.Popen[str]":
    """Start a process that writes, and tells of each transaction."""
    path = place.root / layout.LEDGER
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(count), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if more else subprocess.DEVNULL,
        text=True,
        env={**os.environ, **variables(place.ledger_url)},
    )
