"""What the two sides say: turns made of fragments that the phrase bank can speak."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

_PUNCTUATION = re.compile(r"^[\s.,?!]*")
AGENT, CUSTOMER = "A", "C"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Some words the bank has, and the punctuation written after them."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Line:
    """One side's turn; ``speaker`` is `AGENT` or `CUSTOMER`."""

    speaker: str
    fragments: tuple[Fragment, ...]


@lru_cache(maxsize=1)
def dialogue() -> dict[str, Any]:
    """Return the texts beside the bank."""
    folder = resources.files("recordings_pipeline.simulator") / "bank"
    loaded: dict[str, Any] = json.loads((folder / "dialogue.json").read_text())
    return loaded


def lines_of(rng: np.random.Generator) -> Iterator[Line]:
    """Yield the lines of a call without end: an opening, then one topic after the other."""
    texts = dialogue()
    for entry in texts["opening"]:
        yield _line(entry, rng)
    while True:
        topic = texts["intents"][str(rng.choice(sorted(texts["intents"])))]
        for entry in topic:
            for text in texts["verification"] if entry == "@VERIFY" else [entry]:
                if not text.startswith("@"):
                    yield _line(text, rng)
        for entry in texts["closing"][:2]:
            yield _line(entry, rng)


def _line(entry: str, rng: np.random.Generator) -> Line:
    alternatives = entry.split(" / ")
    chosen = alternatives[int(rng.integers(len(alternatives)))]
    fragments: list[Fragment] = []
    for piece in chosen[2:].split("|"):
        match = _PUNCTUATION.match(piece)
        mark, text = (match.group().strip(), piece[match.end() :].strip()) if match else ("", piece)
        if mark and fragments:
            fragments[-1] = Fragment(fragments[-1].text, fragments[-1].mark + mark)
        fragments += [Fragment(word, "") for word in _values(text, rng)]
    return Line(chosen[0], tuple(fragments))


def _values(text: str, rng: np.random.Generator) -> list[str]:
    if not text:
        return []
    if not text.startswith("{"):
        return [text]
    if text == "{acct}":
        return [dialogue()["digits"][digit] for digit in rng.integers(0, 10, 7)]
    return [str(rng.choice(dialogue()["slots"][text[1:-1]]))]
