"""The phrase bank: fragments of speech, and when each of their words is heard."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

RATE = 8_000
FULL_SCALE = 32_767
LEVEL = 0.11
# 26 and 52 dB under full scale: what is between them is lifted, what is below is no speech.
SOFT, SILENT = 0.05, 0.0025
_AUDIBLE = 1e-5
_FADE_SAMPLES = 5 * RATE // 1000

Samples = npt.NDArray[np.int16]
Wave = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One fragment in one voice; times in milliseconds from its start."""

    voice: str
    first: int
    last: int
    words: tuple[tuple[str, int, int], ...]

    @property
    def length(self) -> int:
        """Length in samples."""
        return self.last - self.first


def voices_of(role: str) -> list[str]:
    """Return the voices of a role: ``A`` agents, ``C`` customers, ``I`` the machine."""
    return [name for name, voice in _index().items() if voice["role"] == role]


def spoken(voice: str, text: str) -> Spoken:
    """Find a fragment; reads no audio."""
    entry = _index()[voice]["fragments"][text]
    edges = zip(entry["w"], entry["heard"], strict=True)
    words = tuple((word, start, end) for (word, *_), (start, end) in edges)
    return Spoken(voice, entry["a"], entry["b"], words)


def fragments_of(voice: str) -> list[str]:
    """Return the text of everything a voice can say."""
    return list(_index()[voice]["fragments"])


def modelled_words(voice: str, text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the words of a fragment where the model that spoke them planned them to be.

    Up to 0.2 s beside what is heard; `alignment.audible_words` corrects that.
    """
    entry = _index()[voice]["fragments"][text]
    return tuple((word, start, end) for word, start, end in entry["w"])


def samples_of(fragment: Spoken) -> Samples:
    """Return a fragment's audio, every fragment equally loud, as a read-only view."""
    return _audio(fragment.voice)[fragment.first : fragment.last]


@lru_cache(maxsize=1)
def bank_digest() -> bytes:
    """Return a digest of the bank's audio: another bank, other recordings."""
    digest = hashlib.blake2b(digest_size=16)
    for voice in sorted(_index()):
        digest.update((_folder() / f"{voice}.ogg").read_bytes())
    return digest.digest()


@lru_cache(maxsize=1)
def _index() -> dict[str, Any]:
    voices: dict[str, Any] = json.loads((_folder() / "bank.json").read_text())["voices"]
    return voices


# Whole voices are kept, 14 MB in total for the six of them: a fragment is then a slice.
@lru_cache(maxsize=8)
def _audio(voice: str) -> Samples:
    with (_folder() / f"{voice}.ogg").open("rb") as file:
        wave, rate = soundfile.read(file, dtype="float32")
    if rate != RATE:
        raise ValueError(f"{voice}: the bank is at {rate} Hz, not {RATE}")
    for entry in _index()[voice]["fragments"].values():
        # Each by itself: the end of one must not be measured by the loud start of the next.
        span = slice(entry["a"], entry["b"])
        wave[span] = _lifted(_levelled(wave[span]))
    # 3 of 557 fragments have a peak that the common level lifts over full scale, by 1 dB at most.
    samples: Samples = np.rint(np.clip(wave, -1, 1) * FULL_SCALE).astype(np.int16)
    samples.flags.writeable = False
    return samples


def _levelled(cut: Wave) -> Wave:
    """Scale a fragment so that its voiced part has the level of every other one."""
    power = cut * cut
    loud = power[power > _AUDIBLE]
    root = float(np.sqrt(loud.mean())) if len(loud) else 1.0
    return cut * np.float32(LEVEL / root)


def _lifted(wave: Wave) -> Wave:
    """Raise soft sounds and silence what is softer still, as gain control and a gate do.

    A final "s" of the bank lies 25 dB under the vowel before it. Unlifted, a word ends up to
    0.3 s earlier for a detector at -40 dBFS than for one at -50; lifted, they agree to 20 ms.
    """
    envelope = loudness(wave)
    lift = np.maximum((SOFT / np.maximum(envelope, SILENT)) ** 0.7, 1)
    gain = np.where(_is_voice(envelope), lift, 0)
    return np.asarray(wave * _averaged(gain, _FADE_SAMPLES), np.float32)


def _is_voice(envelope: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell speech from the crackles beside it: stretches that never rise over -46 dBFS.

    Keeping them, one word edge in 60 depends on the detector's threshold; without, none does.
    """
    is_voice = envelope > SILENT
    edges = np.flatnonzero(np.diff(np.pad(is_voice, 1).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        is_voice[start:end] = envelope[start:end].max() > 2 * SILENT
    return is_voice


def loudness(wave: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the root mean square of the 10 ms around each sample."""
    return np.sqrt(np.maximum(_averaged(np.square(wave, dtype=np.float64), RATE // 100), 0))


def _averaged(values: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(values)])
    first = np.arange(len(values)) - width // 2
    last = np.minimum(first + width, len(values))
    mean: npt.NDArray[np.float64] = (total[last] - total[np.maximum(first, 0)]) / width
    return mean


def _folder() -> Traversable:
    return resources.files("recordings_pipeline.simulator") / "bank"
