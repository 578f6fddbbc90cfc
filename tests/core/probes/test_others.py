"""Ogg, WebM, MP3, MP4 and written conversations, by hand: what only bytes made up can show."""

import io
import struct
import zipfile

import pytest

from recordings_pipeline.simulator.ogg import checksum, with_serial
from tests.probing import probed, whole


def page(
    body: bytes, *, flags: int = 0, position: int = 0, number: int = 0, serial: int = 9
) -> bytes:
    laces = bytes([255] * (len(body) // 255) + [len(body) % 255])
    header = struct.pack("<4sBBQIII", b"OggS", 0, flags, position, serial, number, 0)
    blank = header + bytes([len(laces)]) + laces + body
    return blank[:22] + struct.pack("<I", checksum(blank)) + blank[26:]


HEAD = page(b"OpusHead\1\2" + struct.pack("<HIhB", 312, 8_000, 0, 0), flags=2)
TAGS = page(b"OpusTags" + bytes(8), number=1)


def ogg(position: int, *, flags: int = 4, serial: int = 9, body: bytes = b"sound" * 40) -> bytes:
    last = page(body, flags=flags, position=position, number=2, serial=serial)
    return HEAD + TAGS + last


def test_opus_lasts_from_its_skip_to_its_last_position() -> None:
    sound = probed(ogg(48_312))

    assert (sound.codec, sound.channels, sound.sample_rate_hz) == ("opus", 2, 8_000)
    assert (sound.duration_s, sound.problem, sound.doubt) == (1.0, None, None)


def test_a_stream_without_an_end_is_doubted() -> None:
    sound = probed(ogg(48_312, flags=0))

    assert sound.problem is None
    assert sound.doubt is not None


def test_the_name_of_a_page_inside_the_sound_fools_nobody() -> None:
    assert probed(ogg(48_312, body=b"OggS\0\4" * 30)).problem is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (ogg(312), "no sound"),
        (ogg(2**63), "announce"),
        (ogg(48_312, serial=8), "another file"),
        (HEAD, "no sound"),
        (TAGS, "does not start"),
        (HEAD[:22] + b"none" + HEAD[26:] + TAGS, "checksum"),
        (ogg(48_312)[:-1], "ends inside"),
        (ogg(48_312) + b"x", "1 bytes follow"),
        (ogg(48_312)[:-1] + b"x", "does not|follow"),
    ],
)
def test_pages_that_lie_are_found_out(content: bytes, problem: str) -> None:
    found = probed(content).problem

    assert found is not None
    assert any(words in found for words in problem.split("|")), found


@pytest.mark.parametrize(("channels", "hz"), [(200, 8_000), (2, 4_000_000_000)])
def test_noise_read_as_a_header_is_found_out(channels: int, hz: int) -> None:
    head = page(b"OpusHead\1" + struct.pack("<BHIhB", channels, 312, hz, 0, 0), flags=2)
    content = head + TAGS + page(b"sound", flags=4, position=48_312, number=2)

    assert "no recording has" in (probed(content).problem or "")


def test_another_stream_glued_to_the_end_is_found_out() -> None:
    first = whole("OGG_OPUS")

    assert probed(first + with_serial(first, 77)).problem is not None


def test_an_ogg_file_of_an_unknown_codec_has_none() -> None:
    first = page(b"\x7fFuture", flags=2)
    sound = probed(first + TAGS + page(b"x", flags=4, number=2))

    assert (sound.container, sound.codec, sound.problem) == ("ogg", None, None)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"webm", b"none", "neither WebM nor Matroska"),
        (b"\x18\x53\x80\x67", b"\x18\x53\x80\x68", "no segment"),
        (b"\x16\x54\xae\x6b", b"\x16\x54\xae\x6c", "neither sound nor picture"),
        (b"\x1f\x43\xb6\x75", b"\x1f\x43\xb6\x76", "no sound"),
    ],
)
def test_a_webm_file_without_one_of_its_parts_is_found_out(
    old: bytes, new: bytes, problem: str
) -> None:
    found = probed(whole("WEBM_OPUS").replace(old, new)).problem

    assert found is not None
    assert problem in found


def test_a_webm_file_that_announces_more_than_it_has_is_found_out() -> None:
    content = whole("WEBM_OPUS")
    at = content.index(b"\x44\x89\x88") + 3
    longer = content[:at] + struct.pack(">d", 60_000.0) + content[at + 8 :]

    assert "announces 60.0 s" in (probed(longer).problem or "")


@pytest.mark.parametrize(("size", "is_doubted"), [(300_000, False), (600_000, True)])
def test_a_live_webm_file_is_doubted_where_its_last_cluster_is_out_of_sight(
    size: int,
    is_doubted: bool,  # noqa: FBT001
) -> None:
    content = whole("webm live")
    start = content.rindex(b"\x1f\x43\xb6\x75")
    block = b"\xa3\x01" + size.to_bytes(7, "big") + b"\x81\0\0\x80" + b"s" * (size - 4)
    sound = probed(content[:start] + b"\x1f\x43\xb6\x75\xff\xe7\x81\x05" + block)

    assert sound.problem is None
    assert (sound.doubt is not None) is is_doubted


def test_tags_around_mp3_are_passed_by() -> None:
    content = whole("MP3")
    tag = b"ID3\4\0\0" + bytes([0, 0, 0x20, 0]) + bytes(0x1000)

    sound = probed(tag + content + b"TAG" + bytes(125))

    assert (sound.problem, sound.payload_offset) == (None, len(tag))


@pytest.mark.parametrize("tag", [b"Xing", b"Info"])
@pytest.mark.parametrize(
    ("frames", "size", "problem"),
    [(100, 0, None), (0xFFFF_FFFF, 0, "frames in"), (100, 0xFFFF_FFFF, "bytes of sound")],
)
def test_what_the_first_frame_of_mp3_announces_must_fit(
    tag: bytes, frames: int, size: int, problem: str | None
) -> None:
    content = whole("MP3")
    at = max(content[:200].find(b"Xing"), content[:200].find(b"Info"))
    fields = tag + struct.pack(">III", 3 if size else 1, frames, size)
    found = probed(content[:at] + fields + content[at + len(fields) :]).problem

    assert (found is None) if problem is None else (problem in (found or ""))


def test_an_mp3_of_changing_rates_without_a_tag_has_no_duration() -> None:
    # MPEG 2 at 16,000 Hz in stereo: 48 kbit/s are 216 bytes a frame, 32 kbit/s 144.
    fast, slow = b"\xff\xf3\x68\x64" + bytes(212), b"\xff\xf3\x48\x64" + bytes(140)

    assert probed(fast * 100).duration_s == 100 * 576 / 16_000
    changing = probed(fast * 60 + slow * 60)
    assert changing.problem is None
    assert changing.duration_s is None


@pytest.mark.parametrize("missing", [b"moov", b"mdat"])
def test_an_mp4_file_without_one_of_its_parts_is_found_out(missing: bytes) -> None:
    assert probed(whole("m4a").replace(missing, b"free")).problem is not None


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def test_a_box_that_announces_more_than_the_file_has_is_found_out() -> None:
    content = box(b"ftyp", b"M4A \0\0\0\0")
    giant = struct.pack(">I4sQ", 1, b"mdat", 2**63)

    assert f"announces {2**63} bytes" in (probed(content + giant + bytes(900)).problem or "")


def test_an_index_in_a_hundred_places_is_not_followed() -> None:
    scattered = box(b"moov", box(b"free", bytes(5_000)) * 90)
    content = box(b"ftyp", b"M4A \0\0\0\0") + scattered + box(b"mdat", b"sound")

    assert "scattered" in (probed(content).problem or "")


def test_a_zip_archive_ends_with_its_directory() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("chat.json", "{}" * 400)
    content = file.getvalue()

    assert (probed(content).container, probed(content).problem) == ("zip", None)
    for damaged in (content[:-1], content[:50], content + b"x", content[40:]):
        sound = probed(damaged)
        assert sound.problem is not None or sound.container is None


@pytest.mark.parametrize(
    ("content", "container", "is_whole"),
    [
        (b'{"messages": []}\n', "json", True),
        (b'{"messages": [', "json", False),
        (b'{"messages": []}{}', "json", False),
        (b"[" * 100_000, "json", False),
        (b"[" + b"1," * 400_000 + b"1]", "json", True),
        (b"[" + b"1," * 400_000 + b"1", "json", False),
        (b"From: a@example.com\r\n\r\nHi", "eml", True),
        (b"<html><body>502</body></html>", None, False),
        (b"\n<?xml version='1.0'?><Error/>", None, False),
        (bytes(4_096), None, False),
        (b"", None, False),
    ],
    ids=range(11),
)
def test_written_conversations_and_pages(
    content: bytes,
    container: str | None,
    is_whole: bool,  # noqa: FBT001
) -> None:
    sound = probed(content)

    assert (sound.container, sound.problem is None) == (container, is_whole)
