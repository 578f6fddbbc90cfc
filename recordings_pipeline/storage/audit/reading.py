"""Reads what was sealed, once it is known to be what was sealed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.findings import manifest_of, segment_findings
from recordings_pipeline.core.audit.lines import GENESIS
from recordings_pipeline.storage.audit.log import AuditLog


def sealed_lines(root: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of all segments, each with its segment's number.

    Signatures and other places are not looked at; that is for `verify_log`.

    Raises:
        AuditBroken: A segment, or the manifest, is not what it was.
    """
    log = AuditLog(root)
    manifest = manifest_of(log.lines())
    for finding in manifest.findings:
        raise AuditBroken(finding.name, finding.cause)
    previous = GENESIS
    for entry in manifest.entries:
        content = log.content(entry.number)
        for finding in segment_findings(entry, previous, content):
            raise AuditBroken(finding.name, finding.cause)
        previous = entry.chain
        for line in (content or b"").splitlines():
            yield entry.number, line


def sealed_events(root: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the sealed events, each with its line.

    Raises:
        AuditBroken: A segment, or the manifest, is not what it was.
    """
    for _, line in sealed_lines(root):
        yield json.loads(line), line


def last_sealed(root: Path) -> int:
    """Return the number of the last event that is sealed; 0 for none."""
    entries = manifest_of(AuditLog(root).lines()).entries
    return entries[-1].last_seq if entries else 0
