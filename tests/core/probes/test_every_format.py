"""Every format: whole, cut, glued, empty, and at random."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings_pipeline.core.trust import LEAST_S
from tests.probing import SECONDS, WHOLE, probed, whole

EVERY_FORMAT = pytest.mark.parametrize("name", WHOLE)


@EVERY_FORMAT
def test_a_whole_file_has_no_problem(name: str) -> None:
    sound = probed(whole(name))

    assert sound.problem is None
    assert sound.doubt is None
    assert sound.codec is not None


@pytest.mark.parametrize("name", [name for name in WHOLE if name not in {"screen", "m4a live"}])
def test_its_duration_is_right_to_a_quarter_of_a_second(name: str) -> None:
    assert probed(whole(name)).duration_s == pytest.approx(SECONDS, abs=0.25)


@EVERY_FORMAT
@pytest.mark.parametrize("kept", [0.05, 0.2, 0.5, 0.6, 0.9, 0.99])
def test_a_file_that_lost_its_end_is_found_out(name: str, kept: float) -> None:
    content = whole(name)
    sound = probed(content[: int(len(content) * kept)])

    assert sound.problem is not None


@EVERY_FORMAT
@pytest.mark.parametrize("lost", [3, 100, 900])
def test_a_file_that_lost_its_last_bytes_is_found_out(name: str, lost: int) -> None:
    assert probed(whole(name)[:-lost]).problem is not None


@EVERY_FORMAT
@pytest.mark.parametrize("more", [b"x" * 77, bytes(4_096), b"<html></html>" * 9])
def test_bytes_behind_the_end_are_found_out(name: str, more: bytes) -> None:
    assert probed(whole(name) + more).problem is not None


@EVERY_FORMAT
def test_a_file_behind_a_file_is_found_out(name: str) -> None:
    if name in {"mp3 without tag", "adts", "webm live"}:
        pytest.skip("what does not say how long it is goes on")
    assert probed(whole(name) * 2).problem is not None


@EVERY_FORMAT
def test_an_end_of_zeros_is_found_out(name: str) -> None:
    content = whole(name)
    if name in {"WAV_PCM", "WAV_ULAW", "alaw", "pcm24", "float", "rf64", "adpcm", "m4a"}:
        pytest.skip("any byte is a sample")
    half = len(content) // 2

    assert probed(content[:half] + bytes(len(content) - half)).problem is not None


@EVERY_FORMAT
def test_a_file_of_zeros_under_its_head_is_found_out(name: str) -> None:
    content = whole(name)

    assert probed(content[:16] + bytes(len(content) - 16)).problem is not None


@EVERY_FORMAT
def test_a_file_that_is_shorter_than_the_disk_said_is_found_out(name: str) -> None:
    content = whole(name)

    assert probed(content[: len(content) // 2], len(content) + 10**12).problem is not None


@EVERY_FORMAT
def test_every_prefix_of_the_header_is_found_out(name: str) -> None:
    content = whole(name)

    for length in range(min(400, len(content) - 1)):
        sound = probed(content[:length])
        # Whole frames of MP3 or AAC are a whole file, of some milliseconds.
        is_short = sound.duration_s is not None and sound.duration_s < LEAST_S
        assert sound.problem is not None or sound.container is None or is_short


@EVERY_FORMAT
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_mutation_raises_or_breaks_the_bounds(name: str, data: st.DataObject) -> None:
    content = bytearray(whole(name))
    # Headers are where lengths are; the tail is what is read besides.
    spots = st.one_of(st.integers(0, min(len(content), 600) - 1), st.integers(0, len(content) - 1))
    for at in data.draw(st.lists(spots, max_size=12)):
        content[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))

    probed(bytes(content))


@settings(max_examples=300, deadline=None)
@given(
    magic=st.sampled_from(
        [
            b"",
            b"RIFF\xff\xff\xff\xffWAVE",
            b"RF64\xff\xff\xff\xffWAVEds64",
            b"OggS\0\2",
            b"\x1aE\xdf\xa3\x84",
            b"\0\0\0\x10ftypM4A \0\0\0\0",
            b"ID3\4\0\0\0\0\0\0",
            b"\xff\xfb\x90\0",
            b"\xff\xf1\x50\x80",
            b"PK\3\4",
            b"{",
        ]
    ),
    rest=st.binary(max_size=3_000),
)
def test_no_bytes_raise_or_break_the_bounds(magic: bytes, rest: bytes) -> None:
    probed(magic + rest)


@EVERY_FORMAT
def test_long_noise_behind_a_good_head_is_bounded(name: str) -> None:
    noise = random.Random(5).randbytes(400_000)

    for kept in (4, 16, 64, 200, 1_000, 4_096):
        probed(whole(name)[:kept] + noise)
