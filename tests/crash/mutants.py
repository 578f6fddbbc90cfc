"""Ways to be subtly wrong: each is the package with one sentence changed, and who has to notice."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.crash.processes import ROOT
from tests.trust_results import VARIABLE

_POWER = "tests/crash/test_sweep.py::test_a_call_goes_wrong_and_nothing_is_lost_or_left"
_POWER_LOST = "power and lost"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change, and the tests that have to fail for it.

    Attributes:
        file: Of the package.
        before: What stands there, once.
        after: What the mutant has instead.
        tests: File or test, as pytest takes it.
        chosen: Part of the names of the tests among those; empty for all.
    """

    name: str
    file: str
    before: str
    after: str
    tests: str
    chosen: str = ""


MUTANTS = (
    Mutant(
        "files are not synced",
        "stages/committing.py",
        "sync_all([arrival.part.written() for arrival in arrivals if arrival.proved is None])",
        "[arrival.part.written() for arrival in arrivals if arrival.proved is None]",
        _POWER,
        _POWER_LOST,
    ),
    Mutant(
        "no If-Range",
        "core/transfer.py",
        'headers["If-Range"] = held.etag',
        "pass",
        "tests/core/test_transfer.py",
    ),
    Mutant(
        "a whole answer is appended",
        "storage/part_file.py",
        "if offset == 0 or offset != self.size:",
        "if offset != 0 and offset != self.size:",
        "tests/storage/test_part_file.py",
    ),
    Mutant(
        "the digest of the tail",
        "storage/part_file.py",
        "self._written = self._checkpoint = record.size\n",
        "self._written = self._checkpoint = record.size\n        self._hash = hashlib.sha256()\n",
        "tests/storage/test_part_file.py",
    ),
    Mutant(
        "a lenient path",
        "core/layout.py",
        'ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")',
        'ID = re.compile(r".+", re.DOTALL)',
        "tests/core/test_layout.py",
    ),
    Mutant(
        "events may come twice",
        "storage/ledger_tables.py",
        'Column("event_id", TEXT, nullable=False, unique=True)',
        'Column("event_id", TEXT, nullable=False)',
        "tests/storage/test_ledger_model.py",
        "told_twice",
    ),
    Mutant(
        "a change without its event",
        "storage/ledger_moves.py",
        "            for one in changed\n        ],",
        '            for one in changed if one.verdict.outcome != "retry"\n        ],',
        "tests/storage/test_ledger_model.py",
        "leaves_one_event",
    ),
    Mutant(
        "a torn line of the manifest stays",
        "storage/audit/log.py",
        "                file.truncate(size - len(tail) + len(whole))",
        "                pass",
        "tests/storage/audit/test_sealing.py",
        "torn",
    ),
    Mutant(
        "the ledger is not synced",
        "storage/ledger_sqlite.py",
        '"synchronous=FULL"',
        '"synchronous=OFF"',
        _POWER,
        _POWER_LOST,
    ),
    Mutant(
        "a published file is replaced",
        "storage/durable.py",
        "_AT_FDCWD, _RENAME_NOREPLACE = -100, 1",
        "_AT_FDCWD, _RENAME_NOREPLACE = -100, 0",
        "tests/storage/test_durable.py",
    ),
)


def outcome(mutant: Mutant | None, tests: str, chosen: str, folder: Path) -> tuple[int, str]:
    """Run some tests against a copy of the package, mutated or not; return pytest's code and words.

    Code 1 says that tests failed; all others but 0 that they could not be run.
    """
    for name in ("recordings_pipeline", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    if mutant is not None:
        path = folder / "recordings_pipeline" / mutant.file
        text = path.read_text()
        path.write_text(text.replace(mutant.before, mutant.after))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", tests]
    command += ["-k", chosen, "-p", "no:cacheprovider"] if chosen else ["-p", "no:cacheprovider"]
    # What a mutant's tests find is no result.
    environ = {**os.environ, "PYTHONPATH": str(folder), VARIABLE: ""}
    found = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    return found.returncode, found.stdout
