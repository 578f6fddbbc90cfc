"""The phrase bank: fragments of speech with exact word times."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

RATE = 8_000
LEVEL = 0.11
_AUDIBLE = 1e-5

Samples = npt.NDArray[np.float32]


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
    words = tuple((word, start, end) for word, start, end in entry["w"])
    return Spoken(voice, entry["a"], entry["b"], words)


def samples_of(fragment: Spoken) -> Samples:
    """Return a fragment's audio at a common loudness."""
    cut = _audio(fragment.voice)[fragment.first : fragment.last]
    power = cut * cut
    loud = power[power > _AUDIBLE]
    root = float(np.sqrt(loud.mean())) if len(loud) else 1.0
    return (cut * np.float32(LEVEL / root)).astype(np.float32)


@lru_cache(maxsize=1)
def _index() -> dict[str, Any]:
    folder = resources.files("recordings_pipeline.simulator") / "bank"
    voices: dict[str, Any] = json.loads((folder / "bank.json").read_text())["voices"]
    return voices


@lru_cache(maxsize=8)
def _audio(voice: str) -> Samples:
    folder = resources.files("recordings_pipeline.simulator") / "bank"
    with (folder / f"{voice}.ogg").open("rb") as file:
        data, rate = soundfile.read(file, dtype="float32")
    if rate != RATE:
        raise ValueError(f"{voice}: the bank is at {rate} Hz, not {RATE}")
    found: Samples = data
    return found
