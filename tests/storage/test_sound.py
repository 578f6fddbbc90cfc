"""Whatever is in a file, it ends as samples of a telephone line or with a reason."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from recordings_pipeline.core.voice.features import RATE, Samples
from recordings_pipeline.simulator.encoders import encoded
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.sounds import sound_of
from recordings_pipeline.simulator.speech import rendered
from recordings_pipeline.storage.sound import telephone_blocks
from recordings_pipeline.storage.sound_decoders import CannotListen
from tests.listening import conversation

CALL = conversation(3, 20)
SENT = rendered(CALL).T / 32_768
# The first frame of the simulator's MP3 files is LAME's tag.
TAG_BYTES = 432


def heard(path: Path) -> Samples:
    return np.concatenate(list(telephone_blocks(path)), axis=1)


def error_of(samples: Samples) -> float:
    """Return the power of what differs from the call, as a share of the call's."""
    count = min(samples.shape[1], SENT.shape[1])
    return float(np.square(samples[:, :count] - SENT[:, :count]).mean() / np.square(SENT).mean())


@pytest.mark.parametrize("kind", Format, ids=lambda kind: kind.name)
def test_every_format_is_the_call_as_it_was_recorded(tmp_path: Path, kind: Format) -> None:
    file = tmp_path / "a"
    file.write_bytes(sound_of(CALL, kind).read())

    samples = heard(file)

    assert abs(samples.shape[1] - CALL.length) < RATE // 50
    assert error_of(samples) < 0.02


def test_mp3_without_a_tag_is_heard_when_it_was_said(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(sound_of(CALL, Format.MP3).read()[TAG_BYTES:])

    assert error_of(heard(file)) < 0.02


def test_webm_is_heard_across_the_minutes_it_is_cut_into(tmp_path: Path) -> None:
    long = conversation(4, 150)
    file = tmp_path / "a.webm"
    file.write_bytes(sound_of(long, Format.WEBM_OPUS).read())

    samples, sent = heard(file), rendered(long).T / 32_768

    difference = samples[:, : long.length] - sent
    for second in (59, 60, 119, 120):
        near = slice((second - 1) * RATE, (second + 1) * RATE)
        assert np.square(difference[:, near]).mean() < 0.02 * np.square(sent).mean()


def test_aac_is_heard_when_it_was_said(tmp_path: Path) -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="adts") as target:
        stream = target.add_stream("aac", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(SENT.astype(np.float32)), format="fltp", layout="stereo"
        )
        frame.sample_rate = RATE
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    path = tmp_path / "a"
    path.write_bytes(file.getvalue())

    assert error_of(heard(path)) < 0.05


@pytest.mark.parametrize("rate", [6_000, 11_025, 16_000, 44_100, 48_000])
def test_any_rate_becomes_that_of_a_telephone(tmp_path: Path, rate: int) -> None:
    clock = np.arange(rate * 3) / rate
    file = tmp_path / "a.wav"
    soundfile.write(file, 0.5 * np.sin(2 * np.pi * 440 * clock), rate)

    samples = heard(file)

    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(samples.shape[1]) / RATE)
    assert abs(samples.shape[1] - 3 * RATE) <= 1
    np.testing.assert_allclose(samples[0, 100:-100], expected[100:-100], atol=2e-3)


def test_numbers_that_are_none_are_silence_and_loud_ones_are_bounded(tmp_path: Path) -> None:
    wild = np.array([0.5, np.nan, np.inf, -np.inf, 1e30, -1e30] * 100, np.float32)
    file = tmp_path / "a.wav"
    soundfile.write(file, wild, RATE, subtype="FLOAT")

    assert heard(file)[0, :6].tolist() == [0.5, 0, 1, -1, 1, -1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"<Error>AccessDenied</Error>", ""),
        (sound_of(CALL, Format.WAV_ULAW).read()[:9_000], "announces 320058 bytes"),
        (sound_of(CALL, Format.OGG_OPUS).read()[:9_000], "Ogg"),
        (sound_of(CALL, Format.WEBM_OPUS).read().replace(b"OpusHead", b"OpusFoot"), "no Opus"),
    ],
    ids=["empty", "an error page", "cut wav", "cut ogg", "webm without Opus"],
)
def test_what_is_no_whole_sound_says_why(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "a"
    file.write_bytes(content)

    with pytest.raises(CannotListen) as found:
        heard(file)

    assert problem in found.value.problem


def test_more_than_two_voices_are_not_listened_to(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    soundfile.write(file, np.zeros((100, 3)), RATE)

    with pytest.raises(CannotListen) as found:
        heard(file)

    assert found.value.problem == "has 3 channels: one or two are listened to"


def test_a_sound_without_end_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a.ogg"
    file.write_bytes(encoded([np.zeros((RATE * 20, 2), np.int16)], 2, Format.OGG_OPUS))

    with pytest.raises(CannotListen) as found:
        list(telephone_blocks(file, most_s=10))

    assert "longer" in found.value.problem


@pytest.mark.parametrize("kind", Format, ids=lambda kind: kind.name)
def test_flipped_bytes_end_as_samples_or_with_a_reason(tmp_path: Path, kind: Format) -> None:
    whole = sound_of(CALL, kind).read()
    rng = np.random.default_rng(7)
    for number in range(12):
        content = bytearray(whole)
        span = len(content) if number % 2 else 400
        for place in rng.integers(0, span, 12):
            content[place] = int(rng.integers(256))
        file = tmp_path / f"{number}"
        file.write_bytes(content)

        try:
            samples = heard(file)
        except CannotListen:
            continue
        assert np.isfinite(samples).all()
