"""A data directory describes itself, and nothing of anybody else's is overwritten."""

from pathlib import Path

import pytest

from recordings_pipeline.core.dictionary import dictionary
from recordings_pipeline.storage.dictionary_file import keep_dictionary


def test_a_directory_without_a_readme_gets_the_dictionary(tmp_path: Path) -> None:
    assert keep_dictionary(tmp_path)
    assert (tmp_path / "README.md").read_text() == dictionary()


def test_a_dictionary_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    keep_dictionary(tmp_path)
    inode = (tmp_path / "README.md").stat().st_ino

    assert not keep_dictionary(tmp_path)
    assert (tmp_path / "README.md").stat().st_ino == inode


def test_an_older_dictionary_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr("recordings_pipeline.core.dictionary._HEAD", "# data/\n\nOnce.\n")
        keep_dictionary(tmp_path)

    assert keep_dictionary(tmp_path)
    assert (tmp_path / "README.md").read_text() == dictionary()


@pytest.mark.parametrize(
    "theirs",
    [b"# ours alone\n", b"", b"\xff\xfe", dictionary().replace("## Tables", "## T").encode()],
    ids=["another text", "empty", "no text", "a changed dictionary"],
)
def test_what_we_did_not_write_stays_as_it_is(tmp_path: Path, theirs: bytes) -> None:
    (tmp_path / "README.md").write_bytes(theirs)

    assert not keep_dictionary(tmp_path)
    assert (tmp_path / "README.md").read_bytes() == theirs


def test_neither_a_link_nor_a_directory_is_followed(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "other" / "README.md").mkdir(parents=True)

    assert not keep_dictionary(tmp_path)
    assert not keep_dictionary(tmp_path / "other")
    assert not (tmp_path / "elsewhere").exists()
