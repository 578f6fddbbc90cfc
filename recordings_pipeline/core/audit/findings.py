"""What betrays tampering: each layer judges values, and says what does not fit.

============  ==========================================================================
chain         a line does not continue the line before it
root          a segment's lines are not those that were sealed
manifest      a line of the manifest is not one, or does not continue the line before it
signature     a manifest's line was not signed by a key that is trusted
anchor        the log does not hold the head that was kept somewhere else
ledger        the ledger tells of an event otherwise than the sealed log
============  ==========================================================================
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recordings_pipeline.core.audit.lines import GENESIS, continues, unchained
from recordings_pipeline.core.audit.manifest import (
    Entry,
    Head,
    entry_from,
    line_digest,
    segment_name,
    signed_text,
)
from recordings_pipeline.core.audit.merkle import merkle_root

MANIFEST = "audit/manifest.jsonl"
_KEEP = "keep the directory as it is, and compare with a backup or the anchor"
# Ways to say whether a signature over a text is that of a key.
Signed = Callable[[str, bytes, str], bool]


class Layer(StrEnum):
    """Which of the layers found something."""

    CHAIN = "chain"
    ROOT = "root"
    MANIFEST = "manifest"
    SIGNATURE = "signature"
    ANCHOR = "anchor"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: which object, how, and what a person does next."""

    layer: Layer
    name: str
    cause: str
    next_step: str = _KEEP

    def __str__(self) -> str:
        return f"{self.name}: {self.cause} ({self.layer}); {self.next_step}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The lines that can be read, and what does not fit among them."""

    entries: tuple[Entry, ...]
    lines: tuple[bytes, ...]
    findings: tuple[Finding, ...] = ()

    def head_at(self, number: int) -> Head | None:
        """Return the head of the log up to a segment; None where it has no such segment."""
        found = (n for n, entry in enumerate(self.entries) if entry.number == number)
        place = next(found, None)
        return None if place is None else Head(number, line_digest(self.lines[place]))


def manifest_of(lines: Iterable[bytes]) -> Manifest:
    """Read a manifest's lines; each has to continue the one before, and to count on."""
    entries: list[Entry] = []
    kept: list[bytes] = []
    found: list[Finding] = []
    previous, expected = GENESIS, 1
    for place, line in enumerate(lines, start=1):
        name = f"{MANIFEST}, line {place}"
        entry = entry_from(line)
        if entry is None:
            found.append(Finding(Layer.MANIFEST, name, "is no line that we wrote"))
        else:
            if entry.number != expected:
                cause = f"seals segment {entry.number}, and {expected} was to follow"
                found.append(Finding(Layer.MANIFEST, name, cause))
            elif entry.previous != previous:
                cause = "does not continue the line before, which was changed or exchanged"
                found.append(Finding(Layer.MANIFEST, name, cause))
            entries.append(entry)
            kept.append(line)
        previous, expected = line_digest(line), (entry.number if entry else expected) + 1
    return Manifest(tuple(entries), tuple(kept), tuple(found))


def signature_findings(
    entries: Iterable[Entry], keys: frozenset[str], signed: Signed
) -> Iterator[Finding]:
    """Look at who signed each segment; one finding for each key that nobody trusts.

    Args:
        entries: In order.
        keys: Those that are trusted.
        signed: Says whether a key signed a text.
    """
    strangers: dict[str, list[int]] = {}
    for entry in entries:
        if entry.key not in keys:
            strangers.setdefault(entry.key, []).append(entry.number)
        elif not signed(entry.key, signed_text(entry), entry.signature):
            name = f"{MANIFEST}, segment {entry.number}"
            cause = f"is not what the key {entry.key} has signed"
            yield Finding(Layer.SIGNATURE, name, cause)
    for key, numbers in strangers.items():
        cause = f"{len(numbers)} segments are signed by the key {key}, which is not trusted"
        step = f"if you know that key, give it with --key audit/keys/{key}.pem; if not, {_KEEP}"
        yield Finding(Layer.SIGNATURE, f"{MANIFEST}, segment {numbers[0]}", cause, step)


def segment_findings(entry: Entry, previous: str, content: bytes | None) -> Iterator[Finding]:
    """Compare a segment with the manifest.

    Args:
        entry: What the manifest says of it.
        previous: Chain of the last line of the segment before.
        content: Its bytes; None where there is no file.
    """
    name = f"audit/segments/{segment_name(entry.number)}"
    if content is None:
        cause = f"is not there: {entry.event_count} events are gone"
        yield Finding(Layer.ROOT, name, cause, "restore it from a backup")
        return
    lines = content.split(b"\n")
    if lines.pop() != b"" or merkle_root(lines) != entry.root:
        cause = f"holds {len(lines)} lines that are not the {entry.event_count} that were sealed"
        yield Finding(Layer.ROOT, name, cause, "restore it from a backup")
    yield from _chain_findings(name, lines, previous)


def _chain_findings(name: str, lines: Sequence[bytes], previous: str) -> Iterator[Finding]:
    """Name the first line that does not follow; those behind it are judged by it."""
    for place, line in enumerate(lines, start=1):
        if not continues(previous, line):
            cause = f"line {place} does not follow the line before: {_seq(line)}"
            yield Finding(Layer.CHAIN, name, cause, "compare it with a backup")
            return
        previous = unchained(line)[1]


def _seq(line: bytes) -> str:
    try:
        return f"it says it is event {int(json.loads(line)['seq'])}"
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return "it is no event"


def ledger_findings(sealed: Mapping[int, bytes], told: Mapping[int, bytes]) -> Iterator[Finding]:
    """Compare events as they were sealed with the ledger's, by their numbers, as canonical text."""
    for seq in sorted(sealed.keys() | told.keys()):
        if seq not in told:
            cause = "was sealed, and the ledger has lost it"
        elif seq not in sealed:
            cause = "is of before the last seal, and was not sealed"
        elif sealed[seq] != told[seq]:
            cause = "is not in the ledger as it was sealed"
        else:
            continue
        step = "restore the ledger from a backup, unless the segment does not fit either"
        yield Finding(Layer.LEDGER, f"ledger.db, event {seq}", cause, step)


def head_findings(manifest: Manifest, head: Head, where: str) -> Iterator[Finding]:
    """Look for a head that was kept elsewhere, in a log that may have grown since."""
    held = manifest.head_at(head.number)
    if held is None:
        last = manifest.entries[-1].number if manifest.entries else 0
        cause = f"segment {head.number} was sealed once, and the log ends with {last}: it was cut"
        yield Finding(Layer.ANCHOR, where, cause)
    elif held != head:
        cause = f"segment {head.number} was sealed otherwise: the log was written again"
        yield Finding(Layer.ANCHOR, where, cause)
