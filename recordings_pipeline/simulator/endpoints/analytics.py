"""Conversation details: the synchronous query, and conversations by id."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from recordings_pipeline.simulator.asking import Answer, Ask, Json, bad, instant_of, whole
from recordings_pipeline.simulator.columns import DAY_MS
from recordings_pipeline.simulator.filters import Mask, matching, open_on
from recordings_pipeline.simulator.ids import is_uuid
from recordings_pipeline.simulator.replies.conversation import conversation
from recordings_pipeline.simulator.site import Site

Indexes = np.ndarray[Any, np.dtype[np.intp]]
DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE = 25, 100
MOST_DAYS = 31
MOST_RESULTS = 100_000
MOST_IDS = 100
ORDERS = ("asc", "desc", "unordered")
ORDER_BYS = ("conversationStart", "conversationEnd", "segmentStart", "segmentEnd")
# So many conversations move to the page before when pages shift under a reader.
_SHIFT = 3


def details_query(ask: Ask) -> Answer:
    """Return one page of the conversations that are active in the interval.

    Of these only such that started on a day the interval touches: a query for an hour leaves out
    what began the evening before.
    """
    query = ask.body
    size, number = _paging(query.get("paging"))
    start, end = interval_of(query)
    check_order(query)
    counted = list(_counted(ask.site, query, (start, end)))
    total = sum(len(indexes) for _, indexes in counted)
    first = (number - 1) * size
    if number > 1 and ask.suffers("shift"):
        first = max(first - _SHIFT, 0)
    chosen = in_order(ask.site, counted, query)[first : first + size]
    page = [ask.site.world.call(counted[day][0], index) for day, index in chosen.tolist()]
    answer: dict[str, Json] = {"totalHits": total}
    if page:
        answer["conversations"] = [conversation(ask.site, call) for call in page]
    return Answer(answer)


def details_by_ids(ask: Ask) -> Answer:
    """Return up to a hundred conversations by id; unknown ones are left out."""
    ids = (ask.text("id") or "").split(",")
    if not ids[0] or len(ids) > MOST_IDS or not all(is_uuid(id_) for id_ in ids):
        raise bad(f"id is 1 to {MOST_IDS} comma-separated UUIDs.")
    found = (ask.site.world.find(id_) for id_ in ids)
    known = [c for c in found if c is not None and ask.site.is_known(c)]
    return Answer({"conversations": [conversation(ask.site, call) for call in known]})


def details_of_one(ask: Ask) -> Answer:
    """Return one conversation."""
    return Answer(conversation(ask.site, ask.call()))


def interval_of(query: dict[str, Json]) -> tuple[datetime, datetime]:
    """Read a query's interval.

    Raises:
        Refusal: It is missing, malformed or too long.
    """
    interval = query.get("interval")
    parts = interval.split("/") if isinstance(interval, str) else []
    if len(parts) != len(("start", "end")):
        raise bad("The interval is not two instants.", "invalid.date")
    start, end = (instant_of("interval", part) for part in parts)
    if start >= end or end - start > timedelta(days=MOST_DAYS):
        raise bad(f"The interval has to be positive and may not exceed {MOST_DAYS} days.")
    return start, end


def check_order(query: dict[str, Json]) -> None:
    """Refuse an order nobody knows."""
    for name, allowed in (("order", ORDERS), ("orderBy", ORDER_BYS)):
        if query.get(name, allowed[0]) not in allowed:
            raise bad(f"{name} is one of {', '.join(allowed)}.", "invalid.value")


def days_touched(start: datetime, end: datetime) -> list[date]:
    """Return the UTC days an interval touches; an end at midnight touches no further day."""
    first, last = start.date(), (end - timedelta(milliseconds=1)).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def active_in(site: Site, day: date, span: tuple[datetime, datetime]) -> Mask:
    """Return which of a day's conversations are active in an interval."""
    columns = site.world.columns(day)
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    start_ms, end_ms = ((moment - midnight).total_seconds() * 1_000 for moment in span)
    found: Mask = (columns.end_ms >= start_ms) & (columns.start_ms < end_ms)
    return found


def _paging(paging: Json) -> tuple[int, int]:
    given = {} if paging is None else paging
    if not isinstance(given, dict):
        raise bad("paging is not an object.")
    if given and not {"pageSize", "pageNumber"} <= given.keys():
        raise bad("paging needs pageSize and pageNumber.")
    size = whole("pageSize", given.get("pageSize", DEFAULT_PAGE_SIZE), most=MOST_PAGE_SIZE)
    number = whole("pageNumber", given.get("pageNumber", 1), most=1_000_000)
    if size * number > MOST_RESULTS:
        raise bad(f"Pagination may not exceed {MOST_RESULTS} results.")
    return size, number


def in_order(site: Site, counted: Sequence[tuple[date, Indexes]], query: dict[str, Any]) -> Indexes:
    """Return rows of (position in ``counted``, number in its day), in the order that is asked for.

    What goes on ends after everything else. Segments stand for their conversations.
    """
    rows = np.array(
        [
            np.concatenate([np.full(len(found), at) for at, (_, found) in enumerate(counted)]),
            np.concatenate([found for _, found in counted]),
        ],
        np.intp,
    ).T
    if query.get("orderBy") in ("conversationEnd", "segmentEnd"):
        ends = [_ends_ms(site, day)[found] + at * DAY_MS for at, (day, found) in enumerate(counted)]
        rows = rows[np.argsort(np.concatenate(ends), kind="stable")]
    return rows[::-1] if query.get("order") == "desc" else rows


def _ends_ms(site: Site, day: date) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.where(open_on(site, day), np.inf, site.world.columns(day).end_ms)


def _counted(
    site: Site, query: dict[str, Any], span: tuple[datetime, datetime]
) -> Iterator[tuple[date, Indexes]]:
    for day in days_touched(*span):
        yield day, np.flatnonzero(matching(site, day, query) & active_in(site, day, span))
