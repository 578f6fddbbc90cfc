"""What a file really is."""

import pytest

from recordings_pipeline.core.containers import container_of, text_container_of


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"OggS\x00\x02", "ogg"),
        (b"\x1aE\xdf\xa3", "webm"),
        (b"\x00\x00\x00\x20ftypM4A ", "m4a"),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90", "mp3"),
        (b"\xff\xf1\x50", "aac"),
        (b"<html>", None),
        (b'<?xml version="1.0"?><Error>', None),
        (b"RIFF\x00\x00\x00\x00AVI ", None),
        (b"", None),
    ],
)
def test_the_first_bytes_name_the_container(head: bytes, container: str | None) -> None:
    assert container_of(head) == container


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b' \n{"messages": []}', "json"),
        (b"[1]", "json"),
        (b"From: a@example.com\r\n", "eml"),
        (b"<html>", None),
        (b"RIFF\x00\x00", None),
    ],
)
def test_a_written_conversation_is_known_by_its_first_bytes(
    head: bytes, container: str | None
) -> None:
    assert text_container_of(head) == container
