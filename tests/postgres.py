"""A PostgreSQL server of the tests' own: a new one, in a directory that goes with them.

It sorts text as people do, so that whoever relies on the order of bytes has to ask for it, and its
password has what an address has to escape.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.secrets import LEDGER_URL, Secret

PASSWORD = "pass@word/of:tests"
_USER = "recordings"
_DEBIAN = Path("/usr/lib/postgresql")
# What a test loses by a power cut is nobody's.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


def programs() -> Path | None:
    """Return where PostgreSQL's programs are; Debian keeps them off the path."""
    named = shutil.which("initdb")
    found = [Path(named).resolve().parent] if named else []
    found += sorted(_DEBIAN.glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "pg_isready").exists()), None)


def why_not() -> str:
    """Say why there is no server to test with; nothing when there is."""
    if programs() is None:
        return "PostgreSQL is not installed"
    return "" if find_spec("psycopg") else "the extra [postgres] is not installed"


def _somebody() -> dict[str, Any]:
    """Return who runs the server: it refuses to be root's."""
    if os.geteuid():
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    chosen = names.get("postgres") or names["nobody"]
    return {"user": chosen.pw_uid, "group": chosen.pw_gid, "extra_groups": []}


class Server:
    """A server that listens on a socket in its directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs = programs() or Path()
        self._who = _somebody()
        self._numbers = count(1)
        self._process: subprocess.Popen[Any] | None = None
        password = folder / "password"
        password.write_text(PASSWORD)
        for path in (folder, password):
            if self._who:
                os.chown(path, self._who["user"], self._who["group"])
        options = ["--no-sync", "--auth=scram-sha-256", "-E", "UTF8", f"--pwfile={password}"]
        locale = ["--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"]
        subprocess.run(
            [self._programs / "initdb", "-D", folder / "db", "-U", _USER, *options, *locale],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._who,
        )

    def start(self, *, is_durable: bool = False) -> None:
        """Start it, and wait until it answers."""
        chosen = ("listen_addresses=",) if is_durable else _FAST
        settings = [word for setting in chosen for word in ("-c", setting)]
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "db")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-k", str(self._folder), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._who,
            )
        ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        until = time.monotonic() + 30
        while subprocess.run(ready, check=False).returncode:
            assert time.monotonic() < until, (self._folder / "log").read_text()
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it; whoever is connected loses the connection."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def url(
        self,
        schema: str = "public",
        *,
        user: str = _USER,
        password: str = PASSWORD,
        database: str = "postgres",
    ) -> Secret:
        """Return an address."""
        who = f"{user}:{quote(password, safe='')}"
        options = f"host={self._folder}&options=-csearch_path%3D{schema}"
        return Secret(f"postgresql://{who}@/{database}?{options}")

    def new_url(self) -> Secret:
        """Return the address of an empty schema: a database of its own would be 7 MB of files."""
        name = f"ledger_{next(self._numbers)}"
        self.run(self.url(), f"CREATE SCHEMA {name}")
        return self.url(name)

    def run(self, url: Secret, statement: str) -> list[tuple[Any, ...]]:
        """Ask a database something, past the ledger."""
        import psycopg  # noqa: PLC0415 (an extra)

        with closing(psycopg.connect(url.reveal(), autocommit=True)) as db:
            found = db.execute(statement.encode())
            return found.fetchall() if found.description else []


@contextmanager
def serving(*, is_durable: bool = False) -> Generator[Server]:
    """Run a server for the length of a ``with`` block; a durable one for who measures."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = None
    try:
        server = Server(folder)
        server.start(is_durable=is_durable)
        yield server
    finally:
        if server is not None:
            server.stop(signal.SIGQUIT)
        shutil.rmtree(folder)


def variables(url: Secret | None) -> Mapping[str, str]:
    """Return what leads a program to a ledger; nothing to one in its directory."""
    return {} if url is None else {LEDGER_URL: url.reveal()}


def refusal(act: Callable[[], object]) -> str:
    """Return what is said, and make sure that nothing of it is the password."""
    with pytest.raises(RecordingsError) as refused:
        act()
    told = "".join(traceback.format_exception(refused.value))
    assert not any(word in told for word in (PASSWORD, "pass%40", "second"))
    return f"{type(refused.value).__name__}: {refused.value}"
