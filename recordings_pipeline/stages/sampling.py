"""Do a few files of a day still have the bytes the ledger knows? What it costs is bounded."""

import time
from collections import Counter
from collections.abc import Iterator
from heapq import nsmallest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.verification import Look, Promise, Verification, judge, rank
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.verify import confirmed
from recordings_pipeline.storage.file_look import FileReader

MOST_FILES, MOST_BYTES = 20, 200_000_000


def verify_sample(archive: Archive, day: Day, seed: int) -> Verification:
    """Hash up to `MOST_FILES` files of a day, of `MOST_BYTES` together; one is hashed in any case.

    Nothing is written, and nobody is asked.

    Args:
        archive: What to read.
        day: Whose files.
        seed: Which of them: the same ones again with the same seed.
    """
    started, reader = time.monotonic(), FileReader(archive.stop)

    def look(promise: Promise) -> Look:
        path = f"{archive.home.root}/{promise.path}"
        return reader.look(path, promise.size_bytes, is_hashed=True)

    chosen = list(_chosen(archive, day, seed))
    suspects = [promise for promise in chosen if judge(promise, look(promise))]
    found = [confirmed(archive, suspect, look) for suspect in suspects]
    faults = tuple(fault for fault in found if fault is not None)
    return Verification(
        file_count=len(chosen),
        hashed_count=len(chosen),
        hashed_bytes=sum(promise.size_bytes for promise in chosen),
        seconds=time.monotonic() - started,
        counts=Counter(fault.cause for fault in faults),
        faults=faults,
    )


def _chosen(archive: Archive, day: Day, seed: int) -> Iterator[Promise]:
    pages = archive.ledger.archive.pages(day)
    files = (promise for page in pages for promise in page if promise.path)
    size = 0
    for promise in nsmallest(MOST_FILES, files, key=lambda one: rank(one.path, seed)):
        if size and size + promise.size_bytes > MOST_BYTES:
            continue
        size += promise.size_bytes
        yield promise
