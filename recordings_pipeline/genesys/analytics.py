"""Which conversations does a day hold? Asked in two ways that have to agree.

The synchronous query is fresh, a hundred a page, and ends at 100,000 results; the details job reads
the data lake, a thousand a page, which is complete only up to its watermark.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from recordings_pipeline.core import wire_analytics
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import MalformedPayload, ServerFailed
from recordings_pipeline.core.model import Conversation
from recordings_pipeline.genesys.client import GenesysClient, json_of

# The platform's own maxima.
PAGE_SIZE = 100
JOB_PAGE_SIZE = 1_000
MOST_RESULTS = 100_000
# An interval this short with more than 100,000 conversations is not a contact centre.
_SHORTEST = timedelta(minutes=1)
_SLOWEST_POLL_S, _POLL_GROWTH = 5.0, 1.5
# A day of 100,000 conversations takes a job minutes; an hour is a job that was forgotten.
_MOST_POLLS = 720
_RUNNING = ("QUEUED", "PENDING")
_DONE = "FULFILLED"
_RECORDED = {
    "type": "and",
    "predicates": [{"type": "dimension", "dimension": "recording", "operator": "exists"}],
}

Span = tuple[datetime, datetime]


Page = tuple[list[Conversation], int]


def first_page(client: GenesysClient, day: Day) -> Page:
    """Ask for the first page of a day's conversations, and how many there are."""
    return _page(client, _query((day.start, day.end)), 1)


def conversations(
    client: GenesysClient, day: Day, first: Page | None = None
) -> Iterator[Conversation]:
    """Yield the conversations that started on a day, each once, from the synchronous query.

    Args:
        client: Whom to ask.
        day: The day.
        first: Its first page, where somebody has asked for it already.

    Raises:
        MalformedPayload: The pages do not add up to the promised total, read forwards and
            backwards.
    """
    seen: set[str] = set()
    for found in _within(client, (day.start, day.end), first):
        if found.id not in seen and found.start in day:
            seen.add(found.id)
            yield found


def conversations_by_id(client: GenesysClient, ids: Sequence[str]) -> Iterator[Conversation]:
    """Yield some conversations, a hundred a call; those the source forgot are left out."""
    for start in range(0, len(ids), PAGE_SIZE):
        wanted = list(ids[start : start + PAGE_SIZE])
        reply = client.sdk.analytics.get_analytics_conversations_details(id=wanted)
        yield from wire_analytics.named_conversations(json_of(reply, "details by id"))


def conversations_by_job(client: GenesysClient, day: Day) -> Iterator[Conversation]:
    """Yield the same conversations from a details job; the day has to be behind the watermark.

    Raises:
        ServerFailed: The job failed, expired, or never ended.
    """
    query = {**_query((day.start, day.end)), "startOfDayIntervalMatching": True}
    reply = client.sdk.analytics.post_analytics_conversations_details_jobs(query)
    job_id = wire_analytics.job_id(json_of(reply, "details job"))
    _wait_for(client, job_id)
    seen: set[str] = set()
    cursor: str | None = None
    ask = client.sdk.analytics.get_analytics_conversations_details_job_results
    while True:
        more = {"cursor": cursor} if cursor else {}
        reply = ask(job_id, page_size=JOB_PAGE_SIZE, **more)
        page, following = wire_analytics.job_page(json_of(reply, "details job results"))
        for found in page:
            if found.id not in seen and found.start in day:
                seen.add(found.id)
                yield found
        if following is None:
            return
        if following == cursor:
            raise MalformedPayload("details job results", "repeat their cursor")
        cursor = following


def available_until(client: GenesysClient) -> datetime | None:
    """Ask up to when the data lake is complete; None when the platform does not say."""
    reply = client.sdk.analytics.get_analytics_conversations_details_jobs_availability()
    return wire_analytics.available_until(json_of(reply, "job availability"))


def recorded_page(client: GenesysClient, day: Day) -> Page:
    """Ask for the day's first page of conversations with audio, and how many it has.

    What began the evening before comes first, and is not counted: it is another day's. Only where
    it fills pages of its own, another call is spent.
    """
    query = {**_query((day.start, day.end)), "segmentFilters": [_RECORDED]}
    first, total = _page(client, query, 1)
    page, number, before = first, 1, 0
    while page:
        earlier = sum(found.start < day.start for found in page)
        before += earlier
        if earlier < len(page):
            break
        number += 1
        page, _ = _page(client, query, number)
    return first, max(total - before, 0)


def _within(client: GenesysClient, span: Span, first: Page | None = None) -> Iterator[Conversation]:
    """Yield what is active in an interval; split it when there is more than can be paged."""
    page, total = first or _page(client, _query(span), 1)
    if total <= MOST_RESULTS:
        yield from _pages(client, span, page, total)
        return
    start, end = span
    middle = start + (end - start) / 2
    if middle - start < _SHORTEST:
        raise MalformedPayload("details query", f"finds {total} conversations in a minute")
    yield from _within(client, (start, middle))
    yield from _within(client, (middle, end))


def _pages(
    client: GenesysClient, span: Span, first: list[Conversation], total: int
) -> Iterator[Conversation]:
    """Read page after page, then, if some are missing, once more from the other end."""
    seen: set[str] = set()
    for order in ("asc", "desc"):
        query, page, number = _query(span, order), first if order == "asc" else [], 1
        if order == "desc":
            page, total = _page(client, query, 1)
        while True:
            yield from (found for found in page if found.id not in seen)
            before = len(seen)
            seen.update(found.id for found in page)
            if len(seen) >= total or (number > 1 and len(seen) == before) or not page:
                break
            number += 1
            page, _ = _page(client, query, number)
        if len(seen) >= total:
            return
    raise MalformedPayload("details query", f"promised {total} conversations, sent {len(seen)}")


def _page(client: GenesysClient, query: dict[str, Any], number: int) -> Page:
    paged = {**query, "paging": {"pageSize": PAGE_SIZE, "pageNumber": number}}
    reply = client.sdk.analytics.post_analytics_conversations_details_query(paged)
    return wire_analytics.conversations_page(json_of(reply, "details query"))


def _wait_for(client: GenesysClient, job_id: str) -> None:
    pause = client.poll_s
    for _ in range(_MOST_POLLS):
        client.wait(pause)
        reply = client.sdk.analytics.get_analytics_conversations_details_job(job_id)
        state = wire_analytics.job_state(json_of(reply, "details job"))
        if state == _DONE:
            return
        if state not in _RUNNING:
            break
        pause = max(pause, min(pause * _POLL_GROWTH, _SLOWEST_POLL_S))
    raise ServerFailed("GET details job", 0)


def _query(span: Span, order: str = "asc") -> dict[str, Any]:
    start, end = (moment.strftime("%Y-%m-%dT%H:%M:%S.") + _milliseconds(moment) for moment in span)
    return {"interval": f"{start}/{end}", "order": order, "orderBy": "conversationStart"}


def _milliseconds(moment: datetime) -> str:
    return f"{moment.microsecond // 1_000:03d}Z"
