"""What a recording job is asked to do, as the job tells it back: read, checked, nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

from recordings_pipeline.simulator.asking import Json, bad, instant, instant_of, whole
from recordings_pipeline.simulator.endpoints.analytics import check_order, interval_of
from recordings_pipeline.simulator.filters import as_read, listed

ACTIONS = ("ARCHIVE", "DELETE", "EXPORT")
_MOST_DAYS, _MOST_LIMIT = 100_000, 100_000_000


def jobs_query(body: Mapping[str, Json]) -> dict[str, Json]:
    """Return what is known of a query; as on the platform, unknown members are lost.

    Raises:
        Refusal: It lacks something, or a member is of the wrong kind.
    """
    if body.get("action") not in ACTIONS:
        raise bad(f"action is one of {', '.join(ACTIONS)}.", "invalid.value")
    if body["action"] == "EXPORT" and not isinstance(body.get("integrationId"), str):
        raise bad("EXPORT needs an integrationId.")
    if not isinstance(body.get("conversationQuery"), dict):
        raise bad("conversationQuery is required.")
    found: dict[str, Json] = _read(body, _MEMBERS)
    return found


def _conversation_query(_name: str, query: Json) -> dict[str, Json]:
    interval_of(query)
    check_order(query)
    filters = {
        name: [as_read(item) for item in listed(query, name)]
        for name in ("segmentFilters", "conversationFilters")
        if query.get(name)
    }
    return {**_read(query, _QUERY_MEMBERS), **filters}


def _read(body: Mapping[str, Json], members: Mapping[str, Callable[[str, Json], Any]]) -> Any:  # noqa: ANN401 (JSON)
    return {
        name: read(name, body[name]) for name, read in members.items() if body.get(name) is not None
    }


def _text(name: str, value: Json) -> str:
    if not isinstance(value, str):
        raise bad(f"{name} is not a text.")
    return value


def _flag(name: str, value: Json) -> bool:
    if not isinstance(value, bool):
        raise bad(f"{name} is not true or false.")
    return value


def _days(name: str, value: Json) -> int:
    return whole(name, value, most=_MOST_DAYS, least=0)


def _limit(name: str, value: Json) -> int:
    return whole(name, value, most=_MOST_LIMIT)


def _instant(name: str, value: Json) -> str:
    return instant(instant_of(name, value))


_MEMBERS: Mapping[str, Callable[[str, Json], Any]] = {
    "action": _text,
    "actionDate": _instant,
    "actionAge": _days,
    "screenRecordingActionDate": _instant,
    "screenRecordingActionAge": _days,
    "integrationId": _text,
    "includeRecordingsWithSensitiveData": _flag,
    "includeScreenRecordings": _flag,
    "includePolicyBasedRecordings": _flag,
    "includeSnippetRecordings": _flag,
    "clearExport": _flag,
    "conversationQuery": _conversation_query,
}
_QUERY_MEMBERS: Mapping[str, Callable[[str, Json], Any]] = {
    "interval": _text,
    "order": _text,
    "orderBy": _text,
    "limit": _limit,
    "startOfDayIntervalMatching": _flag,
}
