"""Parts continue, publish once, and never take foreign bytes along."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from recordings_pipeline.core.errors import NameTaken
from recordings_pipeline.core.transfer import Held
from recordings_pipeline.storage.digests import Digest
from recordings_pipeline.storage.group_sync import sync_all
from recordings_pipeline.storage.part_file import (
    BLOCK_BYTES,
    CHECKPOINT_BYTES,
    PartFile,
)
from recordings_pipeline.storage.parts import keep_group, left_keys

NAME = PurePosixPath("audio/file.wav")
PUBLISHER = """
import sys
from pathlib import Path, PurePosixPath
from recordings_pipeline.storage.group_sync import sync_all, sync_directories
from recordings_pipeline.storage.part_file import PartFile
from recordings_pipeline.storage.parts import keep_group
root = Path(sys.argv[1])
with PartFile(root, "k") as part:
    part.begin(0, 3, None)
    part.append(b"abc")
    sync_all([part.written()])
    part.verified(part.digest, PurePosixPath("audio/file.wav"))
    keep_group(root, [part])
    sync_directories([part.publish(root, PurePosixPath("audio/file.wav"), part.digest)])
"""


def can_trace() -> bool:
    """Say whether strace is there and allowed to look."""
    strace = shutil.which("strace")
    return (
        bool(strace)
        and subprocess.run([str(strace), "true"], capture_output=True, check=False).returncode == 0
    )


def synced(part: PartFile) -> Digest:
    """Bring a part to the disk."""
    sync_all([part.written()])
    return part.digest


def begun(folder: Path, content: bytes, total: int, etag: str | None = '"a"') -> None:
    """Leave a part behind, as a run that was stopped does."""
    with PartFile(folder, "k") as part:
        part.begin(0, total, etag)
        part.append(content)


def finished(part: PartFile, folder: Path, content: bytes) -> Digest:
    """Fill a part and verify it."""
    part.begin(0, len(content), '"a"')
    part.append(content)
    digest = synced(part)
    part.verified(digest, NAME)
    keep_group(folder, [part])
    return digest


def test_a_part_continues_where_it_stopped(tmp_path: Path) -> None:
    begun(tmp_path, b"abc", 6)

    with PartFile(tmp_path, "k") as part:
        assert part.held == Held(3, '"a"', 6)
        part.begin(3, 6, '"a"')
        part.append(b"def")

        assert synced(part) == Digest(6, hashlib.sha256(b"abcdef").hexdigest())


@pytest.mark.parametrize(
    ("is_same_boot", "kept"),
    [(True, CHECKPOINT_BYTES + BLOCK_BYTES), (False, CHECKPOINT_BYTES)],
    ids=["a kill costs what was never written", "a power cut all since the last checkpoint"],
)
def test_of_a_part_that_nobody_could_park(
    tmp_path: Path,
    is_same_boot: bool,  # noqa: FBT001
    kept: int,
) -> None:
    content = bytes(CHECKPOINT_BYTES) + b"x" * BLOCK_BYTES
    part = PartFile(tmp_path, "k")
    part.begin(0, 2 * CHECKPOINT_BYTES, '"a"')
    part.append(content[:CHECKPOINT_BYTES])
    part.append(content[CHECKPOINT_BYTES:])
    part.append(b"never written")
    record = json.loads((tmp_path / "k.json").read_text())
    if not is_same_boot:
        (tmp_path / "k.json").write_text(json.dumps({**record, "boot": "another"}))

    with PartFile(tmp_path, "k") as again:
        assert again.size == kept
        assert synced(again).sha256 == hashlib.sha256(content[:kept]).hexdigest()
        assert (tmp_path / "k.part").stat().st_size == kept
    part.recorded()


@pytest.mark.parametrize(
    ("part", "side"),
    [
        (b"foreign", None),
        (b"foreign", "no JSON"),
        (b"abX", "{the record of abc}"),
        (b"ab", "{the record of abc}"),
        (None, "{the record of abc}"),
        (b"abc", "{the record of abc, of another recording}"),
    ],
    ids=["no record", "a torn record", "other bytes", "too few bytes", "no bytes", "exchanged"],
)
def test_nothing_foreign_is_resumed(tmp_path: Path, part: bytes | None, side: str | None) -> None:
    begun(tmp_path, b"abc", 6)
    record = (tmp_path / "k.json").read_text()
    (tmp_path / "k.part").unlink()
    (tmp_path / "k.json").unlink()
    if part is not None:
        (tmp_path / "k.part").write_bytes(part)
    if side is not None and side.startswith("{"):
        side = record.replace('"k"', '"other"') if "another" in side else record
    if side is not None:
        (tmp_path / "k.json").write_text(side)

    with PartFile(tmp_path, "k") as found:
        assert found.held == Held()
        found.begin(0, 3, '"b"')
        found.append(b"new")
        assert synced(found).sha256 == hashlib.sha256(b"new").hexdigest()


def test_a_part_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (tmp_path / "k.part").symlink_to("elsewhere")

    with PartFile(tmp_path, "k") as part:
        part.begin(0, 3, '"a"')
        part.append(b"abc")
        with pytest.raises(OSError, match="symbolic links"):
            synced(part)
        part.recorded()

    assert (tmp_path / "elsewhere").read_bytes() == b"precious"


def test_changed_content_starts_from_nothing(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.begin(0, 6, '"a"')
        part.append(b"abc")
        part.begin(0, 9, '"b"')

        assert part.held == Held(0, '"b"', 9)


def test_content_that_cannot_be_continued_leaves_nothing(tmp_path: Path) -> None:
    begun(tmp_path, b"abc", 6, etag=None)

    assert list(tmp_path.iterdir()) == []


def test_a_side_record_says_whose_bytes_how_many_and_for_the_how_manyeth_time(
    tmp_path: Path,
) -> None:
    begun(tmp_path, b"abc", 6)
    with PartFile(tmp_path, "k") as part:
        part.begin(3, 6, '"a"')
        part.append(b"d")

    record = json.loads((tmp_path / "k.json").read_text())
    assert record.pop("boot")
    assert record == {
        "recording": "k",
        "etag": '"a"',
        "total": 6,
        "size": 4,
        "sha256": hashlib.sha256(b"abcd").hexdigest(),
        "attempt": 2,
        "name": None,
    }


@pytest.mark.parametrize("is_published", [True, False], ids=["published", "verified"])
def test_a_finished_file_is_found_again_after_a_crash(
    tmp_path: Path,
    is_published: bool,  # noqa: FBT001
) -> None:
    with PartFile(tmp_path, "k") as part:
        digest = finished(part, tmp_path, b"abc")
        if is_published:
            part.publish(tmp_path, NAME, digest)

    assert "k" in left_keys(tmp_path)
    again = PartFile(tmp_path, "k")

    assert again.proved(tmp_path) == digest
    again.publish(tmp_path, NAME, digest)
    assert (tmp_path / NAME).read_bytes() == b"abc"


def test_a_finished_file_that_changed_since_is_fetched_anew(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.publish(tmp_path, NAME, finished(part, tmp_path, b"abc"))
    (tmp_path / NAME).write_bytes(b"abX")

    left_keys(tmp_path)
    again = PartFile(tmp_path, "k")

    assert again.proved(tmp_path) is None
    assert again.held == Held()


@pytest.mark.parametrize("foreign", ["a file", "a pipe"])
def test_what_has_the_name_is_never_replaced(tmp_path: Path, foreign: str) -> None:
    (tmp_path / "audio").mkdir()
    if foreign == "a pipe":
        os.mkfifo(tmp_path / NAME)
    else:
        (tmp_path / NAME).write_bytes(b"foreign")

    with PartFile(tmp_path, "k") as part, pytest.raises(NameTaken):
        part.publish(tmp_path, NAME, finished(part, tmp_path, b"abc"))

    assert (tmp_path / "k.part").read_bytes() == b"abc"
    assert (tmp_path / NAME).is_fifo() or (tmp_path / NAME).read_bytes() == b"foreign"


def test_nothing_is_left_once_the_ledger_knows(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.publish(tmp_path, NAME, finished(part, tmp_path, b"abc"))
        part.recorded()

    assert [path.name for path in tmp_path.iterdir()] == ["audio"]


def test_bytes_that_cannot_be_trusted_are_moved_aside(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.begin(0, 3, '"a"')
        part.append(b"abc")
        part.quarantine(tmp_path / "aside" / "k")

    assert (tmp_path / "aside" / "k").read_bytes() == b"abc"
    assert [path.name for path in tmp_path.iterdir()] == ["aside"]


def test_a_part_that_cannot_be_synced_has_no_digest(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "k.part")  # takes every byte, and cannot be synced
    with PartFile(tmp_path, "k") as part:
        part.append(b"abc")
        with pytest.raises(OSError, match="Invalid argument"):
            synced(part)


@pytest.mark.skipif(not can_trace(), reason="strace shows what the system was told")
def test_bytes_are_on_the_disk_before_their_name_and_the_name_before_anybody_hears_of_it(
    tmp_path: Path,
) -> None:
    log = tmp_path / "calls"
    calls = "trace=fsync,renameat2"
    command = ["strace", "-f", "-y", "-e", calls, "-o", str(log)]

    subprocess.run([*command, sys.executable, "-c", PUBLISHER, str(tmp_path)], check=True)

    told = [
        (line.split()[1].partition("(")[0], name)
        for line in log.read_text().splitlines()
        for name in ("k.part", "file.wav", f"{tmp_path}/audio>")
        if name in line
    ]
    assert told == [
        ("fsync", "k.part"), ("renameat2", "k.part"), ("renameat2", "file.wav"),
        ("fsync", f"{tmp_path}/audio>"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "kept"),
    [(BLOCK_BYTES, 0), (BLOCK_BYTES + 1, BLOCK_BYTES + 1)],
    ids=["a block", "more"],
)
def test_a_kill_costs_no_more_than_what_came_since_the_last_checkpoint(
    tmp_path: Path, size: int, kept: int
) -> None:
    part = PartFile(tmp_path, "k", is_new=True)
    part.begin(0, 2 * size, '"a"')
    part.append(b"a" * size)
    assert not (tmp_path / "k.json").exists()

    part.checkpoint()

    with PartFile(tmp_path, "k") as again:
        assert again.size == kept
    part.recorded()
