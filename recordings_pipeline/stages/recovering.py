"""Recovers what the sealed audit log knows, and a restored ledger does not."""

from collections.abc import Iterator
from itertools import islice

from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.findings import Layer
from recordings_pipeline.core.audit.lines import event_body, unchained
from recordings_pipeline.core.audit.manifest import MOST_EVENTS
from recordings_pipeline.core.audit.recovering import Event, Lacking, lacking_of
from recordings_pipeline.core.holding import Person
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.storage.audit.reading import sealed_events
from recordings_pipeline.storage.event_book import EventBook

_ITS_OWN_WAY = (
    "it was written to after it was restored: stop everything, put the backup back once more, and "
    "run `recordings-pipeline audit recover` before anything else"
)


def lacking(archive: Archive) -> Lacking:
    """Say what the ledger lacks of a log that is what was sealed; nothing is touched.

    Raises:
        AuditBroken: The log is not what was sealed, or the ledger is no older one of it.
    """
    for finding in verify_audit(archive.home.place, archive.keeping).findings:
        if finding.layer is not Layer.LEDGER:
            raise AuditBroken(finding.name, finding.cause, finding.next_step, is_untouched=True)
    events = archive.ledger.events
    found = list(_lacking(archive, events))
    if found and events.count_after(found[0]["seq"] - 1):
        raise _apart(found[0]["seq"])
    return lacking_of(found)


def recover(archive: Archive, found: Lacking, by: Person) -> None:
    """Take what the ledger lacks, with an event for each tombstone and hold, and seal that.

    Raises:
        AuditBroken: Somebody wrote to the ledger meanwhile; nothing was done.
    """
    if not archive.ledger.recovery.recover(found, by, archive.clock()):
        raise _apart(found.events[0]["seq"])
    archive.seal()


def _lacking(archive: Archive, events: EventBook) -> Iterator[Event]:
    waiting = sealed_events(archive.home.root)
    while page := list(islice(waiting, MOST_EVENTS)):
        rows = events.between(page[0][0]["seq"], page[-1][0]["seq"])
        told = {row["seq"]: event_body(row) for row in rows}
        for event, line in page:
            if event["seq"] not in told:
                yield event
            elif told[event["seq"]] != unchained(line)[0]:
                raise _apart(event["seq"])


def _apart(seq: int) -> AuditBroken:
    return AuditBroken("ledger.db", f"has another event {seq}", _ITS_OWN_WAY, is_untouched=True)
