"""Other languages: the sound stays the bank's English, the transcript says other words."""

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from recordings_pipeline.simulator.traits import LANGUAGES, has

ENGLISH = "en-us"


def language_of(bits: int) -> str:
    """Return the language code of a call, such as ``de-de``."""
    name = _name(bits)
    return ENGLISH if name is None else str(_lists()[name]["code"])


def translated(words: Sequence[str], bits: int, rng: np.random.Generator) -> list[str]:
    """Put as many words of the call's language in place of English ones."""
    name = _name(bits)
    if name is None:
        return list(words)
    known = _lists()[name]["words"]
    return [known[n] for n in rng.integers(0, len(known), len(words))]


def _name(bits: int) -> str | None:
    return next((name for name in LANGUAGES if has(bits, name)), None)


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    folder = resources.files("recordings_pipeline.simulator") / "bank"
    loaded: dict[str, Any] = json.loads((folder / "languages.json").read_text("utf-8"))
    return loaded
