"""The power goes: what was never synced is lost, and the next run heals what is left."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.faults import KILLED
from tests.crash.scene import Say
from tests.crash.trials import Trial
from tests.trust_results import record

TRIALS, SEED = 50, 4
_TOOLS = ("mkfs.ext4", "mount", "umount", "cp")


def missing() -> tuple[str, str]:
    """Say why no power can be lost here, and what the report calls that; empty when it can.

    What only has to be installed was not tried; what a machine does not allow is skipped.
    """
    if os.geteuid() != 0:
        return "mounting an image needs root", "skipped"
    if not Path("/dev/loop-control").exists():
        return "there are no loop devices", "skipped"
    absent = [tool for tool in _TOOLS if shutil.which(tool) is None]
    return (f"not installed: {', '.join(absent)}", "not tried") if absent else ("", "")


@contextmanager
def mounted(image: Path, folder: Path) -> Generator[Path]:
    """Mount an image whose journal is not committed by time: only what was synced is there."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop,commit=600", image, folder], check=True)
    try:
        yield folder
    finally:
        # What a killed process had open is let go of a few milliseconds later.
        for _ in range(400):
            if subprocess.run(["umount", folder], check=False, capture_output=True).returncode == 0:
                break
            time.sleep(0.005)


@pytest.mark.slow
def test_a_power_cut_loses_nothing_that_the_ledger_promised(
    trial: Trial, tmp_path: Path, say: Say
) -> None:
    reason, outcome = missing()
    if reason:
        record("power cuts", "ext4 image", outcome, reason)
        pytest.skip(reason)
    calls, chance, killed = trial.clean_calls(), random.Random(SEED), 0
    empty, image, left = (tmp_path / name for name in ("empty.img", "running.img", "left.img"))
    subprocess.run(["truncate", "-s", "64M", empty], check=True)
    command = ["mkfs.ext4", "-q", "-F", "-J", "size=4", "-m", "0", str(empty)]
    subprocess.run(command, check=True)

    for _ in range(TRIALS):
        at = chance.randint(1, calls)
        shutil.copy(empty, image)
        with mounted(image, tmp_path / "before") as folder:
            running = replace(trial, data=folder / "data")
            ended = running.export(KILLED, at)
            subprocess.run(["cp", "--sparse=always", image, left], check=True)
        killed += ended.code < 0
        with mounted(left, tmp_path / "after") as folder:
            healed = replace(trial, data=folder / "data")
            witness = healed.witness
            witness.look()
            healed.recovers(witness)

    say(f"power lost {TRIALS} times, {killed} of them in the middle of {calls} calls: nothing lost")
    told = f"seed {SEED}, {killed} in the middle of {calls} calls, 0 violations"
    record("power cuts", "ext4 image", "passed", told, TRIALS)
