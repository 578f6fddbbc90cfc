"""A watcher in a process of its own, and what it has written down."""

import os
import subprocess
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from recordings_pipeline.watch.journal import read_on
from tests.cli.conftest import COMMAND, environment

# Longer than any look of a healthy watcher on a machine with other work to do.
LIMIT_S = 120.0
_LOOK_S = 0.02


class Watcher:
    """`recordings-pipeline watch` until it is killed, or its input closes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process = subprocess.Popen(
            [*COMMAND, "watch", "--data", str(root), "--until-stdin-closes"],
            env=environment(),
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def until(self, count: int) -> None:
        """Wait until the journal has so many lines; the watcher must not end before."""
        for _ in range(int(LIMIT_S / _LOOK_S)):
            if line_count(self._root) >= count:
                return
            self._wait()
        raise AssertionError(f"{line_count(self._root)} of {count} lines")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(LIMIT_S)

    def _wait(self) -> None:
        try:
            code = self._process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"the watcher ended: {code}")


@contextmanager
def watcher(root: Path) -> Generator[Watcher]:
    found = Watcher(root)
    try:
        yield found
    finally:
        found.close()


def journal_of(root: Path) -> Path:
    return root / "watch" / "journal.jsonl"


def line_count(root: Path) -> int:
    path = journal_of(root)
    return path.read_bytes().count(b"\n") if path.exists() else 0


def names(root: Path) -> Counter[str]:
    """Return how often each file is in the journal."""
    found = read_on(journal_of(root), "", 0, most=10_000_000)
    return Counter(entry.name for entry in found.entries)


def put(root: Path, name: str, content: bytes = b"RIFF", *, age_s: float = 60) -> Path:
    """Write a file, last changed a while ago, as far as a program can say so."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    changed = path.stat().st_mtime_ns - int(age_s * 1e9)
    os.utime(path, ns=(changed, changed))
    return path
