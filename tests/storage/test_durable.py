"""Names are given once, with hard links or without."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_pipeline.storage.durable import give_name, move_to_free_name, publish_bytes

Give = Callable[[Path, Path], None]


@pytest.mark.parametrize("name", [give_name, move_to_free_name])
def test_a_file_gets_a_free_name(name: Give, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")

    name(tmp_path / "part", tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == b"abc"


@pytest.mark.parametrize("name", [give_name, move_to_free_name])
def test_a_name_that_is_taken_stays_with_its_owner(name: Give, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")
    (tmp_path / "file").write_bytes(b"foreign")

    with pytest.raises(FileExistsError):
        name(tmp_path / "part", tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == b"foreign"
    assert (tmp_path / "part").read_bytes() == b"abc"


@pytest.mark.parametrize("name", [give_name, move_to_free_name])
def test_a_reservation_left_by_a_crash_is_used(name: Give, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")
    (tmp_path / "file").touch()

    name(tmp_path / "part", tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == b"abc"


def test_content_that_cannot_be_synced_is_not_published(tmp_path: Path) -> None:
    (tmp_path / ".file.new").symlink_to("/dev/null")  # takes every byte, and cannot be synced

    with pytest.raises(OSError, match="Invalid argument"):
        publish_bytes(tmp_path / "file", b"abc")

    assert not (tmp_path / "file").exists()
