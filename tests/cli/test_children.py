"""Programs beside a command end with it, however it ends."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from recordings_pipeline.cli.children import child, dagster_home, simulator
from recordings_pipeline.core.errors import RecordingsError
from tests.cli.conftest import LIMIT_S, environment

PARENT = """
import os, sys
from recordings_pipeline.cli.children import simulator
with simulator(dict(os.environ)) as variables:
    print(variables["GENESYS_BASE_URL"], flush=True)
    sys.stdin.read()
"""
SLEEPER = "print('ready', flush=True); import threading; threading.Event().wait(60)"


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=lambda s: s.name)
def test_a_child_dies_with_its_parent(ending: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url = urlsplit(parent.stdout.readline().strip())
        parent.send_signal(ending)
        # The child has the same standard error: this returns when both are gone.
        parent.communicate(timeout=LIMIT_S)

    assert parent.returncode == -ending
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=LIMIT_S)


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_a_child_is_over_when_its_block_is(error: type[BaseException] | None) -> None:
    try:
        with child(["-c", SLEEPER], environment()) as process:
            assert process.stdout is not None
            process.stdout.readline()
            is_running = process.poll() is None
            if error:
                raise error
    except KeyboardInterrupt:
        pass

    assert is_running
    assert process.returncode == -signal.SIGINT
    assert process.stdout is not None
    assert process.stdout.closed


def test_ctrl_c_on_the_terminal_does_not_reach_a_child() -> None:
    with child(["-c", SLEEPER], environment()) as process:
        group = os.getpgid(process.pid)

    assert group == process.pid != os.getpgid(0)


def test_a_simulator_that_does_not_start_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    broken = environment(PYTHONHOME="/nowhere")

    with pytest.raises(RecordingsError, match="the simulator did not start"), simulator(broken):
        pass

    assert "init" in capfd.readouterr().err


def test_dagster_gets_a_home_that_tells_nobody(tmp_path: Path) -> None:
    home = Path(dagster_home({}, tmp_path))

    assert home == tmp_path / "dagster"
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text()


def test_settings_a_person_changed_stay_changed(tmp_path: Path) -> None:
    settings = Path(dagster_home({}, tmp_path)) / "dagster.yaml"
    settings.write_text("python_logs: {}\n")

    dagster_home({}, tmp_path)

    assert settings.read_text() == "python_logs: {}\n"


def test_a_home_a_person_has_is_used_and_left_alone(tmp_path: Path) -> None:
    theirs = str(tmp_path / "theirs")

    assert dagster_home({"DAGSTER_HOME": theirs}, tmp_path / "data") == theirs
    assert list(tmp_path.iterdir()) == []
