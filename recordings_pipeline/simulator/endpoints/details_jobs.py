"""Details jobs: the same conversations from the data lake, later and by the thousand."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from recordings_pipeline.simulator.asking import (
    Answer,
    Ask,
    Json,
    Refusal,
    instant,
    instant_of,
    missing,
    whole,
)
from recordings_pipeline.simulator.endpoints.analytics import (
    active_in,
    check_order,
    days_touched,
    in_order,
    interval_of,
)
from recordings_pipeline.simulator.filters import matching
from recordings_pipeline.simulator.replies.conversation import conversation
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.state import Job

KIND = "details"
DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE = 100, 1_000
MOST_LIMIT = 100_000_000
_PENDING_AT, _FULFILLED_AT = 2, 3
_FRUITLESS = ("FAILED", "EXPIRED")
_RESULTS_LIVE = timedelta(days=7)
# A conversation that began days earlier may still be active: so far back a job looks.
_LONGEST_DAYS = 1


def submit_job(ask: Ask) -> Answer:
    """Take a query and return the job's id."""
    query = ask.body
    start, _ = interval_of(query)
    check_order(query)
    if "limit" in query:
        whole("limit", query["limit"], most=MOST_LIMIT)
    matching(ask.site, start.date(), query)
    number = ask.site.state.add({"details jobs": 1})["details jobs"]
    job_id = ask.site.name("details job", number)
    body = {"query": query, "submitted": instant(ask.site.now())}
    ask.site.state.keep_job(Job(job_id, KIND, ask.client, body, polls=0))
    return Answer({"jobId": job_id}, 202)


def job_status(ask: Ask) -> Answer:
    """Return the state after one more poll: queued, pending, fulfilled, at last expired.

    202 while it runs, 200 afterwards, as the release notes of 64.0.0 say.
    """
    job = _job(ask, polls=1)
    submitted = instant_of("submitted", job.body["submitted"])
    state, extra = _state(ask, job, submitted)
    if state in _FRUITLESS:
        job.body["state"] = state
        ask.site.state.keep_job(job)
    status = 202 if state in ("QUEUED", "PENDING") else 200
    return Answer({"state": state, "submissionDate": instant(submitted), **extra}, status)


def _state(ask: Ask, job: Job, submitted: datetime) -> tuple[str, dict[str, str]]:
    if ask.suffers("fail-job"):
        return "FAILED", {"errorMessage": "The job has failed."}
    if job.polls < _PENDING_AT:
        return "QUEUED", {}
    if job.polls < _FULFILLED_AT:
        return "PENDING", {}
    expires = submitted + _RESULTS_LIVE
    state = "EXPIRED" if ask.suffers("expire-job") or ask.site.now() >= expires else "FULFILLED"
    return state, {"completionDate": instant(submitted), "expirationDate": instant(expires)}


def job_results(ask: Ask) -> Answer:
    """Return a page of results; ``cursor`` is absent on the last one."""
    job = _job(ask, polls=0)
    if job.polls < _FULFILLED_AT or job.body.get("state") in _FRUITLESS:
        raise Refusal(400, "bad.request", "The job has no results.")
    size = ask.integer("pageSize", DEFAULT_PAGE_SIZE, most=MOST_PAGE_SIZE)
    cursor = ask.text("cursor")
    first = 0 if cursor is None else whole("cursor", cursor, most=MOST_LIMIT, least=0)
    query = job.body["query"]
    found = _found(ask.site, query)[: query.get("limit", MOST_LIMIT)]
    page = [ask.site.world.call(day, index) for day, index in found[first : first + size]]
    answer: dict[str, Json] = {
        "conversations": [conversation(ask.site, call, with_attributes=True) for call in page],
        "dataAvailabilityDate": instant(available_until(ask.site)),
    }
    if first + size < len(found):
        answer["cursor"] = str(first + size)
    return Answer(answer)


def drop_job(ask: Ask) -> Answer:
    """Forget a job."""
    job = _job(ask, polls=0)
    ask.site.state.forget_job(job.id)
    return Answer(status=204)


def availability(ask: Ask) -> Answer:
    """Say up to when the data lake is complete."""
    return Answer({"dataAvailabilityDate": instant(available_until(ask.site))})


def available_until(site: Site) -> datetime:
    """Return the instant before which the data lake is complete."""
    return site.now() - timedelta(hours=site.options.lag_hours)


def _found(site: Site, query: dict[str, Any]) -> list[tuple[date, int]]:
    """Return (day, number) of what a job finds, in order, without what came too late for it.

    The lake is silently incomplete beyond its watermark: what happened later is not there.
    """
    start, end = interval_of(query)
    by_day = bool(query.get("startOfDayIntervalMatching"))
    days = days_touched(start, end)
    if not by_day:
        days = [days[0] - timedelta(days=_LONGEST_DAYS), *days]
    watermark = available_until(site)
    counted = []
    for day in days:
        midnight = datetime.combine(day, datetime.min.time(), tzinfo=start.tzinfo)
        columns = site.world.columns(day)
        chosen = matching(site, day, query)
        chosen &= columns.start_ms <= _ms(watermark - midnight)
        chosen &= active_in(site, day, (start, end))
        counted.append((day, np.flatnonzero(chosen)))
    return [(counted[at][0], index) for at, index in in_order(site, counted, query).tolist()]


def _ms(span: timedelta) -> float:
    return span.total_seconds() * 1000


def _job(ask: Ask, polls: int) -> Job:
    job = ask.site.state.polled(KIND, ask.uuid("job"), polls)
    if job is None or job.client != ask.client:
        raise missing("job")
    return job
