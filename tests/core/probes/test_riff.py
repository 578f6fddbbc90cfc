"""WAV, by hand: what its lengths may say, and what they may not."""

import struct

import pytest

from tests.probing import probed

HZ = 8_000
SECOND = bytes(range(256)) * 31 + bytes(64)
LIVE = 0xFFFF_FFFF


def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    announced = len(content) if length is None else length
    return name + struct.pack("<I", announced) + content + b"\0" * (len(content) % 2)


def form(tag: int, channels: int = 1, bits: int = 8, *, align: int = 1, rate: int = HZ) -> bytes:
    byte_rate = align * HZ
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, byte_rate, align, bits))


def riff(*chunks: bytes, length: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if length is None else length) + body


@pytest.mark.parametrize(
    ("tag", "bits", "codec"),
    [(1, 8, "pcm"), (6, 8, "alaw"), (7, 8, "ulaw")],
)
def test_samples_are_counted(tag: int, bits: int, codec: str) -> None:
    sound = probed(riff(form(tag, bits=bits), chunk(b"data", SECOND)))

    assert (sound.container, sound.codec, sound.channels) == ("wav", codec, 1)
    assert (sound.duration_s, sound.problem) == (1.0, None)


def test_an_extensible_header_names_its_codec_further_behind() -> None:
    start = struct.pack("<HHIIHH", 0xFFFE, 2, HZ, 4 * HZ, 4, 16)
    guid = struct.pack("<HHIH", 22, 16, 3, 1) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    sound = probed(riff(chunk(b"fmt ", start + guid), chunk(b"data", SECOND)))

    assert (sound.codec, sound.channels, sound.bits, sound.duration_s) == ("pcm", 2, 16, 0.25)


@pytest.mark.parametrize("riff_length", [0, LIVE, 0x7FFF_F024])
@pytest.mark.parametrize("data_length", [0, LIVE, 0x7FFF_F000])
def test_a_file_written_live_lasts_as_long_as_it_has_bytes(
    riff_length: int, data_length: int
) -> None:
    content = riff(form(7), chunk(b"data", SECOND, data_length), length=riff_length)
    sound = probed(content)

    assert (sound.duration_s, sound.problem) == (1.0, None)


def test_a_live_header_may_know_the_length_of_its_data() -> None:
    good = riff(form(7), chunk(b"data", SECOND), length=LIVE)

    assert probed(good).problem is None
    assert probed(good[:-1]).problem is not None


def test_gsm_counts_blocks_and_the_fact_says_how_much_of_the_last_is_meant() -> None:
    layout = struct.pack("<HHIIHHHH", 0x31, 1, HZ, 1_625, 65, 0, 2, 320)
    fact = chunk(b"fact", struct.pack("<I", 15_900))
    data = chunk(b"data", bytes(range(65)) * 50)

    assert probed(riff(chunk(b"fmt ", layout), data)).duration_s == 2.0
    assert probed(riff(chunk(b"fmt ", layout), fact, data)).duration_s == 15_900 / HZ


@pytest.mark.parametrize(("tag", "rate", "codec"), [(0x83, 1_000, "g729"), (0x65, 8_000, "g722")])
def test_codecs_of_a_constant_rate_last_as_long_as_their_bytes(
    tag: int, rate: int, codec: str
) -> None:
    layout = struct.pack("<HHIIHH", tag, 1, HZ, rate, 10, 0)
    sound = probed(riff(chunk(b"fmt ", layout), chunk(b"data", SECOND)))

    assert (sound.codec, sound.duration_s) == (codec, len(SECOND) / rate)


def test_a_codec_nobody_knows_has_no_name() -> None:
    sound = probed(riff(form(0x4242), chunk(b"data", SECOND)))

    assert (sound.container, sound.codec, sound.problem) == ("wav", None, None)


def test_chunks_may_come_in_front_of_the_data_and_behind_it() -> None:
    notes = chunk(b"LIST", b"x" * 9_001)

    assert probed(riff(notes, form(7), notes, chunk(b"data", SECOND), notes)).problem is None


@pytest.mark.parametrize("is_padded", [True, False])
@pytest.mark.parametrize("is_counted", [True, False])
def test_the_byte_that_pads_odd_data_may_lack(is_padded: bool, is_counted: bool) -> None:  # noqa: FBT001
    content = riff(form(7), chunk(b"data", SECOND[:-1]))
    length = len(content) - 8 - (not is_counted)
    content = content[:4] + struct.pack("<I", length) + content[8:]

    assert probed(content if is_padded else content[:-1]).problem is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (riff(form(7), chunk(b"data", b"")), "holds no sound"),
        (riff(form(7)), "holds no sound"),
        (riff(chunk(b"data", SECOND)), "which codec"),
        (riff(chunk(b"fmt ", b"\7\0"), chunk(b"data", SECOND)), "which codec"),
        (riff(form(7, channels=0), chunk(b"data", SECOND)), "0 channels"),
        (riff(form(7, channels=1_000), chunk(b"data", SECOND)), "1000 channels"),
        (riff(form(7, rate=0), chunk(b"data", SECOND)), "at 0 Hz"),
        (riff(form(7, rate=LIVE), chunk(b"data", SECOND)), "at 4294967295 Hz"),
        (riff(form(1, bits=16), chunk(b"data", SECOND)), "frames of 1 bytes"),
        (riff(form(1, bits=7), chunk(b"data", SECOND)), "7 bits"),
        (riff(form(7), chunk(b"data", SECOND), length=2**31 - 5_000), "announces 21474786"),
        (riff(form(7), chunk(b"data", SECOND, LIVE)), "announces 4294967295"),
        (riff(form(7), chunk(b"data", SECOND, 4_000)), "no RIFF chunk starts"),
        (riff(form(7), chunk(b"LIST", SECOND, 2**31)), "announces 2147483648"),
        (riff(form(7), *[chunk(b"junk", b"")] * 60, chunk(b"data", SECOND)), "more than 48"),
        (riff(form(7), *[chunk(b"junk", SECOND)] * 40), "holds no sound"),
        (riff(form(1, 2, 16, align=4), chunk(b"data", SECOND[:-2])), "inside a sample"),
    ],
)
def test_a_header_that_lies_is_found_out(content: bytes, problem: str) -> None:
    found = probed(content).problem

    assert found is not None
    assert problem in found


def test_a_wide_header_may_lack_its_lengths_only_when_it_was_written_live() -> None:
    def wide(total: int, data: int) -> bytes:
        lengths = chunk(b"ds64", struct.pack("<QQQI", total, data, len(SECOND), 0))
        body = b"WAVE" + lengths + form(7) + chunk(b"data", SECOND, LIVE)
        return b"RF64" + struct.pack("<I", LIVE) + body

    size = len(wide(0, 0)) - 8
    assert probed(wide(size, len(SECOND))).duration_s == 1.0
    assert probed(wide(0, 0)).duration_s == 1.0
    assert probed(wide(size + 500, len(SECOND))).problem is not None
    assert probed(wide(size, 2**63)).problem is not None
    assert probed(b"RF64" + wide(0, 0)[4:12] + form(7)).problem is not None
