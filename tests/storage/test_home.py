"""The data directory turns what the disk refuses into one sentence."""

import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import ConfigurationError, StorageFailed
from recordings_pipeline.storage.durable import publish_bytes
from recordings_pipeline.storage.examination import entries
from recordings_pipeline.storage.home import Home


def test_a_full_disk_is_a_sentence_with_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / ".part-0.parquet.new").symlink_to("/dev/full")

    with pytest.raises(StorageFailed) as caught, Home(tmp_path).storing():
        publish_bytes(tmp_path / "tables" / "part-0.parquet", b"rows")

    assert str(caught.value) == (
        "tables/part-0.parquet could not be written: No space left on device; "
        "free space, then run the day again"
    )


@pytest.mark.parametrize("number", [errno.EFBIG, errno.EDQUOT, errno.ENOSPC, errno.EROFS])
def test_a_refusal_without_a_name_is_still_one_of_the_disk(number: int, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="could not be written"), Home(tmp_path).storing():
        raise OSError(number, "as the system says")


def test_what_a_full_disk_does_not_help_is_not_answered_with_space(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageFailed, match="check the disk"), Home(tmp_path).storing():
        (tmp_path / "file" / "below").touch()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
@pytest.mark.parametrize("name", [None, "ledger.db"])
def test_where_no_descriptors_are_left_their_limit_is_to_be_raised(
    number: int, name: str | None, tmp_path: Path
) -> None:
    where = () if name is None else (str(tmp_path / name),)

    with (
        pytest.raises(StorageFailed, match="raise the limit of open files"),
        Home(tmp_path).storing(),
    ):
        raise OSError(number, "as the system says", *where)


@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "pipe"), FileNotFoundError(2, "no", "/elsewhere")]
)
def test_what_happens_elsewhere_is_left_alone(error: OSError, tmp_path: Path) -> None:
    with pytest.raises(type(error)), Home(tmp_path).storing():
        raise error


def test_the_size_of_a_directory_can_be_told_while_files_vanish(tmp_path: Path) -> None:
    parts = tmp_path / "audio" / ".parts"
    parts.mkdir(parents=True)
    (tmp_path / "audio" / "kept.wav").write_bytes(b"1234")
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            for number in range(50):
                (parts / str(number)).touch()
            for number in range(50):
                (parts / str(number)).unlink()

    with ThreadPoolExecutor() as other:
        going = other.submit(come_and_go)
        try:
            sizes = {Home(tmp_path).used_bytes() for _ in range(300)}
        finally:
            ended.set()
            going.result()

    assert sizes == {4}


def test_processes_take_turns_at_what_all_of_them_write(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    inside, waited = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait()
        with home.turn("describe"):
            waited.set()

    with ThreadPoolExecutor() as pool:
        with home.turn("describe"):
            other = pool.submit(second)
            inside.set()
            assert not waited.wait(0.1)
        other.result()

    assert waited.is_set()


@pytest.mark.parametrize("name", [".", "audit", "audio", str(layout.LOCKS)])
def test_a_directory_that_everybody_may_write_is_refused_before_anything_begins(
    name: str, tmp_path: Path
) -> None:
    Home(tmp_path).prepare()
    (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / name).chmod(0o777)

    with pytest.raises(ConfigurationError, match=r"can be written by everybody: chmod o-w /"):
        Home(tmp_path).prepare()


def test_a_directory_that_a_group_may_write_is_named_by_the_examination(tmp_path: Path) -> None:
    Home(tmp_path).prepare()
    before = [entry.path for entry in entries(Home(tmp_path))]
    tmp_path.chmod(0o770)

    assert "." not in before
    assert next(entries(Home(tmp_path))).path == "."


def test_what_others_drop_may_be_written_by_others(tmp_path: Path) -> None:
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming").chmod(0o777)

    Home(tmp_path).prepare()
