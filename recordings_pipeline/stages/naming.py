"""Names of queues, agents and divisions beside their ids, looked up once in a while."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from recordings_pipeline.genesys.directory import names
from recordings_pipeline.stages.export import Export

# People and queues come and go slowly; an unknown id is worth a look every hour at most.
LOOK_AGAIN_AFTER = timedelta(hours=1)
_NAMED = {
    "queue_id": "queue_name",
    "division_id": "division_name",
    "agent_user_id": "agent_name",
}

Row = Mapping[str, Any]


def refresh_names(export: Export, rows: Iterable[Row]) -> None:
    """Ask the platform for names when a row has an id without one."""
    known = export.ledger.names.all()
    asked = export.ledger.names.asked_time()
    now = export.now()
    if asked is not None and now - asked < LOOK_AGAIN_AFTER:
        return
    if all(row[id_] in known for row in rows for id_ in _NAMED if row[id_]):
        return
    export.ledger.names.keep(names(export.client), now)


def named(rows: Iterable[Row], known: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield rows with names beside ids; null where nobody knows one."""
    for row in rows:
        found = {name: known.get(row[id_]) for id_, name in _NAMED.items()}
        yield {**row, **found}
