"""Parts continue, publish once, and never take foreign bytes along."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from recordings_pipeline.core.errors import NameTaken
from recordings_pipeline.storage.part_file import PartFile

NAME = PurePosixPath("audio/file.wav")
PUBLISHER = """
import sys
from pathlib import Path, PurePosixPath
from recordings_pipeline.storage.part_file import PartFile
root = Path(sys.argv[1])
with PartFile(root, "k") as part:
    part.begin(0, 3, None)
    part.append(b"abc")
    part.publish(root, PurePosixPath("audio/file.wav"), part.digest())
"""


def can_trace() -> bool:
    """Say whether strace is there and allowed to look."""
    strace = shutil.which("strace")
    return (
        bool(strace)
        and subprocess.run([str(strace), "true"], capture_output=True, check=False).returncode == 0
    )


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


def test_a_part_that_cannot_be_synced_has_no_digest(tmp_path: Path) -> None:
    (tmp_path / "k.part").symlink_to("/dev/null")  # takes every byte, and cannot be synced
    (tmp_path / "k.json").write_text('{"etag": null, "total": 3}')

    with PartFile(tmp_path, "k") as part, pytest.raises(OSError, match="Invalid argument"):
        part.digest()


@pytest.mark.skipif(not can_trace(), reason="strace shows what the system was told")
def test_bytes_are_on_the_disk_before_their_name_and_the_name_before_anybody_hears_of_it(
    tmp_path: Path,
) -> None:
    log = tmp_path / "calls"
    calls = "trace=fsync,link,linkat,rename"
    command = ["strace", "-f", "-y", "-e", calls, "-o", str(log)]

    subprocess.run([*command, sys.executable, "-c", PUBLISHER, str(tmp_path)], check=True)

    told = [
        (line.split()[1].partition("(")[0], name)
        for line in log.read_text().splitlines()
        for name in ("k.part", "file.wav", f"{tmp_path}/audio>")
        if name in line
    ]
    assert told == [
        ("fsync", "k.part"), ("link", "k.part"), ("link", "file.wav"),
        ("fsync", f"{tmp_path}/audio>"),
    ]  # fmt: skip
