"""Reads the whole log once, a segment at a time, and asks each layer what it thinks of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from recordings_pipeline.core.audit.findings import (
    MANIFEST,
    Finding,
    Layer,
    Manifest,
    head_findings,
    ledger_findings,
    manifest_of,
    segment_findings,
    signature_findings,
)
from recordings_pipeline.core.audit.lines import GENESIS, event_body, sealed_bodies
from recordings_pipeline.core.audit.manifest import Entry, Head, segment_name
from recordings_pipeline.storage.audit.keys import is_signed
from recordings_pipeline.storage.audit.log import AuditLog
from recordings_pipeline.storage.event_book import EventBook

_MOST_NAMED = 20
_RESTORE = "restore the ledger from a backup"
# The ledger itself begins with 1; what somebody puts before that is looked at as well.
_BEFORE_ALL = -(1 << 63)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What the log is compared with.

    Attributes:
        keys: Public keys that are trusted, by their ids.
        heads: Heads that were kept elsewhere, by the place.
        events: The ledger's; None where there is no ledger.
    """

    keys: Mapping[str, Ed25519PublicKey]
    heads: Mapping[str, Head]
    events: EventBook | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What came out.

    Attributes:
        event_count: Events that are sealed.
        open_count: Events of the ledger that are not sealed yet.
        head: Of the log; None where nothing was ever sealed.
    """

    findings: tuple[Finding, ...]
    segment_count: int
    event_count: int
    open_count: int
    head: Head | None


def verify_log(root: Path, witnesses: Witnesses) -> Verified:
    """Verify the log below a data directory; nothing is written, and exports may run meanwhile."""
    log = AuditLog(root)
    # Before the segments: what is sealed meanwhile is not looked at.
    manifest = manifest_of(log.lines())
    found = [*manifest.findings, *_unknown_segments(log, manifest)]
    signed = partial(is_signed, witnesses.keys)
    found += signature_findings(manifest.entries, frozenset(witnesses.keys), signed)
    for where, head in witnesses.heads.items():
        found += head_findings(manifest, head, where)
    found += _segments(log, manifest.entries, witnesses.events)
    last = manifest.entries[-1] if manifest.entries else None
    events = witnesses.events
    return Verified(
        tuple(found),
        len(manifest.entries),
        sum(entry.event_count for entry in manifest.entries),
        events.count_after(last.last_seq if last else 0) if events else 0,
        manifest.head_at(last.number) if last else None,
    )


def _segments(
    log: AuditLog, entries: Sequence[Entry], events: EventBook | None
) -> Iterator[Finding]:
    previous, last_seq = GENESIS, _BEFORE_ALL
    for entry in entries:
        content = log.content(entry.number)
        yield from segment_findings(entry, previous, content)
        if events is not None:
            bodies = sealed_bodies(content or b"")
            rows = events.between(last_seq + 1, entry.last_seq)
            told = {row["seq"]: event_body(row) for row in rows}
            yield from _some(list(ledger_findings(bodies, told)) if content else [])
        previous, last_seq = entry.chain, entry.last_seq
    if events is not None:
        for name, cause in events.contradictions(_MOST_NAMED):
            yield Finding(Layer.LEDGER, f"ledger.db, {name}", cause, _RESTORE)


def _some(found: list[Finding]) -> Iterator[Finding]:
    """Name a few of many: a segment that was exchanged differs in every event."""
    yield from found[:_MOST_NAMED]
    if len(found) > _MOST_NAMED:
        cause = f"{len(found) - _MOST_NAMED} more events of the same segment differ"
        yield Finding(Layer.LEDGER, "ledger.db", cause)


def _unknown_segments(log: AuditLog, manifest: Manifest) -> Iterator[Finding]:
    """Name segments without a line; the next number may be what a crash has left."""
    known = {entry.number for entry in manifest.entries}
    following = max(known, default=0) + 1
    for number in sorted(set(log.numbers()) - known - {following}):
        cause = f"has no line in {MANIFEST}"
        yield Finding(Layer.MANIFEST, f"audit/segments/{segment_name(number)}", cause)
