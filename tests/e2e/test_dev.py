"""`recordings-pipeline dev` as a person runs it: no warning, reloads, one Ctrl-C ends it all."""

import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from tests.cli.conftest import environment
from tests.e2e.conftest import CALLS, world_file
from tests.e2e.graph import Graph, wait_until
from tests.e2e.host import LOOPBACK, ROOT, STOP_S, free_port
from tests.lost import lost_run

pytestmark = pytest.mark.slow

DAY = "2026-01-01"
SLOW = "drip:0.3"


@contextmanager
def running(environ: dict[str, str], port: int, lines: list[str]) -> Generator[Graph]:
    """Run the command for the length of a ``with`` block, then press Ctrl-C."""
    graph = Graph(f"http://{LOOPBACK}:{port}")
    with subprocess.Popen(
        [sys.executable, "-m", "recordings_pipeline", "dev", "--port", str(port)],
        env=environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        reader.start()
        try:
            wait_until(graph.is_loaded, "loaded")
            yield graph
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_S)
            reader.join(STOP_S)
            graph.close()
    assert process.returncode == 0


def test_dev_runs_a_day_through_a_reload_and_says_nothing_that_worries(tmp_path: Path) -> None:
    options = Options(world=world_file(tmp_path, CALLS), requests_per_minute=60_000, faults=SLOW)
    lines: list[str] = []
    with Simulator(options) as organization:
        given = organization.environment | {"RECORDINGS_DATA": str(tmp_path / "data")}
        lost = lost_run(tmp_path / "data" / "dagster")
        with running(environment(**given), free_port(), lines) as graph:
            swept = graph.status(lost)
            run_id = graph.launch(DAY)
            wait_until(lambda: list((tmp_path / "data").glob("audio/date=*/*/*")), "a file")
            reloaded = graph.reload()
            graph.is_status(run_id, "SUCCESS")

    assert swept == "FAILURE"
    assert reloaded == "LOADED"
    assert len(list((tmp_path / "data").glob("audio/date=*/*/*"))) == CALLS
    assert not [line for line in lines if "warning" in line.lower() or "Traceback" in line]


def test_validating_the_definitions_prints_no_warning_of_ours() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    # Dagster says on its own behalf that another of its commands is newer.
    ours = done.stderr.lower().replace("supersessionwarning", "")
    assert "recordings_pipeline/" not in ours
    assert "betawarning" not in ours + done.stdout.lower()
