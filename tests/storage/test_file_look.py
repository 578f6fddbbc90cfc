"""A look at a file says what it is, and nothing that lies there can keep it waiting."""

import hashlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.verification import Look
from recordings_pipeline.storage.file_look import FileReader

BLOCK = 1 << 20


@pytest.fixture
def reader() -> FileReader:
    return FileReader(threading.Event())


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_a_digest_is_over_the_whole_file(reader: FileReader, tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.wav"
    content = os.urandom(size)
    path.write_bytes(content)

    look = reader.look(path, size)

    assert look == Look("file", size, hashlib.sha256(content).hexdigest())


def test_a_block_holds_nothing_of_the_file_before(reader: FileReader, tmp_path: Path) -> None:
    long, short = tmp_path / "long", tmp_path / "short"
    long.write_bytes(b"x" * 100)
    short.write_bytes(b"y")
    reader.look(long, 100)

    assert reader.look(short, 1).sha256 == hashlib.sha256(b"y").hexdigest()


@pytest.mark.parametrize(("size", "is_hashed"), [(4, True), (3, False)])
def test_a_file_of_another_size_or_out_of_the_sample_is_not_read(
    reader: FileReader, tmp_path: Path, size: int, *, is_hashed: bool
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"abc")

    assert reader.look(path, size, is_hashed=is_hashed) == Look("file", 3, None)


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (os.mkfifo, "FIFO"),
        (os.mkdir, "directory"),
        (lambda path: path.symlink_to("/dev/zero"), "symbolic link"),
        (listen, "socket"),
    ],
    ids=["FIFO", "directory", "link", "socket"],
)
def test_what_is_no_file_is_named_and_not_opened(
    reader: FileReader, tmp_path: Path, make: Callable[[Path], object], kind: str
) -> None:
    path = tmp_path / "a.wav"
    make(path)

    look = reader.look(path, os.lstat(path).st_size)

    assert (look.kind, look.sha256) == (kind, None)


def test_nothing_is_no_error(reader: FileReader, tmp_path: Path) -> None:
    assert reader.look(tmp_path / "a.wav", 3) == Look()


def test_what_the_system_refuses_is_told_in_its_words(reader: FileReader, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    assert (
        reader.look(tmp_path / "loop" / "a.wav", 3).problem == "Too many levels of symbolic links"
    )


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
def test_bytes_that_cannot_be_read_are_told(reader: FileReader) -> None:
    assert reader.look(Path("/proc/self/mem"), 0).problem == "Input/output error"


def test_a_person_who_asks_to_stop_does_not_wait_for_the_file(tmp_path: Path) -> None:
    path, stop = tmp_path / "a.wav", threading.Event()
    path.write_bytes(b"abc")
    stop.set()

    with pytest.raises(Interrupted):
        FileReader(stop).look(path, 3)
