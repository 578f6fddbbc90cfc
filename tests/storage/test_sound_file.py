"""What a file on the disk is, and what two libraries that nobody here wrote say of it."""

import io
import os
from pathlib import Path

import av
import pytest
import soundfile

from recordings_pipeline.storage.sound_file import examine
from tests.probing import SECONDS, WHOLE, whole

FFMPEG_CODECS = {
    "pcm_s16le": "pcm",
    "pcm_s24le": "pcm",
    "pcm_f32le": "float",
    "pcm_mulaw": "ulaw",
    "pcm_alaw": "alaw",
    "mp3float": "mp3",
}
# FFmpeg guesses the length of what does not say it, and libsndfile knows neither of these.
UNTIMED = {"adts", "webm live", "m4a live", "screen"}
UNKNOWN_TO_LIBSNDFILE = {"adts", "m4a", "m4a live", "webm live", "mkv", "screen", "WEBM_OPUS"}


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "screen"])
def test_ffmpeg_sees_the_same_codec_channels_and_duration(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole(name))

    sound = examine(path)

    with av.open(path, "r") as container:
        context = container.streams.audio[0].codec_context
        assert sound.codec == FFMPEG_CODECS.get(context.name, context.name)
        assert sound.channels == context.channels
        if name not in UNTIMED:
            assert container.duration is not None
            assert sound.duration_s == pytest.approx(container.duration / av.time_base, abs=0.2)


@pytest.mark.parametrize("name", [n for n in WHOLE if n not in UNKNOWN_TO_LIBSNDFILE])
def test_libsndfile_counts_as_many_channels_and_seconds(name: str) -> None:
    info = soundfile.info(io.BytesIO(whole(name)))
    descriptor = os.memfd_create("sound")
    os.write(descriptor, whole(name))

    sound = examine(descriptor)
    os.close(descriptor)

    assert (sound.channels, sound.sample_rate_hz) == (info.channels, info.samplerate)
    assert sound.duration_s == pytest.approx(info.duration, abs=0.2)


def test_a_picture_of_a_screen_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole("screen"))

    sound = examine(path)

    assert (sound.container, sound.codec, sound.is_video) == ("webm", "vp8", True)
    assert sound.duration_s == 2.0
    assert sound.is_silent is None


def test_an_open_file_keeps_its_position(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole("WAV_ULAW"))
    descriptor = os.open(path, os.O_RDONLY)
    os.lseek(descriptor, 123, os.SEEK_SET)

    sound = examine(descriptor, path.stat().st_size)

    assert sound == examine(path)
    assert sound.duration_s == SECONDS
    assert os.lseek(descriptor, 0, os.SEEK_CUR) == 123
    os.close(descriptor)


def test_a_file_that_shrank_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(whole("WAV_ULAW")[:2_000])

    assert examine(path, len(whole("WAV_ULAW"))).problem is not None


def test_an_empty_file_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()

    assert examine(path).problem == "the file is empty"
