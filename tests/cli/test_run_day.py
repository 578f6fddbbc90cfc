"""The run behind the demo ends quietly when it is interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recordings_pipeline.cli.children import child, dagster_home
from tests.cli.conftest import LIMIT_S, environment
from tests.conftest import Start

COMMAND = [sys.executable, "-m", "recordings_pipeline.cli.run_day", "2026-01-31"]
SUBMIT = "POST /api/v2/recording/batchrequests"


@pytest.mark.parametrize(
    "is_starter_gone",
    [pytest.param(False, marks=pytest.mark.slow, id="Ctrl-C"), pytest.param(True, id="alone")],
)
def test_an_interrupted_run_says_nothing_and_is_exit_code_130(
    start: Start,
    tmp_path: Path,
    is_starter_gone: bool,  # noqa: FBT001
) -> None:
    simulator = start(calls_per_day=4)
    environ = environment(
        **simulator.environment,
        RECORDINGS_DATA=str(tmp_path),
        DAGSTER_HOME=dagster_home({}, tmp_path),
    )
    with subprocess.Popen(
        COMMAND,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while SUBMIT not in simulator.traffic.routes and process.poll() is None:
            os.sched_yield()
        if not is_starter_gone:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LIMIT_S)

    assert (process.returncode, said) == (130, "")


def test_what_dagster_started_beside_a_run_says_nothing_either(
    start: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=4)
    environ = {**simulator.environment, "RECORDINGS_DATA": str(tmp_path)}
    home = dagster_home({}, tmp_path)

    with child(COMMAND[1:], environment(**environ, DAGSTER_HOME=home), has_helpers=True) as process:
        while SUBMIT not in simulator.traffic.routes and process.poll() is None:
            os.sched_yield()

    assert (process.returncode, capfd.readouterr().err) == (130, "")


def test_a_warning_is_part_of_the_result_and_not_printed_beside_it(
    start: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environ = {**start(calls_per_day=6).environment, "RECORDINGS_DATA": str(tmp_path)}
    home = dagster_home({}, tmp_path)

    with child(COMMAND[1:], environment(**environ, DAGSTER_HOME=home)) as process:
        printed = process.stdout.read() if process.stdout else ""
        code = process.wait(LIMIT_S)

    assert (code, capfd.readouterr().err) == (0, "")
    assert "viewSensitiveData" in printed
