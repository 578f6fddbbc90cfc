"""Parts continue, publish once, and never take foreign bytes along."""

import hashlib
from pathlib import Path, PurePosixPath

import pytest

from recordings_pipeline.core.errors import NameTaken
from recordings_pipeline.storage.part_file import PartFile

NAME = PurePosixPath("audio/file.wav")


def test_a_part_continues_where_it_stopped(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.begin(0, 6, '"a"')
        part.append(b"abc")

    with PartFile(tmp_path, "k") as part:
        assert (part.held.size, part.held.etag, part.held.total) == (3, '"a"', 6)
        part.begin(3, 6, '"a"')
        part.append(b"def")

        assert part.digest().sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_a_part_without_side_record_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "k.part").write_bytes(b"foreign")

    with PartFile(tmp_path, "k") as part:
        assert part.size == 0


def test_changed_content_starts_from_nothing(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.begin(0, 6, '"a"')
        part.append(b"abc")
        part.begin(0, 9, '"b"')

        assert part.size == 0


def test_a_published_file_is_found_again_after_a_crash(tmp_path: Path) -> None:
    with PartFile(tmp_path, "k") as part:
        part.begin(0, 3, '"a"')
        part.append(b"abc")
        part.publish(tmp_path, NAME, part.digest())

    with PartFile(tmp_path, "k") as part:
        found = part.proved(tmp_path)

    assert found is not None
    assert found.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert (tmp_path / NAME).read_bytes() == b"abc"


def test_a_foreign_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / NAME).write_bytes(b"foreign")

    with PartFile(tmp_path, "k") as part:
        part.begin(0, 3, '"a"')
        part.append(b"abc")
        with pytest.raises(NameTaken):
            part.publish(tmp_path, NAME, part.digest())

    assert (tmp_path / NAME).read_bytes() == b"foreign"


def test_nothing_is_left_once_the_ledger_knows(tmp_path: Path) -> None:
    with PartFile(tmp_path / "", "k") as part:
        part.begin(0, 3, '"a"')
        part.append(b"abc")
        part.publish(tmp_path, NAME, part.digest())
        part.recorded()

    assert [path.name for path in tmp_path.iterdir()] == ["audio"]
