"""The ledger opens, remembers, and is shared."""

import sys
from pathlib import Path

from tests.storage.conftest import run_at_once

PROCESSES = 8
OPENER = """
import sys
from pathlib import Path
from recordings_pipeline.storage.ledger import Ledger
print("ready", flush=True)
sys.stdin.read()
Ledger(Path(sys.argv[1])).close()
"""


def test_several_processes_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPENER, str(tmp_path / "ledger.db")]

    assert run_at_once(command, PROCESSES) == [0] * PROCESSES
