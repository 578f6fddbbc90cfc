"""The conversation details query: day-touched meaning, paging, filter grammar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from recordings_pipeline.simulator.replies import conversation
from recordings_pipeline.simulator.world import Call, World

DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE = 25, 100
MOST_DAYS = 31
MOST_RESULTS = 100_000


class BadQuery(Exception):
    """What the platform answers 400 to."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def details_page(world: World, query: dict[str, Any]) -> dict[str, Any]:
    """Return one page; an empty one has no ``conversations`` member.

    Raises:
        BadQuery: The query is malformed, too long or too deep.
    """
    size, number = _paging(query.get("paging") or {})
    found = [
        call
        for day in _days_touched(str(query.get("interval")))
        for call in world.calls(day)
        if all(_passes(call, item) for item in query.get("segmentFilters") or [])
    ]
    if query.get("order") == "desc":
        found.reverse()
    page = found[(number - 1) * size : number * size]
    answer: dict[str, Any] = {"totalHits": len(found)}
    if page:
        answer["conversations"] = [conversation(call) for call in page]
    return answer


def _paging(paging: dict[str, Any]) -> tuple[int, int]:
    size, number = paging.get("pageSize", DEFAULT_PAGE_SIZE), paging.get("pageNumber", 1)
    if not isinstance(size, int) or not 1 <= size <= MOST_PAGE_SIZE:
        raise BadQuery("bad.request", f"Page size may not exceed {MOST_PAGE_SIZE}")
    if not isinstance(number, int) or number < 1 or size * number > MOST_RESULTS:
        raise BadQuery("bad.request", f"Pagination may not exceed {MOST_RESULTS} results")
    return size, number


def _days_touched(interval: str) -> list[date]:
    try:
        start, end = (datetime.fromisoformat(part) for part in interval.split("/"))
    except ValueError:
        raise BadQuery("invalid.date", "The interval is not two instants") from None
    if start >= end or end - start > timedelta(days=MOST_DAYS):
        raise BadQuery("bad.request", f"The interval may not exceed {MOST_DAYS} days")
    first = start.astimezone(UTC).date()
    last = (end.astimezone(UTC) - timedelta(milliseconds=1)).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _passes(call: Call, item: dict[str, Any]) -> bool:
    if item.get("type") not in ("and", "or"):
        raise BadQuery(
            "invalid.value",
            f"Value [{item.get('type')}] is not valid for field type [QueryFilterType]. "
            "Allowable values are: and, or",
        )
    matches = [_matches(call, predicate) for predicate in item.get("predicates") or []]
    return all(matches) if item["type"] == "and" else any(matches)


def _matches(call: Call, predicate: dict[str, Any]) -> bool:
    operator, value = predicate.get("operator", "matches"), predicate.get("value")
    match predicate.get("dimension"):
        case "recording":
            is_recorded = call.recording_id is not None
            return is_recorded == (operator == "exists" or value == "true")
        case "mediaType":
            return value == "voice"
        case "direction":
            return value == "inbound"
        case "queueId":
            return value == call.queue_id
        case other:
            raise BadQuery("invalid.value", f"Value [{other}] is not a segment dimension")
