"""Looks for what must not lie on the disk: every byte of every file, packed ones unpacked."""

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from recordings_pipeline.simulator.ids import named_id
from recordings_pipeline.simulator.server import Simulator
from tests.privacy.conftest import DAY

# Whoever holds one can hear the call.
_SIGNED = re.compile(rb"Signature(=|%3D)[0-9a-f]{8}")
_MOST_LOGINS = 50
_LEAST_CHARACTERS = 12
# Of the middle of a file: enough that no other file has them, in sound as in what is packed.
_PIECE_BYTES = 48


@dataclass(frozen=True, slots=True)
class Canaries:
    """What was planted.

    Attributes:
        secrets: Allowed nowhere.
        personal: Numbers and names: allowed in the ledger, raw files and marked columns.
        words: What was said: allowed in raw files and marked columns.
    """

    secrets: frozenset[bytes]
    personal: frozenset[bytes]
    words: frozenset[bytes]


def planted(simulator: Simulator, data: Path, *secrets: str) -> Canaries:
    """Return what a simulator's clients know, with other secrets, and what its people said."""
    calls = simulator.world.calls(DAY.date)
    tokens = (named_id(simulator.options.seed, "token", number) for number in range(_MOST_LOGINS))
    rows = list(_rows(data, "recording_index"))
    said = {str(row["text"]) for row in _rows(data, "transcripts")}
    return Canaries(
        _bytes([simulator.environment["GENESYS_CLIENT_SECRET"], *tokens, *secrets]),
        _bytes([line for call in calls for line in (call.ani, call.dnis)])
        | _bytes([row["agent_name"] for row in rows if row["agent_name"]]),
        _bytes(text for text in said if text.isascii() and len(text) >= _LEAST_CHARACTERS),
    )


def leaks(folder: Path, canaries: Canaries) -> list[str]:
    """Return what lies below a folder where it must not, as path and kind."""
    found: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        for kind, wanted in _forbidden(path, canaries).items():
            content = b"\n".join(_contents(path, is_whole=kind == "secret"))
            if any(one in content for one in wanted) or (kind == "secret" and _has_url(content)):
                found.append(f"{name}: {kind}")
    return found


def left_plain(folder: Path, plain: Path) -> list[str]:
    """Return what below a folder holds sound or speech of a plain archive of the same day.

    Tables may hold what was said in columns that are marked as personal, and nothing else may.
    """
    said = {str(row["text"]) for row in _rows(plain, "transcripts")}
    wanted = _bytes(text for text in said if text.isascii() and len(text) >= _LEAST_CHARACTERS)
    for path in (*plain.glob("audio/date=*/*/*"), *plain.glob("raw/transcripts/*/*")):
        content = path.read_bytes()
        middle = len(content) // 2
        wanted |= {content[middle : middle + _PIECE_BYTES]}
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = b"\n".join(_contents(path, is_whole=False))
        if any(one in content for one in wanted):
            found.append(str(path.relative_to(folder)))
    return found


def _has_url(content: bytes) -> bool:
    return _SIGNED.search(content) is not None


def _forbidden(path: Path, canaries: Canaries) -> Mapping[str, frozenset[bytes]]:
    """Return by kind what a file must not hold; of tables, what unmarked columns must not."""
    forbidden = {"secret": canaries.secrets}
    if "raw" in path.parts:
        return forbidden
    forbidden["word"] = canaries.words
    if not path.name.startswith("ledger.db"):
        forbidden["person"] = canaries.personal
    return forbidden


def _contents(path: Path, *, is_whole: bool) -> Iterator[bytes]:
    """Yield a file's bytes; of a table its values, those of marked columns only if asked for."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content += gzip.decompress(content)
    if path.suffix != ".parquet":
        yield content
        return
    table = pq.read_table(path, partitioning=None)
    for column in table.schema:
        if is_whole or b"personal" not in (column.metadata or {}):
            for value in table[column.name].to_pylist():
                yield str(value).encode()


def _rows(data: Path, table: str) -> Iterator[dict[str, Any]]:
    for path in data.glob(f"tables/{table}/*/*.parquet"):
        yield from pq.read_table(path, partitioning=None).to_pylist()


def _bytes(texts: Iterable[str]) -> frozenset[bytes]:
    return frozenset(text.encode() for text in texts)
