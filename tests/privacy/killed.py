"""Erasures that are killed: ``python -m tests.privacy.killed ARCHIVE FOLDER CONVERSATION``.

Each is killed one step later than the one before, at whatever changes the disk, and then run again
in another process. A line of JSON a time: was it killed, and what is left of the conversation.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pyarrow.parquet  # noqa: F401 (each process would import it)

from recordings_pipeline.core.erasing import Order
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.erasing import erase
from tests.privacy.conftest import tables_named

_CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.truncate", "os.mkdir")
_ORDER = Order("DSAR-17", "a person")


def kill_at(step: int) -> None:
    """Let the system end this process where it would change the disk for the n-th time."""
    left = step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE
        if event in _CHANGES or writes:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def in_a_process(data: Path, conversation_id: str, step: int) -> int:
    """Erase, to the end or up to a step; return the exit code, below zero for a signal."""
    process = os.fork()
    if not process:
        kill_at(step)
        with open_archive(data) as archive:
            list(erase(archive, [conversation_id], _ORDER))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(archive: Path, folder: Path, conversation_id: str, ids: list[str]) -> None:
    """Kill at every step, until an erasure gets to its end."""
    for step in range(1, 500):
        data = folder / str(step)
        shutil.copytree(archive, data)
        code = in_a_process(data, conversation_id, step)
        again = in_a_process(data, conversation_id, -1)
        names = [str(path) for path in data.rglob("*") if any(id_ in str(path) for id_ in ids)]
        told = {"code": code, "again": again, "names": names}
        told["tables"] = sorted(tables_named(data, conversation_id))
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        shutil.rmtree(data)
        if not code:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[3:])
