"""Whether anything can be heard."""

import io
import os
import struct

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from recordings_pipeline.storage.silence import SILENT_PEAK
from recordings_pipeline.storage.sound_file import examine
from tests.probing import WHOLE, whole

HZ = 8_000
Wave = npt.NDArray[np.float64]
SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"]


def written(wave: Wave, container: str, subtype: str) -> bytes:
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", HZ, wave.shape[1], format=container, subtype=subtype
    ) as writer:
        # One write of a few million frames into Vorbis overflows the C stack.
        for start in range(0, len(wave), 16_384):
            writer.write(wave[start : start + 16_384])
    return file.getvalue()


def heard(content: bytes) -> bool | None:
    descriptor = os.memfd_create("sound")
    try:
        os.write(descriptor, content)
        sound = examine(descriptor)
        assert sound.problem is None
        return None if sound.is_silent is None else not sound.is_silent
    finally:
        os.close(descriptor)


def noise(dbfs: float, seconds: int = 30) -> Wave:
    rng = np.random.default_rng(3)
    return rng.normal(0, 10 ** (dbfs / 20), (HZ * seconds, 2))


def spoken(wave: Wave, channel: int, at_s: int) -> Wave:
    """Let one channel say a word of a fifth of a second, at -31 dBFS."""
    found = wave.copy()
    found[HZ * at_s : HZ * at_s + HZ // 5, channel] += 0.028 * np.sin(np.arange(HZ // 5))
    return found


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "screen"])
def test_somebody_is_heard_in_every_format(name: str) -> None:
    assert heard(whole(name)) is True


@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("dbfs", [-200, -70, -56])
def test_nobody_is_heard_in_silence_or_comfort_noise(subtype: str, dbfs: float) -> None:
    assert heard(written(noise(dbfs), "WAV", subtype)) is False


@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("at_s", [0, 29])
def test_one_quiet_word_on_one_channel_is_heard(subtype: str, channel: int, at_s: int) -> None:
    assert heard(written(spoken(noise(-70), channel, at_s), "WAV", subtype)) is True


def test_a_click_of_a_switch_is_no_voice() -> None:
    wave = noise(-70)
    wave[1_000:1_008] = 0.9

    assert heard(written(wave, "WAV", "PCM_16")) is False


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("OGG", "OPUS"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("WAV", "MS_ADPCM")],
)
def test_digital_silence_is_found_in_compressed_files(container: str, subtype: str) -> None:
    silence = np.zeros((HZ * 30, 2))

    assert heard(written(silence, container, subtype)) is False
    assert heard(written(spoken(silence, 0, 17), container, subtype)) is True


def test_a_long_silence_is_decoded_in_parts() -> None:
    assert heard(written(np.zeros((HZ * 400, 1)), "OGG", "VORBIS")) is False


@pytest.mark.parametrize("codec", [6, 7])
def test_g711_is_as_loud_as_libsndfile_says(codec: int) -> None:
    subtype = {6: "ALAW", 7: "ULAW"}[codec]
    for code in range(256):
        payload = bytes([code]) * 800
        form = struct.pack("<HHIIHH", codec, 1, HZ, HZ, 1, 8)
        body = b"WAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", 800) + payload
        content = b"RIFF" + struct.pack("<I", len(body)) + body
        raw = io.BytesIO(payload)
        level, _ = soundfile.read(
            raw, dtype="int16", format="RAW", subtype=subtype, channels=1, samplerate=HZ
        )

        assert heard(content) is bool(abs(int(level[0])) >= SILENT_PEAK)
