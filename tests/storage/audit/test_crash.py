"""Whoever seals may die at any step: the next one finishes, and nobody can tell the difference."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.storage.audit.anchor import HEAD
from tests.audited import EVENTS, Scene, sealed_scene
from tests.sealed import sealed_events

# Dies right before it opens, renames or removes its n-th file, with an empty or half a buffer.
VICTIM = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.storage.audit.sealing import seal
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger

root, key, anchor = map(Path, sys.argv[1:4])
STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "fcntl.flock"}
for number in range(1, 100):
    child = os.fork()
    if not child:
        left = number
        def step(event, arguments):
            global left
            if event not in STEPS or ".db" in str(arguments) or "site-packages" in str(arguments):
                return
            left -= 1
            if not left:
                os._exit(9)
        ledger = Ledger(root / "ledger.db")
        sys.addaudithook(step)
        seal(Home(root), ledger.events, Keeping(key, anchor), datetime.now(UTC))
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(number, code, flush=True)
    sys.stdin.readline()
    if not code:
        break
"""


def after_each_death(made: Scene) -> list[int]:
    """Let one die at each step, look after it, and return how they ended."""
    places = [str(made.root), str(made.keeping.key), str(made.keeping.anchor)]
    codes = []
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, *places],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        for line in process.stdout:
            number, code = map(int, line.split())
            codes.append(code)
            if (made.root / layout.AUDIT_MANIFEST).exists():
                has_head = bool(made.keeping.anchor and (made.keeping.anchor / HEAD).exists())
                keeping = made.keeping if has_head else replace(made.keeping, anchor=None)
                assert verify_audit(made.root, keeping).findings == (), f"step {number}"
            process.stdin.write("\n")
            process.stdin.flush()
    return codes


@pytest.mark.parametrize("is_first", [True, False], ids=["the first seal", "a later one"])
def test_a_death_at_any_step_leaves_a_good_log_and_the_next_seal_finishes(
    tmp_path: Path, *, is_first: bool
) -> None:
    made = sealed_scene(tmp_path)
    if is_first:
        for path in sorted((made.root / layout.AUDIT).rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        (tmp_path / "anchor" / "head.json").unlink()
    else:
        made.happen(100, EVENTS)
    expected = 3 * EVENTS + (0 if is_first else EVENTS)

    codes = after_each_death(made)

    assert codes == [9] * (len(codes) - 1) + [0]
    assert len(codes) > 8
    assert [event["seq"] for event in sealed_events(made.root)] == list(range(1, expected + 1))
    assert verify_audit(made.root, made.keeping).findings == ()
    assert [path.name for path in (made.root / layout.AUDIT).rglob(".*")] == []
