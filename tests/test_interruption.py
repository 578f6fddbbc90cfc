"""The demo interrupted wherever it may be: nothing is left running, nothing is lost."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DEMO = [sys.executable, "-m", "recordings_pipeline", "demo", "--data"]
POLL_S, LONGEST_END_S = 0.02, 30
STAGES = ("recording_index", "audio_files", "transcripts", "diarization")
# What the demo's output or its directory shows before the signal is sent.
MOMENTS = ["starting", "first part", "hundredth file", *STAGES]


def processes_of(data: Path) -> list[str]:
    """Return the command lines of every process that was told to use a directory."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(data).encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def lines_until(process: subprocess.Popen[str], moment: str, data: Path) -> None:
    """Read the demo's output until a moment has come."""
    if moment in ("first part", "hundredth file"):
        folder, count = (".parts", 1) if moment == "first part" else ("date=*/*", 100)
        while process.poll() is None and len(list((data / "audio").glob(f"{folder}/*"))) < count:
            time.sleep(POLL_S)
        return
    output: Iterator[str] = iter(process.stdout or ())
    assert any(line.strip().startswith(moment) for line in output)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "SIGKILL"])
def test_an_interrupted_demo_leaves_no_process_and_the_next_one_finishes(
    number: signal.Signals, moment: str, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [*DEMO, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lines_until(process, moment, tmp_path)
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    wait_for_the_last_process(tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "audio").glob("date=*/*/*")}

    done = subprocess.run([*DEMO, str(tmp_path)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "227 exported" in done.stdout
    assert list((tmp_path / "audio" / ".parts").iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def wait_for_the_last_process(data: Path) -> None:
    """Return when nothing of the demo runs any more."""
    deadline = time.monotonic() + LONGEST_END_S
    while running := processes_of(data):
        assert time.monotonic() < deadline, f"still running: {running}"
        time.sleep(POLL_S)
