"""What the simulator adds to the platform: its start page, the truth, and levers to pull.

No token is asked for: the server listens on loopback only.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeGuard

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.fault_plans import BadPlan, entries_from, plan_of
from recordings_pipeline.simulator.page import start_page
from recordings_pipeline.simulator.site import (
    CLOCK,
    HIDDEN,
    LIMITS,
    PLAN,
    PLANTED,
    RATE,
    TOLD,
    Site,
)
from recordings_pipeline.simulator.truth import truth_of

FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2090, 1, 1)


def routes(site: Site) -> list[Route]:
    """Return the start page and the levers."""
    levers = _Levers(site)
    posts = {
        "faults": levers.faults,
        "plant": levers.plant,
        "hide": levers.hide,
        "clock": levers.clock,
        "limits": levers.limits,
        "revoke": levers.revoke,
    }
    return [
        Route("/", levers.page, methods=["GET"]),
        Route("/simulator/status", levers.status, methods=["GET"]),
        Route("/simulator/truth", levers.truth, methods=["GET"]),
        *(Route(f"/simulator/{name}", post, methods=["POST"]) for name, post in posts.items()),
    ]


class _Levers:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def page(self, _request: Request) -> HTMLResponse:
        self._catch_up()
        return HTMLResponse(start_page(self._site))

    async def status(self, _request: Request) -> JSONResponse:
        self._catch_up()
        found = {
            "now": self._site.now().isoformat(),
            "counters": self._site.state.counters(),
            "faults": [fault.name for fault in self._site.faults],
        }
        return JSONResponse(found)

    async def truth(self, request: Request) -> JSONResponse | StreamingResponse:
        """Stream a day's conversations, one JSON object a line."""
        self._catch_up()
        day = _day(request.query_params.get("day"))
        if day is None:
            return _bad("day is a date such as 2026-01-31")
        calls = self._site.world.calls(day)

        def lines() -> Iterator[str]:
            for call in calls:
                if self._site.is_known(call):
                    yield json.dumps(truth_of(self._site, call)) + "\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def faults(self, request: Request) -> JSONResponse:
        """Put a plan in force: ``{"plan": "late-data/20"}`` or ``{"fault": [...]}``."""
        body = await _object(request)
        try:
            entries = _entries(body)
            plan_of(entries)
        except BadPlan as problem:
            return _bad(str(problem))
        self._site.state.note(PLAN, {"fault": entries}, is_plan=True)
        self._catch_up()
        return JSONResponse({"faults": [fault.name for fault in self._site.faults]})

    async def plant(self, request: Request) -> JSONResponse:
        """Let recordings or transcripts turn up late: ``{"day", "what", "count"}``."""
        self._catch_up()
        body = await _object(request)
        day, count = _day(body.get("day")), body.get("count", 1)
        what = body.get("what", "recording")
        if day is None or what not in ("recording", "transcript") or not _is_count(count):
            return _bad("day is a date, what is recording or transcript, count is 1 or more")
        fits = self._untold if what == "transcript" else self._plantable
        chosen = list(islice(filter(fits, self._site.world.calls(day)), count))
        kind = TOLD if what == "transcript" else PLANTED
        self._site.state.note(kind, {call.conversation_id: True for call in chosen})
        self._catch_up()
        late = [self._site.world.planted(call) for call in chosen]
        return JSONResponse(
            {
                "conversation_ids": [call.conversation_id for call in chosen],
                "recording_ids": [found.id for found in late if found and what == "recording"],
            }
        )

    async def hide(self, request: Request) -> JSONResponse:
        """List no recording of a day's first conversations: ``{"day", "count"}``; 0 shows all."""
        self._catch_up()
        body = await _object(request)
        day, count = _day(body.get("day")), body.get("count", 1)
        if day is None or not _is_count(count, least=0):
            return _bad("day is a date, count is 0 or more")
        fits = [call.conversation_id for call in self._site.world.calls(day) if self._fits(call)]
        self._site.state.note(HIDDEN, {id_: at < count for at, id_ in enumerate(fits)})
        self._catch_up()
        return JSONResponse({"conversation_ids": fits[:count]})

    async def limits(self, request: Request) -> JSONResponse:
        """Change the allowance, of the running window as well: ``{"requests_per_minute": 150}``."""
        rate = (await _object(request)).get(RATE)
        if not _is_count(rate):
            return _bad(f"{RATE} is 1 or more")
        self._site.state.note(LIMITS, {RATE: rate})
        self._catch_up()
        return JSONResponse({RATE: self._site.requests_per_minute})

    async def clock(self, request: Request) -> JSONResponse:
        """Move the organization's clock: ``{"advance_s": 3600}``."""
        self._catch_up()
        seconds = (await _object(request)).get("advance_s")
        if not _is_move(seconds, self._site.now()):
            return _bad(f"advance_s is a number of seconds, up to {LAST_DAY} at most")
        number = self._site.state.add({"clock moves": 1})["clock moves"]
        self._site.state.note(CLOCK, {f"{number:09d}": float(seconds)})
        self._catch_up()
        return JSONResponse({"now": self._site.now().isoformat()})

    async def revoke(self, _request: Request) -> JSONResponse:
        """Accept none of the tokens given out so far."""
        self._site.state.revoke()
        return JSONResponse({})

    def _catch_up(self) -> None:
        self._site.catch_up(self._site.state.revision())

    def _plantable(self, call: Call) -> bool:
        known = [found.kind for found in self._site.recordings(call)]
        return bool(call.phases) and known == ["recording"] and call.is_exportable

    def _fits(self, call: Call) -> bool:
        return self._site.is_hidden(call) or self._plantable(call)

    def _untold(self, call: Call) -> bool:
        return bool(call.phases) and call.is_exportable and not self._site.is_told(call)


def _entries(body: dict[str, object]) -> object:
    """Return a plan's entries, from its text or as they are."""
    if body.keys() == {"fault"}:
        return body["fault"]
    text = body.get("plan")
    if body.keys() != {"plan"} or not isinstance(text, str):
        raise BadPlan('either {"plan": "late-data/20"} or {"fault": [...]} is needed')
    return entries_from(text)


def _is_count(value: object, least: int = 1) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_move(value: object, now: datetime) -> TypeGuard[float]:
    """Say whether a number of seconds leads to a day that there is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return FIRST_DAY <= (now + timedelta(seconds=value)).date() <= LAST_DAY
    except (OverflowError, ValueError):
        return False


def _day(text: object) -> date | None:
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


async def _object(request: Request) -> dict[str, object]:
    try:
        found = await request.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _bad(problem: str) -> JSONResponse:
    return JSONResponse({"error": problem}, 400)
