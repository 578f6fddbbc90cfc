"""Commands as a person types them, and a data directory in which everything is done."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_pipeline.cli.main import main
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import POLL_S, settings_of

DAY = Day.from_key("2026-01-31")
COMMAND = [sys.executable, "-m", "recordings_pipeline"]
LIMIT_S = 30

Enter = Callable[..., int]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Enter a command line in this process, which has the libraries loaded; return its code."""

    def command(*arguments: str, **environ: str) -> int:
        for name in set(os.environ) - set(environment()):
            monkeypatch.delenv(name)
        for name, value in (POLL_S | environ).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["recordings-pipeline", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return command


def environment(**more: str) -> dict[str, str]:
    """Return the environment without what a person may have set for the real organization."""
    ours = ("GENESYS_", "RECORDINGS_", "DAGSTER_")
    return {**{n: v for n, v in os.environ.items() if not n.startswith(ours)}, **POLL_S, **more}


def run(command: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        command,
        env=environment(**environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )


def settle(simulator: Simulator, data: Path) -> None:
    """Index the day and give every recording an end, so that no file is left to fetch."""
    with open_export(settings_of(simulator, data)) as export:
        index_day(export, DAY)
        for id_ in export.ledger.standings(DAY):
            export.ledger.settle(id_, Verdict(Outcome.ERASED, "on request"), export.now())
