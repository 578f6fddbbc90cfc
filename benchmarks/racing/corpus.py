"""Files to download whose every byte is known, and the check of what arrived."""

import hashlib
import random
import struct
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

_BLOCK_BYTES = 8 << 20
# Where a block is cut from the pool moves by a prime, so that no two blocks are equal.
_SHIFT_BYTES = 4_099
_RIFF_HEADER_BYTES = 8
# Two channels of 8,000 bytes a second: what most organizations keep.
_MU_LAW = struct.pack("<4sIHHIIHH", b"fmt ", 16, 7, 2, 8_000, 16_000, 2, 8)


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a corpus.

    Attributes:
        name: A recording's id; the downloaded file is called ``<name>.wav``.
        path: Path and query of its URL.
        sha256: In lower-case hex.
    """

    name: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Files of one size, below the folder that is served.

    Attributes:
        folder: Name of the sub-folder they lie in.
    """

    folder: str
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Bytes of all of them together."""
        return sum(item.size for item in self.items)

    def taken(self, count: int) -> "Corpus":
        """Return as many items, by asking for each file again under another URL if need be."""
        rounds = -(-count // len(self.items))
        items = (_again(item, n) for n in range(rounds) for item in self.items)
        return Corpus(self.folder, tuple(islice(items, count)))


def make_corpus(root: Path, folder: str, count: int, size: int) -> Corpus:
    """Write random files that are WAV files of noise; the same arguments give the same bytes."""
    (root / folder).mkdir(parents=True)
    pool = random.Random(folder).randbytes(_BLOCK_BYTES + _SHIFT_BYTES)  # noqa: S311 (no secret)
    items = []
    for index in range(count):
        name, sha256 = _id_of(index), hashlib.sha256()
        with (root / folder / f"{name}.wav").open("wb") as file:
            for block in _blocks(pool, index, size):
                file.write(block)
                sha256.update(block)
        items.append(Item(name, f"/{folder}/{name}.wav", size, sha256.hexdigest()))
    return Corpus(folder, tuple(items))


def problems_of(corpus: Corpus, folder: Path, told: Mapping[str, str] | None) -> list[str]:
    """Compare what lies below a folder with the corpus: names, sizes and SHA-256.

    Args:
        corpus: What was asked for.
        folder: Where it was put, in sub-folders or not.
        told: SHA-256 by name as the client told them; None when it tells none.

    Returns:
        A line for each file that is missing, foreign or different; empty when all is well.
    """
    expected = {item.name: item for item in corpus.items}
    found = {path.stem: path for path in folder.rglob("*.wav")}
    problems = [f"{name}: missing" for name in sorted(expected.keys() - found.keys())]
    problems += [f"{name}: not asked for" for name in sorted(found.keys() - expected.keys())]
    if told is not None and told != {item.name: item.sha256 for item in corpus.items}:
        problems.append("the digests the client told are not those of the corpus")
    names = sorted(expected.keys() & found.keys())
    with ThreadPoolExecutor(2) as threads:
        digests = threads.map(lambda name: _sha256_of(found[name]), names)
        for name, digest in zip(names, digests, strict=True):
            if found[name].stat().st_size != expected[name].size:
                problems.append(f"{name}: {found[name].stat().st_size:,} bytes")
            elif digest != expected[name].sha256:
                problems.append(f"{name}: other bytes")
    return problems


def _id_of(index: int) -> str:
    return f"{index:08x}-0000-4000-8000-000000000000"


def _again(item: Item, number: int) -> Item:
    if number == 0:
        return item
    name = f"{item.name[:8]}-0000-4000-8000-{number:012x}"
    return Item(name, f"{item.path}?number={number}", item.size, item.sha256)


def _blocks(pool: bytes, index: int, size: int) -> Iterator[bytes]:
    riff = b"RIFF" + (size - _RIFF_HEADER_BYTES).to_bytes(4, "little") + b"WAVE" + _MU_LAW
    riff += b"data" + (size - len(riff) - 8).to_bytes(4, "little")
    for number, start in enumerate(range(0, size, _BLOCK_BYTES)):
        label = (riff if number == 0 else b"") + f"file {index}, block {number};".encode()
        shift = (index * 131 + number * 17) % _SHIFT_BYTES
        yield (label + pool[shift : shift + _BLOCK_BYTES])[: min(_BLOCK_BYTES, size - start)]


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
