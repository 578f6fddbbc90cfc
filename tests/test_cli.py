"""The command line as a person meets it: real processes, exit codes, one sentence per mistake."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Start

COMMAND = [sys.executable, "-m", "recordings_pipeline"]
RANGE = ["--from", "2026-01-31", "--to", "2026-01-31"]


def run(arguments: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    base = {name: v for name, v in os.environ.items() if not name.startswith("GENESYS_")}
    return subprocess.run(
        [*COMMAND, *arguments], env={**base, **environ}, capture_output=True, text=True, check=False
    )


def test_an_export_prints_a_line_per_stage_in_a_pipe_and_a_warning_once(
    start: Start, tmp_path: Path
) -> None:
    environ = start(calls_per_day=6).environment

    done = run(["export", *RANGE, "--data", str(tmp_path)], environ)

    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("  warning: ")]
    assert [line.split()[0] for line in lines[:2]] == ["recording_index", "audio_files"]
    assert "MB moved" in done.stdout
    assert done.stdout.count("viewSensitiveData") == 1
    # A slow machine says there how far it is.
    assert "viewSensitiveData" not in done.stderr


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({}, "GENESYS_CLIENT_ID"),
        ({"GENESYS_CLIENT_ID": "x"}, "GENESYS_CLIENT_SECRET"),
        (
            {"GENESYS_CLIENT_ID": "x", "GENESYS_CLIENT_SECRET": "y", "GENESYS_REGION": "z"},
            "GENESYS_REGION",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_2(
    environ: dict[str, str], variable: str
) -> None:
    done = run(["export", *RANGE], environ)

    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {variable} ")
    assert "Traceback" not in done.stderr


def test_days_in_the_wrong_order_are_refused() -> None:
    done = run(["export", "--from", "2026-02-01", "--to", "2026-01-31"], {})

    assert done.returncode == 2
    assert "before" in done.stderr


def test_the_simulator_prints_variables_to_paste_and_ends_with_ctrl_c() -> None:
    with subprocess.Popen(
        [*COMMAND, "simulate"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert all(line.startswith("export GENESYS_") for line in lines)
    assert process.returncode == 0
