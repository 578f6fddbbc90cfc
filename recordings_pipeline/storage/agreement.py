"""Reads the ledger's rows next to its events, to find what they do not tell."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, Select, select
from sqlalchemy.sql.functions import max as largest

from recordings_pipeline.core.audit.agreement import (
    Held,
    Told,
    erasure_disagrees,
    hold_disagrees,
    recording_disagrees,
)
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.hold_book import holds
from recordings_pipeline.storage.ledger_engine import snapshot
from recordings_pipeline.storage.tombstones import erasures

_EVENTS, _RECORDINGS, _FILES = tables.events.c, tables.recordings.c, tables.files.c
_PAGE = 1_000
_OF_ERASURES = ("erasure.begun", "conversation.erased")


def disagreements(engine: Engine, limit: int) -> list[tuple[str, str]]:
    """Return objects that are otherwise than their events say: name and how, so many of a kind."""
    kinds = (_recordings, _holds, _erasures)
    with snapshot(engine) as db:
        return [found for kind in kinds for found in islice(kind(db), limit)]


def _recordings(db: Connection) -> Iterator[tuple[str, str]]:
    rows = db.execution_options(yield_per=_PAGE).execute(_last_events())
    for id_, group in groupby(rows, key=itemgetter(0)):
        some = list(group)
        _, told, size, sha256, outcome = some[0][:5]
        files = [row[5:] for row in some if row[5] is not None]
        held = Held(outcome, tuple(file[0] for file in files), tuple(file[1] for file in files))
        if cause := recording_disagrees(Told(told, size, sha256), held):
            yield f"recording {id_}", cause


def _last_events() -> Select[Any]:
    """Return the last event of each recording, beside its row and each of its files."""
    last = select(largest(_EVENTS.seq)).where(_EVENTS.action.startswith("recording."))
    return (
        select(
            _EVENTS.object_id,
            _EVENTS.outcome,
            _EVENTS.size_bytes,
            _EVENTS.sha256,
            _RECORDINGS.outcome,
            _FILES.size_bytes,
            _FILES.sha256,
        )
        .outerjoin(tables.recordings, _RECORDINGS.recording_id == _EVENTS.object_id)
        .outerjoin(tables.files, _FILES.recording_id == _EVENTS.object_id)
        .where(_EVENTS.seq.in_(last.group_by(_EVENTS.object_id)))
        .order_by(_EVENTS.object_id, _FILES.file_number)
    )


def _holds(db: Connection) -> Iterator[tuple[str, str]]:
    told = select(_EVENTS.object_id, _EVENTS.action).where(_EVENTS.action.startswith("hold."))
    actions = _actions(db.execute(told))
    kept = select(holds.c.hold_id, holds.c.released_by)
    released = {f"hold/{number}": bool(by) for number, by in db.execute(kept)}
    for name in sorted(actions.keys() | released):
        if cause := hold_disagrees(actions.get(name, ()), is_released=released.get(name)):
            yield name.replace("/", " "), cause


def _erasures(db: Connection) -> Iterator[tuple[str, str]]:
    told = select(_EVENTS.object_id, _EVENTS.action).where(_EVENTS.action.in_(_OF_ERASURES))
    actions = _actions(db.execute(told))
    kept = select(erasures.c.conversation_id, erasures.c.done_time)
    done = {id_: time is not None for id_, time in db.execute(kept)}
    for id_ in sorted(actions.keys() | done):
        if cause := erasure_disagrees(actions.get(id_, ()), is_done=done.get(id_)):
            yield f"conversation {id_}", cause


def _actions(rows: Iterable[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for id_, action in rows:
        found.setdefault(id_, set()).add(action)
    return found
