"""The audit log for auditors and analysts: verified, told, and as a table."""

import json
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.choice import Choice
from recordings_pipeline.core.audit.keeping import ANCHOR_DIR, KEY_FILE, Keeping
from recordings_pipeline.core.audit.lines import event_body
from recordings_pipeline.core.audit.manifest import MOST_EVENTS, Head
from recordings_pipeline.core.audit.schema import EXPORT_AUDIT, day_of_line, row_of
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.place import Where
from recordings_pipeline.stages.describe import describe
from recordings_pipeline.storage.audit.anchor import HEAD, anchored_head
from recordings_pipeline.storage.audit.keys import trusted_keys
from recordings_pipeline.storage.audit.reading import last_sealed, sealed_lines
from recordings_pipeline.storage.audit.verifying import Verified, Witnesses, verify_log
from recordings_pipeline.storage.event_book import EventBook
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger_place import has_ledger
from recordings_pipeline.storage.ledger_reader import reading_events
from recordings_pipeline.storage.tables import write_table

# Rows of so many events are in memory at once: about a kilobyte each.
_MOST_HELD = 200_000


@dataclass(frozen=True, slots=True)
class Published:
    """A day's table of events."""

    day: Day
    row_count: int
    path: Path


def verify_audit(
    data: Where,
    keeping: Keeping,
    keys: Sequence[Path] = (),
    head: Head | None = None,
    *,
    is_with_ledger: bool = True,
) -> Verified:
    """Verify the log below a data directory.

    Args:
        data: The directory, or where that and its ledger are.
        keeping: Says which key seals here, and where the log's head is kept as well.
        keys: Public keys that are trusted besides: files, or the ids of keys that are published.
        head: One that somebody kept.
        is_with_ledger: Whether it is compared with the ledger, which an auditor's copy may lack.

    Raises:
        ConfigurationError: There is no log, no ledger, or nothing to compare signatures with.
    """
    home = Home(data)
    root = home.root
    if not (root / layout.AUDIT_MANIFEST).exists() and not _was_sealed(root, keeping, head):
        raise ConfigurationError("RECORDINGS_DATA", f"holds no sealed audit log: {root}")
    if is_with_ledger and not has_ledger(home):
        problem = f"holds no ledger: {root}: a copy of the log alone needs --without-ledger"
        raise ConfigurationError("RECORDINGS_DATA", problem)
    trusted = trusted_keys(root, keeping, keys)
    heads = {} if head is None else {"--head": head}
    if keeping.anchor is not None:
        if (anchored := anchored_head(keeping.anchor)) is None:
            problem = f"keeps no head: {keeping.anchor}: seal something first, or unset it"
            raise ConfigurationError(ANCHOR_DIR, problem)
        heads[str(keeping.anchor / HEAD)] = anchored
    if not trusted:
        problem = (
            "names no key yet, and nobody can tell whose signatures are good: give the public key "
            "that you were handed, or its id, with --key"
        )
        raise ConfigurationError(KEY_FILE, problem)
    with _events(home) if is_with_ledger else nullcontext() as events:
        return verify_log(root, Witnesses(trusted, heads, events))


def _was_sealed(root: Path, keeping: Keeping, head: Head | None) -> bool:
    """Say whether anything tells of a log that is gone."""
    folder = root / layout.AUDIT_SEGMENTS
    is_kept = keeping.anchor is not None and (keeping.anchor / HEAD).exists()
    return head is not None or is_kept or (folder.is_dir() and any(folder.iterdir()))


def told_events(data: Where, choice: Choice) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """Yield chosen events in order, with their segment; None for those that are not sealed yet.

    Raises:
        AuditBroken: What was sealed is not what it was.
    """
    home = Home(data)
    for segment, line in sealed_lines(home.root):
        if choice.fits(event := json.loads(line)):
            yield segment, event
    with _events(home) as events:
        last = last_sealed(home.root)
        while events is not None and (page := events.after(last, MOST_EVENTS)):
            for row in page:
                if choice.fits(event := json.loads(event_body(row))):
                    yield None, event
            last = page[-1]["seq"]


def publish_audit(root: Path, span: Span) -> Iterator[Published]:
    """Publish the sealed events of each day as a table; days without events are left alone.

    Raises:
        AuditBroken: What was sealed is not what it was.
    """
    home = Home(root)
    home.prepare()
    days = Counter(day for _, line in sealed_lines(root) if (day := day_of_line(line)))
    chosen = {day: days[day] for day in sorted(days) if span.first <= day.date <= span.last}
    with home.storing():
        for some in _groups(chosen):
            for day, rows in _rows(root, some).items():
                path = layout.table_path(EXPORT_AUDIT.name, day)
                count = write_table(home.path(path), EXPORT_AUDIT, rows)
                yield Published(day, count, home.path(path))
        describe(home)


def _groups(counts: Mapping[Day, int]) -> Iterator[list[Day]]:
    group: list[Day] = []
    held = 0
    for day, count in counts.items():
        if group and held + count > _MOST_HELD:
            yield group
            group, held = [], 0
        group.append(day)
        held += count
    if group:
        yield group


def _rows(root: Path, days: Iterable[Day]) -> dict[Day, list[dict[str, Any]]]:
    found: dict[Day, list[dict[str, Any]]] = {day: [] for day in days}
    for segment, line in sealed_lines(root):
        day = day_of_line(line)
        if day in found:
            found[day].append(row_of(line, segment))
    return found


@contextmanager
def _events(home: Home) -> Generator[EventBook | None]:
    if not has_ledger(home):
        yield None
        return
    with reading_events(home.path(layout.LEDGER), home.place.ledger_url) as events:
        yield events
