"""Encryption that is killed: ``python -m tests.privacy.killed_sealing ARCHIVE FOLDER EACH``.

Each is killed some steps later than the one before, at whatever changes the disk, and then run
again in another process. A line of JSON a time: was it killed, what is plain, what is wrong.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import pyarrow.parquet  # noqa: F401 (each process would import it)

from recordings_pipeline.core.days import Span
from recordings_pipeline.core.sealing import Keys
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.raw_sealing import seal_raw
from recordings_pipeline.stages.sealing import seal_day
from recordings_pipeline.stages.verify import verify
from tests.privacy.conftest import DAY
from tests.privacy.killed import kill_at


def in_a_process(data: Path, recipient: str, step: int) -> int:
    """Encrypt, to the end or up to a step; return the exit code, below zero for a signal."""
    process = os.fork()
    if not process:
        kill_at(step)
        with open_archive(data, keys=Keys((recipient,))) as archive, archive.home.day_lock(DAY):
            seal_raw(archive, DAY)
            seal_day(archive, DAY)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(archive: Path, folder: Path, recipient: str, each: int) -> None:
    """Kill at every so-manieth step, until one gets to its end."""
    for step in range(1, 2_000, each):
        data = folder / str(step)
        shutil.copytree(archive, data)
        code = in_a_process(data, recipient, step)
        again = in_a_process(data, recipient, -1)
        paths = [*data.glob("audio/date=*/*/*"), *data.glob("raw/*/*/*"), *data.glob(".staging/*")]
        with open_archive(data) as opened:
            found = [f.reason for _, seen in verify(opened, Span()) for f in seen.faults]
            known = [one.path for page in opened.ledger.raws.pages(DAY) for one in page]
        names = [str(path.relative_to(data)) for path in data.glob("raw/*/*/*")]
        found += [f"{name} is not known" for name in names if name not in known]
        plain = sorted(path.name for path in paths if path.suffix != ".age")
        told = {"code": code, "again": again, "plain": plain, "faults": found, "count": len(paths)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        shutil.rmtree(data)
        if not code:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
