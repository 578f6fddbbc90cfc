"""How a client of ours and the program that measures it talk: over its standard streams.

The client starts, imports what it needs, says ``ready`` and waits: the clock starts with the
answer, so that starting an interpreter is no part of a download.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

READY, GO, DONE = "ready", "go", "done"


def wait_for_start() -> None:
    """Say how much CPU time starting took, and wait for the word."""
    print(READY, time.process_time(), flush=True)
    sys.stdin.readline()


def tell_end(counters: Mapping[str, object]) -> None:
    """Say that everything is on disk, and what was counted."""
    print(DONE, json.dumps(counters), flush=True)


def read_list(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and URL of each file to fetch."""
    with path.open() as lines:
        for line in lines:
            name, _, url = line.strip().partition(" ")
            yield name, url
