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
from recordings_pipeline.watch.forgetting import forget_names

_PAGE = 500
_NEVER_INDEXED = "no day that was indexed has it"
_MAY_BE = "; it may be of these days, as nobody knows its day"


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
            _end_unindexed(archive, some)
        else:
            yield from _erase_day(archive, day, some, None)


def end_pending(archive: Archive, day: Day) -> None:
    """End what was begun of a day; the caller holds its lock."""
    pending = archive.ledger.erasures.pending()
    if ids := [id_ for id_, theirs in pending.items() if theirs == day]:
        _end(archive, day, _recordings(archive, ids))


def survey(
    archive: Archive, ids: Iterable[str], *, is_in_advance: bool = False
) -> Iterator[Erasure]:
    """Say what an erasure would take; nothing is touched."""
    for day, some in _by_day(archive, ids).items():
        if day is None:
            held = archive.ledger.holds.on(None, some) if is_in_advance else {}
            free = [id_ for id_ in some if id_ not in held]
            yield from _unindexed(archive, free, is_in_advance=is_in_advance)
            yield from _held(None, held)
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
    if not order.is_in_advance:
        yield from _unindexed(archive, ids, is_in_advance=False)
        return
    held = book.begin(None, ids, order, archive.clock())
    free = [id_ for id_ in ids if id_ not in held]
    sizes = _end_unindexed(archive, free)
    archive.seal()
    yield from (Erasure(id_, None, Fate.ERASED, 0, *sizes.get(id_, (0, 0))) for id_ in free)
    yield from _held(None, held)


def _end_unindexed(archive: Archive, ids: list[str]) -> dict[str, tuple[int, int]]:
    """Remove what was dropped of conversations that nobody indexed."""
    with archive.home.storing(), archive.home.turn(layout.INCOMING_LOCK):
        removed = Remains(archive.home, None, dict.fromkeys(ids, ())).remove()
        forget_names(archive.home.path(layout.JOURNAL), ids)
    sizes = {id_: removed.get(id_, (0, 0))[1] for id_ in ids}
    archive.ledger.erasures.done(sizes, archive.clock())
    return removed


def _unindexed(archive: Archive, ids: list[str], *, is_in_advance: bool) -> Iterator[Erasure]:
    """Say what would go, or has gone, of conversations that nobody indexed."""
    before = archive.ledger.erasures.among(ids)
    sizes = Remains(archive.home, None, dict.fromkeys(ids, ())).survey() if is_in_advance else {}
    for id_ in ids:
        is_gone = is_in_advance or id_ in before
        fate, reason = (Fate.ERASED, "") if is_gone else (Fate.UNKNOWN, _NEVER_INDEXED)
        yield Erasure(id_, None, fate, 0, *sizes.get(id_, (0, 0)), reason)


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
        is_day_unknown = day is None and not hold.conversation_id
        more = _MAY_BE if is_day_unknown else ""
        yield Erasure(id_, day, Fate.HELD, reason=_why(hold) + more)


def _why(hold: Hold) -> str:
    return f"hold {hold.hold_id}: {hold.reason}"


def _end(
    archive: Archive, day: Day, recordings: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[int, int]]:
    """Remove bytes and names, then rows, each table as a whole; then nothing is left to do."""
    home = archive.home
    ids = [id_ for some in recordings.values() for id_ in some]
    removed = Remains(home, day, recordings).remove()
    forget_names(home.path(layout.JOURNAL), {*recordings, *ids, *archive.ledger.arrivals.of(ids)})
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
