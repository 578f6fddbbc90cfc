"""The ledger in a PostgreSQL database, for several hosts."""

import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from recordings_pipeline.core.errors import ConfigurationError, RecordingsError, StorageFailed
from recordings_pipeline.core.secrets import LEDGER_URL, Secret
from recordings_pipeline.storage.extras import require_psycopg
from recordings_pipeline.storage.ledger_kind import Kind

_NAME = "the ledger in PostgreSQL"
LOCK_TIMEOUT_S = 30
# One of ours, for the database: locks of other databases of the server are others.
WRITERS_LOCK = 7_305_790_152_116_464_743
# One question, so that a transaction costs one more round trip than it has to. From left to right:
# the wait for the lock is bounded already. A commit is on the server's disk when it returns,
# whatever the server's settings say; a host that falls silent does not hold the lock for good.
_BEGIN_WRITING = (
    f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT_S}s', true), "
    "set_config('synchronous_commit', 'on', true), "
    "set_config('idle_in_transaction_session_timeout', '5min', true), "
    f"pg_advisory_xact_lock({WRITERS_LOCK})"
)
# An address may say otherwise. Without them a host that is cut off waits for two hours.
_CONNECTING = {
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "application_name": "recordings-pipeline",
}
_PERSONAL = ("recordings", "conversations", "files", "gaps", "transcripts", "orphans", "raw_seals")

_CHECK_SERVER = "check the database server, then run the day again"
_GRANT = "grant its user CREATE on the schema, and all rights on the tables, then run the day again"
# Five characters, of which the first two are a class (PostgreSQL, appendix A).
_REFUSED = {
    "22021": ("a text holds what the database cannot", "report it with the log of the server"),
    "22P05": ("its encoding lacks a character", "use a database that was made with UTF8"),
    "25006": ("the database is read-only", "name the primary server in the address"),
    "42501": ("permission denied", _GRANT),
    "53100": ("the server's disk is full", "free space on it, then run the day again"),
    "53300": ("too many connections", "raise max_connections, then run the day again"),
    "55P03": (
        f"another process has been writing for {LOCK_TIMEOUT_S} s",
        "look for one that hangs, then run the day again",
    ),
    "57014": ("the server cancelled it", _CHECK_SERVER),
    "3F000": ("there is no schema to make tables in", _GRANT),
}
_CLASSES = {
    "08": ("the connection was lost", _CHECK_SERVER),
    "40": ("the server broke off the transaction", "run the day again"),
    "53": ("the server lacks a resource", _CHECK_SERVER),
    "57": ("the server broke off the connection", _CHECK_SERVER),
    "58": ("the server could not read or write its files", _CHECK_SERVER),
    "XX": ("the database is damaged", _CHECK_SERVER),
}
# What the driver says when no server has answered; whatever else it says is about the address.
_NO_ANSWER = re.compile(
    r"refused|timeout|timed out|resolve|translate host|unreachable|no route|No such file|"
    r"starting up|shutting down|too many (clients|connections)|recovery|closed the connection",
    re.IGNORECASE,
)


def open_postgres(address: Secret, options: dict[str, Any]) -> Engine:
    """Make an engine; nothing connects before it is used.

    Raises:
        ConfigurationError: The address makes no sense, or the driver is not installed.
    """
    require_psycopg()
    try:
        url = make_url(address.reveal()).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise ConfigurationError(LEDGER_URL, "is no address that could be read") from None
    given = {name: value for name, value in _CONNECTING.items() if name not in url.query}
    return create_engine(
        url,
        execution_options=options,
        connect_args=given,
        hide_parameters=True,
        # Whatever the server's default: another one would have a writer see what was there before
        # he had the lock.
        isolation_level="READ COMMITTED",
        # Downloads may take longer than a firewall keeps a silent connection.
        pool_pre_ping=True,
    )


def _opening(_path: Path) -> AbstractContextManager[None]:
    """Leave it to the lock of writers: tables are made in a transaction."""
    return nullcontext()


def _failure(_engine: Engine, error: BaseException) -> RecordingsError | None:
    """Say what happened in our words: those of the driver may hold the address, or a row."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if cause is None:
        return None
    state = getattr(cause, "sqlstate", None) or ""
    if refused := _REFUSED.get(state) or _CLASSES.get(state[:2]):
        return StorageFailed(_NAME, *refused)
    if state.startswith(("28", "3D")) or (
        not state and isinstance(error, OperationalError | InterfaceError)
    ):
        return _without_connection(error, str(cause))
    if not state and "NUL" in str(cause):
        return StorageFailed(_NAME, *_REFUSED["22021"])
    return None


def _without_connection(error: BaseException, text: str) -> RecordingsError:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return StorageFailed(_NAME, *_CLASSES["08"])
    if _NO_ANSWER.search(text):
        return StorageFailed(_NAME, "no server answers there", _CHECK_SERVER)
    problem = "is refused: check user, password, database, TLS and the server's pg_hba.conf"
    return ConfigurationError(LEDGER_URL, problem)


def _forget_replaced(engine: Engine) -> None:
    """Clear old versions of rows out of the tables that tell of people.

    The server's log and its backups are out of reach, and so is what it does with free space.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql(f"VACUUM {', '.join(_PERSONAL)}")


def _name(engine: Engine) -> tuple[str, str]:
    settings = "current_setting('server_version'), current_database(), current_setting('fsync')"
    with engine.connect() as db:
        version, name, fsync = db.exec_driver_sql(f"SELECT {settings}").one()
    risk = "" if fsync == "on" else "fsync is off"
    return f"PostgreSQL {version.split()[0]}, database {name}", risk


POSTGRES = Kind(
    is_local=False,
    insert=insert,
    begin_writing=_BEGIN_WRITING,
    begin_snapshot="SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    opening=_opening,
    failure=_failure,
    forget_replaced=_forget_replaced,
    name=_name,
)
