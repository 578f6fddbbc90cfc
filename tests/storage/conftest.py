"""Ledgers that are opened, and processes that do the same thing at the same time."""

import os
import subprocess
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recordings_pipeline.core import layout
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_engine import open_engine
from tests.postgres import Server, variables


def opened(place: Place) -> Ledger:
    """Open the ledger of a place."""
    return Ledger(place.root / layout.LEDGER, place.ledger_url)


def run_at_once(command: list[str], count: int, url: Secret | None = None) -> list[int]:
    """Start programs, let each go on once all have said that they are ready; return their codes."""
    with ExitStack() as stack:
        programs = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, **variables(url)},
                )
            )
            for _ in range(count)
        ]
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == b"ready\n"
        for program in programs:
            assert program.stdin is not None
            program.stdin.close()
        return [program.wait(60) for program in programs]


@pytest.fixture
def url(postgres: Server) -> Secret:
    """A database of its own."""
    return postgres.new_url()


@pytest.fixture
def engine(url: Secret, tmp_path: Path) -> Generator[Engine]:
    """The engine of a ledger with its tables."""
    opened(Place(tmp_path, url)).close()
    found = open_engine(tmp_path / layout.LEDGER, url)
    yield found
    found.dispose()
