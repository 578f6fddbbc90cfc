"""Seals what the ledger has committed: a segment, then its signed line in the manifest.

A segment counts from the moment its line is whole. Whatever a crash leaves before that, the next
seal replaces: it begins with the same number, after the last event of the last line.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.findings import MANIFEST
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.audit.lines import GENESIS
from recordings_pipeline.core.audit.manifest import (
    MOST_EVENTS,
    Entry,
    Head,
    entry_line,
    line_digest,
    sealed,
    segment_name,
    segment_of,
    signed_text,
)
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.storage.audit.anchor import keep_head, require_head
from recordings_pipeline.storage.audit.keys import SigningKey, public_pem, signing_key
from recordings_pipeline.storage.audit.log import AuditLog
from recordings_pipeline.storage.event_book import EventBook
from recordings_pipeline.storage.home import Home

_Last = tuple[Entry, bytes]
_NEWEST_LEDGER = (
    "put the newest ledger back, then run `recordings-pipeline audit recover`, which takes out of "
    "the log what was erased and held since"
)


def seal(home: Home, events: EventBook, keeping: Keeping, now: datetime) -> Head | None:
    """Seal every event that is not sealed yet, and return the log's head; None without events.

    Several processes take turns; whoever comes second finds nothing left. A log that is not what
    it was, or not what the second directory keeps, is found before anything is sealed.

    Raises:
        AuditBroken: What was sealed before is not what it was.
        ConfigurationError: The key or the second directory cannot be used.
    """
    with home.turn(layout.AUDIT_LOCK):
        log = AuditLog(home.root)
        last = log.mended_tail()
        _require_past(log, events, last)
        key = signing_key(keeping)
        if keeping.anchor is not None:
            # One that cannot be read is told when the log itself is sealed.
            with suppress(ConfigurationError):
                require_head(keeping.anchor, log, _head(last))
        while (following := _sealed_next(log, events, last, key, now)) is not None:
            last = following
        if keeping.anchor is not None:
            keep_head(keeping.anchor, last, public_pem(key.public))
        return _head(last)


def _head(last: _Last | None) -> Head | None:
    return None if last is None else Head(last[0].number, line_digest(last[1]))


def _sealed_next(
    log: AuditLog, events: EventBook, last: _Last | None, key: SigningKey, now: datetime
) -> _Last | None:
    """Seal one more segment; None where there is nothing to seal."""
    found = events.after(last[0].last_seq if last else 0, MOST_EVENTS)
    if not found:
        return None
    segment = segment_of(last[0].chain if last else GENESIS, found)
    entry = sealed(last, segment, now, key.id)
    entry = replace(entry, signature=key.sign(signed_text(entry)))
    log.write_segment(entry.number, segment.content)
    log.publish_key(key.id, public_pem(key.public))
    log.add_line(entry_line(entry))
    return entry, entry_line(entry)


def _require_past(log: AuditLog, events: EventBook, last: _Last | None) -> None:
    """Refuse to go on after events that the ledger does not have.

    A ledger that was restored from a backup counts from there again: its next events would have
    numbers that are sealed already, and never be.
    """
    if last is None:
        # The first one may be what a crash has left.
        if any(number > 1 for number in log.numbers()):
            raise AuditBroken(MANIFEST, "is gone, and the segments that it sealed are not")
        return
    name = f"audit/segments/{segment_name(last[0].number)}"
    line = log.last_line(last[0].number)
    if line is None:
        raise AuditBroken(name, "is gone, or is no file")
    told = events.at(last[0].last_seq)
    with suppress(ValueError, KeyError, TypeError):
        if told and json.loads(line)["event_id"] == told["event_id"]:
            return
    cause = f"ends with an event that the ledger does not have, number {last[0].last_seq}"
    raise AuditBroken(name, cause, _NEWEST_LEDGER)
