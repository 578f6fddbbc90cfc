"""Erases conversations for good: bytes, rows, and what the ledger knew; a tombstone stays.

The tombstone comes first, in one transaction with what the ledger forgets. So a run that is killed
anywhere leaves nothing that an export would fetch again, and the next erasure, of whatever, ends
what it began. A legal hold is looked for in that transaction: it beats every order.
"""

from collections.abc import Iterable, Iterator, Mapping

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.schema import EXPORT_AUDIT
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.erasing import Erasure, Fate, Order
from recordings_pipeline.core.errors import Busy
from recordings_pipeline.core.holding import Hold
from recordings_pipeline.core.schemas import ALL_SCHEMAS
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.remains import Remains
from recordings_pipeline.storage.row_removal import remove_rows

_PAGE = 500
_NEVER_INDEXED = "no day that was indexed has it"


def erase(archive: Archive, ids: Iterable[str], order: Order) -> Iterator[Erasure]:
    """Erase conversations, those of a day together under its lock, and say what became of each.

    What an erasure before began and did not end comes first. Those that were erased before are
    gone through again, as somebody may have put a backup back.
    """
    yield from resume(archive)
    for day, some in _by_day(archive, ids).items():
        if day is None:
            yield from _in_advance(archive, some, order)
        else:
            yield from _erase_day(archive, day, some, order)


def resume(archive: Archive) -> Iterator[Erasure]:
    """End what was begun: the bytes of conversations that have a tombstone go.

    Raises:
        AuditBroken: The audit log could not tell of it; nothing was done.
        ConfigurationError: The same, for its key or second directory.
    """
    archive.require_sealable()
    pending: dict[Day | None, list[str]] = {}
    for id_, day in archive.ledger.erasures.pending().items():
        pending.setdefault(day, []).append(id_)
    for day, some in pending.items():
        if day is None:
            archive.ledger.erasures.done(dict.fromkeys(some, 0), archive.clock())
        else:
            yield from _erase_day(archive, day, some, None)


def end_pending(archive: Archive, day: Day) -> None:
    """End what was begun of a day; the caller holds its lock."""
    pending = archive.ledger.erasures.pending()
    if ids := [id_ for id_, theirs in pending.items() if theirs == day]:
        _end(archive, day, _recordings(archive, ids))


def survey(archive: Archive, ids: Iterable[str]) -> Iterator[Erasure]:
    """Say what an erasure would take; nothing is touched."""
    for day, some in _by_day(archive, ids).items():
        if day is None:
            yield from (Erasure(id_, None, Fate.UNKNOWN, reason=_NEVER_INDEXED) for id_ in some)
            continue
        held = archive.ledger.holds.on(day, some)
        recordings = _recordings(archive, some)
        sizes = Remains(archive.home, day, recordings).survey()
        for id_ in some:
            count, size = sizes.get(id_, (0, 0))
            fate, reason = (Fate.HELD, _why(held[id_])) if id_ in held else (Fate.ERASED, "")
            yield Erasure(id_, day, fate, len(recordings[id_]), count, size, reason)


def _by_day(archive: Archive, ids: Iterable[str]) -> Mapping[Day | None, list[str]]:
    wanted = list(dict.fromkeys(ids))
    days = archive.ledger.erasures.days_of(wanted)
    found: dict[Day | None, list[str]] = {}
    for id_ in wanted:
        found.setdefault(days.get(id_), []).append(id_)
    return found


def _in_advance(archive: Archive, ids: list[str], order: Order) -> Iterator[Erasure]:
    """Leave tombstones for what nobody indexed, if that is wanted."""
    book = archive.ledger.erasures
    before = book.among(ids)
    if not order.is_in_advance:
        for id_ in ids:
            is_erased = id_ in before
            fate, reason = (Fate.ERASED, "") if is_erased else (Fate.UNKNOWN, _NEVER_INDEXED)
            yield Erasure(id_, None, fate, reason=reason)
        return
    held = book.begin(None, ids, order, archive.clock())
    free = [id_ for id_ in ids if id_ not in held]
    book.done(dict.fromkeys(free, 0), archive.clock())
    archive.seal()
    yield from (Erasure(id_, None, Fate.ERASED) for id_ in free)
    yield from _held(None, held)


def _erase_day(
    archive: Archive, day: Day, ids: list[str], order: Order | None
) -> Iterator[Erasure]:
    """Erase conversations of a day; without an order, those that have a tombstone already."""
    home = archive.home
    try:
        with home.storing(), home.day_lock(day):
            held = {} if order is None else _begun(archive, day, ids, order)
            ids = [id_ for id_ in ids if id_ not in held]
            recordings = _recordings(archive, ids)
            sizes = _end(archive, day, recordings)
            archive.seal()
    except Busy as error:
        yield from (Erasure(id_, day, Fate.LEFT, reason=str(error)) for id_ in ids)
        return
    for id_ in ids:
        count, size = sizes.get(id_, (0, 0))
        yield Erasure(id_, day, Fate.ERASED, len(recordings[id_]), count, size)
    yield from _held(day, held)


def _begun(archive: Archive, day: Day, ids: list[str], order: Order) -> dict[str, Hold]:
    """Leave the tombstones, some hundred at a time: others write to the ledger as well."""
    held: dict[str, Hold] = {}
    for start in range(0, len(ids), _PAGE):
        some = ids[start : start + _PAGE]
        held |= archive.ledger.erasures.begin(day, some, order, archive.clock())
    return held


def _held(day: Day | None, held: Mapping[str, Hold]) -> Iterator[Erasure]:
    for id_, hold in sorted(held.items()):
        yield Erasure(id_, day, Fate.HELD, reason=_why(hold))


def _why(hold: Hold) -> str:
    return f"hold {hold.hold_id}: {hold.reason}"


def _end(
    archive: Archive, day: Day, recordings: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[int, int]]:
    """Remove bytes, then rows, each table replaced as a whole; then nothing is left to do."""
    home = archive.home
    removed = Remains(home, day, recordings).remove()
    for schema in ALL_SCHEMAS:
        if schema is EXPORT_AUDIT:  # what was done stays known; it holds ids and no person
            continue
        path = layout.table_path(schema.name, day)
        if schema.name == layout.RESCUE_LIST.parent.name:
            path = layout.RESCUE_LIST
        remove_rows(home.path(path), schema, recordings.keys())
    sizes = {id_: removed.get(id_, (0, 0))[1] for id_ in recordings}
    archive.ledger.erasures.done(sizes, archive.clock())
    return removed


def _recordings(archive: Archive, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found = archive.ledger.erasures.recordings_of(ids)
    return {id_: found.get(id_, ()) for id_ in ids}
