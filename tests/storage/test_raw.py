"""What the source sent is kept, and damage to it is noticed."""

from pathlib import Path

import pytest

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.storage.raw import keep_raw, read_raw

HEADER_BYTES, TRAILER_BYTES = 10, 8


def kept(folder: Path) -> Path:
    path = folder / "answer.json.gz"
    keep_raw(path, b'{"phrases": []}' * 100)
    return path


def test_an_answer_is_read_back_as_it_was(tmp_path: Path) -> None:
    assert read_raw(kept(tmp_path)) == b'{"phrases": []}' * 100


@pytest.mark.parametrize(
    "place",
    [0, HEADER_BYTES, -TRAILER_BYTES],
    ids=["in the header", "in the compressed bytes", "in the checksum"],
)
def test_a_damaged_byte_is_noticed_wherever_it_is(tmp_path: Path, place: int) -> None:
    path = kept(tmp_path)
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)

    with pytest.raises(MalformedPayload, match="cannot be unpacked"):
        read_raw(path)


def test_a_file_that_ends_early_is_noticed(tmp_path: Path) -> None:
    path = kept(tmp_path)
    path.write_bytes(path.read_bytes()[:-TRAILER_BYTES])

    with pytest.raises(MalformedPayload):
        read_raw(path)
