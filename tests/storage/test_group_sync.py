"""Files are synced together, and each has an error of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings_pipeline.storage.group_sync import sync_all, sync_directories
from tests.storage.test_part_file import can_trace

COUNT = 70  # more than the system is given in one list
PROGRAM = """
import os, sys
from pathlib import Path
from recordings_pipeline.storage import group_sync
group_sync._HAS_LISTS = sys.argv[2] == "lists"
root = Path(sys.argv[1])
files = [root / str(n) for n in range(70)]
group_sync.sync_all([(os.open(file, os.O_CREAT | os.O_RDWR), file) for file in files])
(root / "folder").mkdir()
files[0].rename(root / "folder" / "named")
group_sync.sync_directories([root, root / "folder"])
"""

Opened = list[tuple[int, Path]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Many open files with a byte in each."""
    files = []
    for path in (tmp_path / str(number) for number in range(COUNT)):
        path.write_bytes(b"a")
        files.append((os.open(path, os.O_RDWR), path))
    yield files
    for descriptor, _ in files:
        os.close(descriptor)


def synced_of(trace: str) -> list[str]:
    """Return what a trace of `PROGRAM` says was synced, in lists or one by one."""
    names = dict(re.findall(r'openat\(AT_FDCWD, "[^"]*/([^/"]+)", [^)]*\) = (\d+)', trace))
    names = {number: name for name, number in names.items()}
    listed = [line for line in trace.splitlines() if "io_submit" in line]
    numbers = re.findall(r"aio_fildes=(\d+)", "".join(listed)) + re.findall(r"fsync\((\d+)", trace)
    return [names.get(number, "?") for number in numbers]


@pytest.mark.skipif(not can_trace(), reason="strace shows what the system was told")
@pytest.mark.parametrize("way", ["lists", "one by one"])
def test_every_file_is_synced_before_anything_else_happens(tmp_path: Path, way: str) -> None:
    log = tmp_path / "calls"
    strace = ["strace", "-s", "999", "-e", "abbrev=none", "-o", str(log)]
    strace += ["-e", "trace=openat,fsync,io_submit,io_getevents,mkdir,rename"]
    root = tmp_path / "root"
    root.mkdir()

    subprocess.run([*strace, sys.executable, "-c", PROGRAM, str(root), way], check=True)

    before, _, after = log.read_text().partition("mkdir(")
    assert sorted(synced_of(before)) == sorted(str(number) for number in range(COUNT))
    assert synced_of(after) == ["root", "folder"]
    assert ("IOCB_CMD_FSYNC" in before) == (way == "lists")


@pytest.mark.parametrize("place", [0, 40, COUNT - 1])
def test_a_file_that_cannot_be_synced_is_named(opened: Opened, tmp_path: Path, place: int) -> None:
    os.mkfifo(tmp_path / "pipe")  # can be opened, and cannot be synced
    pipe = os.open(tmp_path / "pipe", os.O_RDWR)

    with pytest.raises(OSError, match="Invalid argument") as caught:
        sync_all([*opened[:place], (pipe, tmp_path / "pipe"), *opened[place:]])

    os.close(pipe)
    assert caught.value.filename == str(tmp_path / "pipe")


def test_a_descriptor_that_is_closed_is_an_error(opened: Opened, tmp_path: Path) -> None:
    gone = os.dup(opened[0][0])
    os.close(gone)

    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_all([*opened, (gone, tmp_path / "gone")])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_syncs_with_lists_of_its_own(opened: Opened) -> None:
    sync_all(opened)

    child = os.fork()
    if child == 0:
        sync_all(opened)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_directory_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        sync_directories([tmp_path, tmp_path / "nowhere"])
