"""Two decoders nobody here wrote hear the words where the transcript has them."""

import io
from functools import lru_cache

import av
import numpy as np
import pytest
import soundfile

from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL
from recordings_pipeline.simulator.sounds import sound_of
from recordings_pipeline.simulator.speech import rendered
from recordings_pipeline.simulator.voices import FULL_SCALE, RATE
from tests.listening import (
    Wave,
    conversation,
    decoded_by_ffmpeg,
    decoded_by_libsndfile,
    runs_of,
    voice_in,
)

CALL = conversation(3, 14)
TOLERANCE_MS = 20
DECODERS = {"FFmpeg": decoded_by_ffmpeg, "libsndfile": decoded_by_libsndfile}
# FFmpeg does not hand on how much of WebM's last packet is padding when it rewraps it into Ogg.
PACKET_SAMPLES = RATE // 50
EVERY_FORMAT = pytest.mark.parametrize("kind", Format, ids=lambda kind: kind.name)
BOTH_DECODERS = pytest.mark.parametrize("decoder", DECODERS)


@lru_cache(maxsize=32)
def heard(kind: Format, decoder: str, channels: int = 2) -> Wave:
    content = sound_of(CALL, kind, channels=channels).read()
    wave = DECODERS[decoder](content)
    if (kind, decoder) == (Format.WEBM_OPUS, "libsndfile"):
        assert CALL.length <= len(wave) < CALL.length + PACKET_SAMPLES
        return wave[: CALL.length]
    return wave


@EVERY_FORMAT
@BOTH_DECODERS
def test_a_decoder_hears_every_sample_and_no_more(kind: Format, decoder: str) -> None:
    assert heard(kind, decoder).shape == (CALL.length, 2)


@EVERY_FORMAT
@BOTH_DECODERS
@pytest.mark.parametrize("side", [EXTERNAL, INTERNAL], ids=["external", "internal"])
def test_voiced_spans_are_the_words_to_20_ms(kind: Format, decoder: str, side: int) -> None:
    voice = voice_in(heard(kind, decoder)[:, side])
    runs = runs_of(CALL.words[side])

    assert len(runs) >= 2
    for start, end in runs:
        near = voice[(voice > start - 2 * TOLERANCE_MS) & (voice < end + 2 * TOLERANCE_MS)]
        assert abs(near[0] - start) <= TOLERANCE_MS
        assert abs(near[-1] - end) <= TOLERANCE_MS
    for moment in voice:
        assert any(s - TOLERANCE_MS <= moment <= e + TOLERANCE_MS for s, e in runs)


@EVERY_FORMAT
@BOTH_DECODERS
def test_what_is_heard_is_what_was_rendered(kind: Format, decoder: str) -> None:
    sent = rendered(CALL) / FULL_SCALE
    error = heard(kind, decoder) - sent

    for side in (EXTERNAL, INTERNAL):
        # Codecs err by 0.8 % at most; swapped, garbled or shifted channels by 150 % and more.
        assert np.square(error[:, side]).mean() < np.square(sent[:, side]).mean() / 50


@EVERY_FORMAT
@BOTH_DECODERS
def test_one_channel_has_both_sides(kind: Format, decoder: str) -> None:
    wave = heard(kind, decoder, channels=1)
    both = rendered(CALL).sum(axis=1) / FULL_SCALE

    assert wave.shape == (CALL.length, 1)
    assert np.square(wave[:, 0] - both).mean() < np.square(both).mean() / 50


@pytest.mark.parametrize(
    ("kind", "format_name", "codec"),
    [
        (Format.WAV_PCM, "wav", "pcm_s16le"),
        (Format.WAV_ULAW, "wav", "pcm_mulaw"),
        (Format.OGG_OPUS, "ogg", "opus"),
        (Format.WEBM_OPUS, "matroska,webm", "opus"),
        (Format.OGG_VORBIS, "ogg", "vorbis"),
        (Format.MP3, "mp3", "mp3float"),
    ],
)
def test_ffmpeg_sees_the_container_and_the_codec(
    kind: Format, format_name: str, codec: str
) -> None:
    with av.open(io.BytesIO(sound_of(CALL, kind).read()), "r") as container:
        assert container.format.name == format_name
        assert container.streams.audio[0].codec_context.name == codec


def test_libsndfile_cannot_open_webm() -> None:
    content = sound_of(CALL, Format.WEBM_OPUS).read()

    with pytest.raises(soundfile.LibsndfileError):
        soundfile.info(io.BytesIO(content))
