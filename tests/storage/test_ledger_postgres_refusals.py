"""The ledger in PostgreSQL: whatever the database refuses is a sentence, without a secret."""

import sys
import traceback
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_engine import writing
from tests.postgres import Server, refusal, why_not
from tests.storage.conftest import opened

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it is there")
DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)
IDS = [str(UUID(int=number)) for number in range(1, 7)]


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
