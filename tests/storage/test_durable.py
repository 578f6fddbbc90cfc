"""Names are given once, with hard links or without."""

import errno
from pathlib import Path

import pytest

from recordings_pipeline.storage.durable import (
    WAYS,
    Way,
    move_to_free_name,
    publish_bytes,
    reserve_and_rename,
)

every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@every_way
def test_a_file_gets_a_free_name(way: Way, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")

    move_to_free_name(tmp_path / "part", tmp_path / "file", [way])

    assert (tmp_path / "file").read_bytes() == b"abc"
    assert not (tmp_path / "part").exists()


@every_way
def test_a_name_that_is_taken_stays_with_its_owner(way: Way, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")
    (tmp_path / "file").write_bytes(b"foreign")

    with pytest.raises(FileExistsError):
        move_to_free_name(tmp_path / "part", tmp_path / "file", [way])

    assert (tmp_path / "file").read_bytes() == b"foreign"
    assert (tmp_path / "part").read_bytes() == b"abc"


@every_way
def test_a_reservation_left_by_a_crash_is_used(way: Way, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")
    (tmp_path / "file").touch()

    move_to_free_name(tmp_path / "part", tmp_path / "file", [way])

    assert (tmp_path / "file").read_bytes() == b"abc"


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS, errno.EPERM])
def test_a_disk_that_does_not_know_a_way_is_asked_for_the_next(tmp_path: Path, number: int) -> None:
    (tmp_path / "part").write_bytes(b"abc")

    def unknown(_source: Path, _target: Path) -> None:
        raise OSError(number, "unknown")

    move_to_free_name(tmp_path / "part", tmp_path / "file", [unknown, reserve_and_rename])

    assert (tmp_path / "file").read_bytes() == b"abc"


def test_content_that_cannot_be_synced_is_not_published(tmp_path: Path) -> None:
    (tmp_path / ".file.new").symlink_to("/dev/null")  # takes every byte, and cannot be synced

    with pytest.raises(OSError, match="Invalid argument"):
        publish_bytes(tmp_path / "file", b"abc")

    assert not (tmp_path / "file").exists()
