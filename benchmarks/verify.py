"""How fast an archive is verified, next to plain hashlib over the same files.

Run it with ``python benchmarks/verify.py [folder]``; it ends with 1 when the target is missed. Both
use as many threads as there are cores, and all files are read into the page cache before each
round, so that the processor is measured and not the disk. Rounds take turns; the best of each
counts.
"""

import hashlib
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Listed, ListedConversation
from recordings_pipeline.core.verification import total
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.verify import Lot, verify
from recordings_pipeline.storage.ledger import Ledger

DAY = Day.from_key("2026-01-31")
ROUNDS, TARGET = 7, 0.9
CORES = os.cpu_count() or 1
BLOCK = 1 << 20
# A call of two minutes, a short one, and what a batch of small files costs.
CORPORA = ((400, 2_000_000), (4_000, 50_000))


def main(folder: str | None) -> None:
    """Measure each corpus and print a table."""
    ratios = []
    for count, size in CORPORA:
        with tempfile.TemporaryDirectory(prefix="verify-", dir=folder) as name:
            paths = make(Path(name), count, size)
            with open_archive(Path(name)) as archive:
                ratios.append(compare(archive, paths, size))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    print(f"{'memory at its peak, MB':<46}{peak:>12,.0f}")
    is_met = ratios[0] >= TARGET
    print(f"target of at least {TARGET} for files of 2 MB: {'yes' if is_met else 'NO'}")
    sys.exit(0 if is_met else 1)


def make(root: Path, count: int, size: int) -> list[Path]:
    """Write files and a ledger that knows them."""
    (root / layout.AUDIO).mkdir(parents=True)
    ledger = Ledger(root / layout.LEDGER)
    content = os.urandom(size)
    digest = hashlib.sha256(content).hexdigest()
    paths = []
    for number in range(count):
        id_ = str(UUID(int=number))
        path = layout.audio_path(DAY, id_, id_, 1, "wav")
        (root / path).parent.mkdir(parents=True)
        (root / path).write_bytes(content)
        paths.append(root / path)
        row = {"recording_id": id_, "communication_id": None, "media": "audio"}
        row |= {"file_state": "AVAILABLE", "conversation_start_time": DAY.start}
        listed = Listed(row, Verdict(Outcome.DISCOVERED))
        ledger.listed(DAY, DAY.end, [ListedConversation(id_, DAY.start, None, (), (listed,))])
        file = {"recording_id": id_, "file_number": 1, "path": str(path), "size_bytes": size}
        file |= {"sha256": digest, "container": "wav", "content_type": "audio/wav"}
        file |= {"is_resumed": False, "download_ms": 1, "exported_time": DAY.end}
        ledger.settle(id_, Verdict(Outcome.EXPORTED), DAY.end, files=[file])
    ledger.close()
    os.sync()
    return paths


def compare(archive: Archive, paths: list[Path], size: int) -> float:
    """Print both rates and return the ratio."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(_seconds(paths, lambda: _plain(paths)))
        ours.append(_seconds(paths, lambda: _verify(archive, len(paths))))
    total_mb = len(paths) * size / 1_000_000
    name = f"{len(paths):,} files of {size / 1_000_000:g} MB, {CORES} threads"
    ratio = min(theirs) / min(ours)
    print(f"{name + ': hashlib, MB/s':<46}{total_mb / min(theirs):>12,.0f}")
    print(f"{name + ': verify, MB/s':<46}{total_mb / min(ours):>12,.0f}")
    print(f"{'ratio':<46}{ratio:>12.2f}")
    return ratio


def _seconds(paths: list[Path], work: object) -> float:
    for path in paths:
        path.read_bytes()
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


def _plain(paths: list[Path]) -> None:
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(_digest, (paths[start::CORES] for start in range(CORES))))


def _digest(paths: list[Path]) -> None:
    """Hash files with one reused block, and nothing else."""
    block = memoryview(bytearray(BLOCK))
    for path in paths:
        sha256 = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(block):
                sha256.update(block[:count])
        sha256.hexdigest()


def _verify(archive: Archive, count: int) -> None:
    found = total(part for _, part in verify(archive, Span(), Lot(), workers=CORES))
    if not found.is_clean or found.hashed_count != count:
        sys.exit(f"{found.hashed_count} of {count} files hashed, {found.fault_count} differ")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
