"""The manifest: a signed line for each sealed segment, tied to the line before.

Who holds one line, its head, can tell whether everything up to it is still the same.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from recordings_pipeline.core.audit.lines import GENESIS, chained, event_body
from recordings_pipeline.core.audit.merkle import merkle_root

VERSION = 1
ALGORITHM = "ed25519"
MOST_EVENTS = 10_000
_HEX = {"root": 64, "chain": 64, "previous": 64, "key": 32, "signature": 128}
_HEAD = re.compile(r"([1-9][0-9]{0,8}):([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manifest: what a segment was like when it was sealed.

    Attributes:
        number: 1 for the first; the segment's file has it as its name.
        first_seq: Number of its first event in the ledger.
        root: Merkle root over its lines.
        chain: That of its last line.
        sealed_time: When, by the clock of whoever sealed it.
        previous: SHA-256 of the manifest's line before.
        key: Which key signed it: the beginning of the SHA-256 of the public key.
        signature: Over everything else, as `signed_text` writes it.
    """

    number: int
    first_seq: int
    last_seq: int
    event_count: int
    size_bytes: int
    root: str
    chain: str
    sealed_time: str
    previous: str
    key: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands for the whole log up to a segment; it tells nothing of what is in there."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def head_from(text: str) -> Head:
    """Read a head as it is printed.

    Raises:
        ValueError: It is none.
    """
    if (found := _HEAD.fullmatch(text.strip())) is None:
        raise ValueError("a head is a number, a colon and 64 hex digits, as exports print it")
    return Head(int(found[1]), found[2])


def segment_name(number: int) -> str:
    """Return the name of a segment's file; names sort like numbers."""
    return f"{number:08}.jsonl"


@dataclass(frozen=True, slots=True)
class Segment:
    """Events that are about to be sealed.

    Attributes:
        lines: One for each event, without their ends.
        chain: That of the last line.
    """

    lines: tuple[bytes, ...]
    first_seq: int
    last_seq: int
    chain: str

    @property
    def content(self) -> bytes:
        """What the file holds."""
        return b"".join(line + b"\n" for line in self.lines)


def segment_of(previous: str, events: Sequence[Mapping[str, Any]]) -> Segment:
    """Return the segment of some events, at least one, after a line with the chain ``previous``."""
    chain, lines = previous, []
    for event in events:
        line, chain = chained(chain, event_body(event))
        lines.append(line)
    return Segment(tuple(lines), events[0]["seq"], events[-1]["seq"], chain)


def sealed(before: tuple[Entry, bytes] | None, segment: Segment, now: datetime, key: str) -> Entry:
    """Return the entry of a new segment, not yet signed.

    Args:
        before: The manifest's last entry with its line; None where the log begins.
        segment: What it seals.
        now: When it is sealed.
        key: Who is going to sign it.
    """
    return Entry(
        number=before[0].number + 1 if before else 1,
        first_seq=segment.first_seq,
        last_seq=segment.last_seq,
        event_count=len(segment.lines),
        size_bytes=len(segment.content),
        root=merkle_root(segment.lines),
        chain=segment.chain,
        sealed_time=now.isoformat(timespec="microseconds"),
        previous=line_digest(before[1]) if before else GENESIS,
        key=key,
    )


def signed_text(entry: Entry) -> bytes:
    """Return what a signature is over: the line without it, canonical."""
    return _canonical({name: v for name, v in _values(entry).items() if name != "signature"})


def entry_line(entry: Entry) -> bytes:
    """Return an entry as the manifest's line, without its end."""
    return _canonical(_values(entry))


def entry_from(line: bytes) -> Entry | None:
    """Read a line of the manifest; None for anything that we would not write."""
    try:
        values = json.loads(line)
        kinds = {field.name: field.type for field in fields(Entry)}
        entry = Entry(**{name: values[name] for name in kinds})
        is_typed = all(type(values[name]) is kind for name, kind in kinds.items())
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_hex = is_typed and all(
        re.fullmatch(f"[0-9a-f]{{{size}}}", values[name]) for name, size in _HEX.items()
    )
    return entry if is_hex and entry_line(entry) == line else None


def line_digest(line: bytes) -> str:
    """Return the SHA-256 of a manifest's line."""
    return hashlib.sha256(line).hexdigest()


def _values(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "algorithm": ALGORITHM, "v": VERSION}


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
