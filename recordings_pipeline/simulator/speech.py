"""Renders a plan: two channels, external left and internal right, as a WAV file."""

import struct
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL, Clip, Plan
from recordings_pipeline.simulator.voices import RATE, Samples, samples_of

NOISE_LEVEL = 0.0015
ECHO = 0.01
_ECHO_SAMPLES = 45 * RATE // 1000
PCM, MU_LAW = 1, 7
_BIAS, _CLIP = 132, 32_635

Pcm = npt.NDArray[np.int16]


def wav_of(plan: Plan, codec: int) -> bytes:
    """Return the recording's bytes; equal plans make equal bytes."""
    pcm = rendered(plan)
    if codec == MU_LAW:
        return _wav(_mu_law_table()[pcm.view(np.uint16)].tobytes(), MU_LAW, 8, len(pcm))
    return _wav(pcm.astype("<i2", copy=False).tobytes(), PCM, 16, len(pcm))


def rendered(plan: Plan) -> Pcm:
    """Mix a plan into 16-bit samples of shape (samples, 2)."""
    mix = np.zeros((2, plan.length), np.float32)
    for clip in plan.clips:
        sound = _sound(clip)[: max(plan.length - clip.at, 0)]
        mix[clip.channel, clip.at : clip.at + len(sound)] += sound
    mix[EXTERNAL, _ECHO_SAMPLES:] += ECHO * mix[INTERNAL, :-_ECHO_SAMPLES]
    mix += _noise(plan.length)
    scaled: Pcm = (np.clip(mix, -1, 1) * 32_767).astype(np.int16)
    return np.ascontiguousarray(scaled.T)


def _sound(clip: Clip) -> Samples:
    if clip.speech is not None:
        return samples_of(clip.speech)
    clock = np.arange(clip.length, dtype=np.float32) / RATE
    tones = (440, 480) if clip.sound == "ring" else (262, 330, 392)
    waves = sum(np.sin(2 * np.pi * tone * clock) for tone in tones)
    mixed: Samples = np.asarray(0.04 * waves, np.float32)
    return mixed


@lru_cache(maxsize=1)
def _noise_loop() -> Samples:
    noise = np.random.default_rng(4).standard_normal(10 * RATE)
    loop: Samples = (NOISE_LEVEL * noise).astype(np.float32)
    return loop


def _noise(length: int) -> Samples:
    return np.resize(_noise_loop(), length)


@lru_cache(maxsize=1)
def _mu_law_table() -> npt.NDArray[np.uint8]:
    """Return the code of every 16-bit sample, by its bit pattern (ITU-T G.711)."""
    samples = np.arange(-32_768, 32_768, dtype=np.int32)
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    codes = ~(((samples < 0) << 7) | (exponent << 4) | mantissa) & 0xFF
    table = np.empty(65_536, np.uint8)
    table[samples.astype(np.int16).view(np.uint16)] = codes
    return table


def _wav(data: bytes, codec: int, bits: int, frames: int) -> bytes:
    return _header(len(data), codec, bits, frames) + data


def _header(size: int, codec: int, bits: int, frames: int) -> bytes:
    frame = 2 * bits // 8
    form = struct.pack("<HHIIHH", codec, 2, RATE, RATE * frame, frame, bits)
    fact = b""
    if codec == MU_LAW:
        form += struct.pack("<H", 0)
        fact = b"fact" + struct.pack("<II", 4, frames)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact
    riff = struct.pack("<I", len(body) + 8 + size)
    return b"RIFF" + riff + body + b"data" + struct.pack("<I", size)
