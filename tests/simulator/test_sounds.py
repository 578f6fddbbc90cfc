"""Recordings are served as bytes that lie on no disk."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.sounds import BLOCK_BYTES, Sound, Store, sound_of
from recordings_pipeline.simulator.speech import rendered
from tests.listening import Conversation, conversation, three_hours

MEGABYTE = 1_000_000
# An odd number of samples: one channel of µ-law then needs the byte that pads RIFF chunks.
CALL = conversation(1, 8 + 1 / 8_000)
SMALL_STORE = Store(rendered_bytes=MEGABYTE, encoded_bytes=MEGABYTE)
EVERY_FORMAT = pytest.mark.parametrize("kind", Format, ids=lambda kind: kind.name)


def small(kind: Format, *, channels: int = 2, span: tuple[int, int] | None = None) -> Sound:
    return sound_of(CALL, kind, channels=channels, span=span, store=SMALL_STORE)


@EVERY_FORMAT
@pytest.mark.parametrize("channels", [1, 2])
def test_the_size_announced_is_the_size_served(kind: Format, channels: int) -> None:
    sound = small(kind, channels=channels)

    assert sound.size == len(sound.read()) == sum(len(block) for block in sound.blocks())


@pytest.mark.parametrize("kind", [Format.WAV_PCM, Format.WAV_ULAW, Format.OGG_VORBIS])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_range_is_the_same_slice_of_the_whole(kind: Format, channels: int) -> None:
    sound = small(kind, channels=channels)
    whole = sound.read()
    edges = [0, 1, 44, 45, 58, 59, 58 + BLOCK_BYTES, 44 + BLOCK_BYTES, sound.size - 1, sound.size]
    edges += np.random.default_rng(3).integers(0, sound.size, 10).tolist()

    for first, last in product([edge for edge in edges if edge <= sound.size], repeat=2):
        if first <= last:
            assert sound.read(first, last) == whole[first:last]


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 4), (0, 10**9)])
def test_a_range_beyond_the_end_is_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="of a sound of"):
        small(Format.WAV_ULAW).read(first, last)


def test_a_kept_block_is_served_without_a_copy() -> None:
    sound = sound_of(CALL, Format.WAV_PCM)
    served = [block for block in sound.blocks() if len(block) == BLOCK_BYTES]

    again = [block for block in sound.blocks() if len(block) == BLOCK_BYTES]

    assert len(served) == 1
    assert again[0] is served[0]


def test_a_range_in_a_call_of_three_hours_renders_less_than_one_per_cent_of_it() -> None:
    store = Store(rendered_bytes=8 * MEGABYTE, encoded_bytes=0)
    sound = sound_of(three_hours(), Format.WAV_ULAW, store=store)
    all_blocks = sound.size // BLOCK_BYTES

    assert sound.size == 58 + 3 * 3_600 * 8_000 * 2
    assert store.rendered.made_count == 0
    part = sound.read(100 * MEGABYTE, 101 * MEGABYTE)
    assert len(part) == MEGABYTE
    assert store.rendered.made_count < all_blocks / 100


def test_streaming_a_long_call_keeps_no_more_than_the_store_allows() -> None:
    store = Store(rendered_bytes=MEGABYTE, encoded_bytes=0)
    sound = sound_of(three_hours(), Format.WAV_ULAW, store=store)

    for _ in sound.blocks(0, 10 * MEGABYTE):
        assert store.rendered.held_bytes <= MEGABYTE


def test_the_middle_of_a_long_call_sounds_as_it_does_in_the_whole() -> None:
    long = three_hours()
    first = 5_400 * 8_000 + 12_345
    sound = sound_of(long, Format.WAV_PCM)

    part = sound.read(44 + first * 4, 44 + (first + 9_000) * 4)

    expected = rendered(long, first, first + 9_000)
    assert np.array_equal(np.frombuffer(part, "<i2").reshape(-1, 2), expected)


def test_two_files_of_one_recording_hold_the_call_between_them() -> None:
    cut = 30_001
    parts = [
        small(Format.WAV_PCM, span=(0, cut)),
        small(Format.WAV_PCM, span=(cut, CALL.length)),
    ]

    joined = b"".join(part.read(44) for part in parts)

    assert joined == small(Format.WAV_PCM).read(44)


@EVERY_FORMAT
def test_threads_that_want_the_same_sound_make_it_once(kind: Format) -> None:
    store = Store(rendered_bytes=MEGABYTE, encoded_bytes=MEGABYTE)
    together = Barrier(4)

    def fetch(_: int) -> bytes:
        sound = sound_of(CALL, kind, span=(0, 24_000), store=store)
        together.wait()
        return sound.read()

    with ThreadPoolExecutor(4) as pool:
        contents = set(pool.map(fetch, range(4)))

    assert len(contents) == 1
    assert store.rendered.made_count + store.encoded.made_count == 1


def test_an_etag_changes_with_whatever_changes_the_bytes() -> None:
    shorter = Conversation(CALL.length - 2, CALL.clips)
    other = Conversation(CALL.length, CALL.clips[1:])
    sounds = [small(kind, channels=channels) for kind in Format for channels in (1, 2)]
    sounds += [small(Format.WAV_PCM, span=(0, CALL.length - 2))]
    sounds += [sound_of(call, Format.WAV_ULAW) for call in (shorter, other)]
    etags = [sound.etag for sound in sounds]

    assert len(set(etags)) == len(sounds)
    assert all(etag[0] == etag[-1] == '"' and len(etag) == 34 for etag in etags)


def test_equal_plans_share_their_bytes_and_etags() -> None:
    twin = conversation(1, 8 + 1 / 8_000)

    assert twin.clips is not CALL.clips
    for kind in Format:
        made = SMALL_STORE.encoded.made_count
        sound = sound_of(twin, kind, store=SMALL_STORE)
        assert (sound.etag, sound.read()) == (small(kind).etag, small(kind).read())
        assert SMALL_STORE.encoded.made_count <= made + 1


@pytest.mark.parametrize(
    ("kind", "content_type", "extension"),
    [
        (Format.WAV_PCM, "audio/wav", "wav"),
        (Format.WAV_ULAW, "audio/wav", "wav"),
        (Format.OGG_OPUS, "audio/ogg; codecs=opus", "ogg"),
        (Format.WEBM_OPUS, "audio/webm; codecs=opus", "webm"),
        (Format.OGG_VORBIS, "audio/ogg; codecs=vorbis", "ogg"),
        (Format.MP3, "audio/mpeg", "mp3"),
    ],
)
def test_a_sound_says_what_it_is(kind: Format, content_type: str, extension: str) -> None:
    assert (small(kind).content_type, small(kind).extension) == (content_type, extension)


@pytest.mark.parametrize(
    ("channels", "span"), [(0, (0, 5)), (3, (0, 5)), (2, (5, 4)), (2, (0, 10**6))]
)
def test_what_cannot_be_heard_is_refused(channels: int, span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"channels|samples"):
        small(Format.WAV_PCM, channels=channels, span=span)


DIGESTS = """
import hashlib
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.sounds import sound_of
from tests.listening import conversation
for kind in Format:
    for channels in (1, 2):
        sound = sound_of(conversation(3, 6), kind, channels=channels)
        print(kind.name, channels, sound.etag, hashlib.sha256(sound.read()).hexdigest())
"""


def test_every_format_has_the_same_bytes_in_another_process() -> None:
    answers = [
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert answers[0] == answers[1]
    assert len(set(answers[0].splitlines())) == 2 * len(Format)
