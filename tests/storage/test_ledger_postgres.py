"""The ledger in PostgreSQL: what the database refuses is a sentence, and two stay one truth."""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import RecordingsError
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
from tests.postgres import PASSWORD, Server, serving, variables, why_not
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


@pytest.fixture
def url(postgres: Server) -> Secret:
    return postgres.new_url()


@pytest.fixture
def engine(url: Secret, tmp_path: Path) -> Generator[Engine]:
    """The engine of a ledger with its tables."""
    opened(Place(tmp_path, url)).close()
    found = open_engine(tmp_path / layout.LEDGER, url)
    yield found
    found.dispose()


def refusal(act: Callable[[], object]) -> str:
    """Return what is said, and make sure that nothing of it is the password."""
    with pytest.raises(RecordingsError) as refused:
        act()
    told = "".join(traceback.format_exception(refused.value))
    assert not any(word in told for word in (PASSWORD, "pass%40", "second"))
    return f"{type(refused.value).__name__}: {refused.value}"


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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong"}, "ConfigurationError: RECORDINGS_LEDGER_URL is refused: check user"),
        ({"user": "nobody"}, "ConfigurationError: RECORDINGS_LEDGER_URL is refused: check user"),
        ({"database": "none"}, "ConfigurationError: RECORDINGS_LEDGER_URL is refused: check user"),
    ],
    ids=["wrong password", "unknown user", "no such database"],
)
def test_a_server_that_does_not_let_us_in_is_a_sentence(
    postgres: Server, tmp_path: Path, change: dict[str, str], told: str
) -> None:
    address = postgres.url(**change)

    assert refusal(lambda: Ledger(tmp_path / layout.LEDGER, address)).startswith(told)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:pass%40word@/db?host=/nowhere",
        "postgresql://u:pass%40word@127.0.0.1:1/db",
        "postgresql://u:pass@word.invalid/db",
    ],
)
def test_a_server_that_does_not_answer_is_a_sentence(address: str, tmp_path: Path) -> None:
    told = refusal(lambda: Ledger(tmp_path / layout.LEDGER, Secret(address)))

    assert told.startswith(
        "StorageFailed: the ledger in PostgreSQL could not be written: no server"
    )


def test_a_password_that_is_not_escaped_is_not_told_as_a_part_of_the_host(tmp_path: Path) -> None:
    address = Secret("postgresql://u:first@second@third.invalid/db")

    told = refusal(lambda: Ledger(tmp_path / layout.LEDGER, address))

    assert not any(word in told for word in ("first", "second", "third"))


def test_without_the_driver_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    told = refusal(lambda: Ledger(tmp_path / layout.LEDGER, Secret("postgresql:///db")))

    assert told.startswith("ConfigurationError: RECORDINGS_LEDGER_URL is set, and its extra is not")
    assert told.endswith("pip install 'recordings-pipeline[postgres]'")


def test_an_address_that_nobody_can_read_is_a_sentence(tmp_path: Path) -> None:
    address = Secret("postgresql://u:pass%40word@host:port/db")

    told = refusal(lambda: Ledger(tmp_path / layout.LEDGER, address))

    assert told == "ConfigurationError: RECORDINGS_LEDGER_URL is no address that could be read"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("53100", "the server's disk is full; free space on it"),
        ("53300", "too many connections; raise max_connections"),
        ("25006", "the database is read-only; name the primary server"),
        ("42501", "permission denied; grant its user"),
        ("55P03", "another process has been writing for 30 s; look for one that hangs"),
        ("57014", "the server cancelled it; check"),
        ("40P01", "the server broke off the transaction; run"),
        ("58030", "the server could not read or write its files; check"),
        ("XX001", "the database is damaged; check"),
        ("22P05", "its encoding lacks a character; use"),
        ("22021", "a text holds what the database cannot; report"),
    ],
)
def test_what_the_server_refuses_is_a_sentence(engine: Engine, state: str, told: str) -> None:
    def act() -> None:
        with writing(engine) as db:
            raised = f"RAISE EXCEPTION 'of +49 30 123' USING ERRCODE = '{state}'"
            db.exec_driver_sql(f"DO $$ BEGIN {raised}; END $$")

    assert f"the ledger in PostgreSQL could not be written: {told}" in refusal(act)


def test_who_may_not_make_tables_is_told_what_to_grant(
    postgres: Server, url: Secret, tmp_path: Path
) -> None:
    postgres.run(url, "CREATE ROLE reader LOGIN PASSWORD 'pass@word/of:tests'")
    ((schema,),) = postgres.run(url, "SELECT current_schema()")
    postgres.run(url, f"GRANT USAGE ON SCHEMA {schema} TO reader")
    address = postgres.url(schema, user="reader")

    assert "grant its user CREATE on the schema" in refusal(
        lambda: Ledger(tmp_path / layout.LEDGER, address)
    )
    assert not (tmp_path / layout.LEDGER_MARK).exists()


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


def test_a_text_that_postgresql_cannot_hold_is_a_sentence(url: Secret, tmp_path: Path) -> None:
    with closing(opened(Place(tmp_path, url))) as ledger:
        told = refusal(lambda: ledger.names.keep({IDS[0]: "a\0name"}, NOW))

        assert "a text holds what the database cannot" in told


def test_the_error_of_a_statement_does_not_show_its_values(engine: Engine) -> None:
    row = {"id": IDS[0], "name": "+49 30 123", "asked_time": NOW}
    with writing(engine) as db:
        db.execute(insert(tables.names), row)
    with pytest.raises(IntegrityError) as refused, writing(engine) as db:
        db.execute(insert(tables.names), row)

    assert "+49 30 123" not in "".join(traceback.format_exception(refused.value))


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
