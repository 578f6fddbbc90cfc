"""Who and what the organization consists of: names behind ids, limits, and API usage."""

from collections.abc import Callable
from typing import Any

from recordings_pipeline.simulator.asking import Answer, Ask, Json, bad, missing, page_of
from recordings_pipeline.simulator.columns import AGENT_COUNT, DIVISION_COUNT, QUEUE_COUNT
from recordings_pipeline.simulator.endpoints.analytics import interval_of
from recordings_pipeline.simulator.endpoints.tokens import ORGANIZATION_NAME
from recordings_pipeline.simulator.replies.conversation import QUEUE_NAMES
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.state import Job

KIND = "usage"
RATE_KEY = "client.credentials.token.rate.per.minute"
NAMESPACES = (
    "platform.api",
    "recording",
    "analytics",
    "analytics.data.extraction",
    "speech.and.text.analytics",
    "voice.transcription",
    "usage",
)
DIVISION_NAMES = ("Home", "North", "South")
_AGENTS = (
    "Dana Ito",
    "Marcus Weiß",
    "Sofia Núñez",
    "Trevor Kim",
    "Yasmin Öz",
    "Paul Brandt",
)
_READY_AT = 2
_MOST_GRANULARITY = ("Day", "Week", "Month")


def organization(ask: Ask) -> Answer:
    """Describe the organization."""
    return Answer(
        {
            "id": ask.site.world.organization_id,
            "name": ORGANIZATION_NAME,
            "defaultLanguage": "en-us",
            "state": "active",
            "version": 1,
            "productPlatform": "GenesysCloud",
            "selfUri": "/api/v2/organizations/me",
        }
    )


def queues(ask: Ask) -> Answer:
    """List queues."""
    return _listed(ask, QUEUE_COUNT, _queue)


def users(ask: Ask) -> Answer:
    """List agents."""
    return _listed(ask, AGENT_COUNT, _user)


def one_user(ask: Ask) -> Answer:
    """Return one agent."""
    wanted = ask.uuid("user")
    for number in range(AGENT_COUNT):
        if ask.site.name("user", number) == wanted:
            return Answer(_user(ask.site, number))
    raise missing("user")


def divisions(ask: Ask) -> Answer:
    """List divisions."""
    return _listed(ask, DIVISION_COUNT, _division)


def namespaces(ask: Ask) -> Answer:
    """List the namespaces limits are kept in."""
    return Answer(page_of(list(NAMESPACES), ask))


def limits(ask: Ask) -> Answer:
    """Return the organization's limits of a namespace."""
    rate = ask.site.requests_per_minute
    return _limits(ask, rate)


def default_limits(ask: Ask) -> Answer:
    """Return what the limits of a namespace are by default."""
    return _limits(ask, 300)


def query_usage(ask: Ask) -> Answer:
    """Take a question about API usage and return where its answer will be."""
    body = ask.body
    interval_of(body)
    if body.get("granularity", "Day") not in _MOST_GRANULARITY:
        raise bad(f"granularity is one of {', '.join(_MOST_GRANULARITY)}.", "invalid.value")
    number = ask.site.state.add({"usage queries": 1})["usage queries"]
    execution_id = ask.site.name("usage query", number)
    ask.site.state.keep_job(Job(execution_id, KIND, ask.client, {}, polls=0))
    uri = f"/api/v2/usage/query/{execution_id}/results"
    return Answer({"executionId": execution_id, "resultsUri": uri})


def usage_results(ask: Ask) -> Answer:
    """Return the requests counted so far, by route."""
    job = ask.site.state.polled(KIND, ask.uuid("execution"))
    if job is None:
        raise missing("query")
    if job.polls < _READY_AT:
        return Answer({"queryStatus": "Running", "results": []})
    routes: dict[str, dict[str, int]] = {}
    for name, count in ask.site.state.counters().items():
        kind, _, rest = name.partition(" ")
        if kind == "status" and " /api" in rest:
            route, _, status = rest.rpartition(" ")
            routes.setdefault(route, {})[status] = count
    day = f"{ask.site.start_of_today()}T00:00:00.000Z"
    rows = [_usage(ask, route, counts, day) for route, counts in sorted(routes.items())]
    return Answer({"queryStatus": "Complete", "results": rows})


def event_definitions(_ask: Ask) -> Answer:
    """List the operational events that can happen."""
    definition = {
        "id": "00000000-0000-4000-8000-0000000000ed",
        "name": "Rate limit exceeded",
        "description": "A client exceeded its allowance.",
    }
    return Answer({"entities": [definition]})


def query_events(ask: Ask) -> Answer:
    """Return the operational events of an interval: none."""
    interval_of(ask.body)
    ask.integer("pageSize", 25, most=200)
    return Answer({"entities": [], "selfUri": "/api/v2/usage/events/query"})


def _usage(ask: Ask, route: str, counts: dict[str, int], day: str) -> dict[str, Json]:
    """Return a route's answers by class; a 429 is counted apart."""
    limited = counts.get("429", 0)
    classes = {
        f"status{first}00": sum(n for status, n in counts.items() if status.startswith(first))
        for first in "2345"
    }
    classes["status400"] -= limited
    method, _, template = route.partition(" ")
    return {
        "clientId": ask.client,
        "organizationId": ask.site.world.organization_id,
        "templateUri": template,
        "httpMethod": method,
        "requests": sum(counts.values()),
        **classes,
        "status429": limited,
        "date": day,
    }


def _listed(ask: Ask, count: int, entity: Callable[[Site, int], dict[str, Any]]) -> Answer:
    """List entities, or those whose ids are asked for."""
    wanted = {word for text in ask.texts("id") for word in text.split(",")}
    found = [entity(ask.site, number) for number in range(count)]
    return Answer(page_of([one for one in found if not wanted or one["id"] in wanted], ask))


def _queue(site: Site, number: int) -> dict[str, Json]:
    queue_id = site.name("queue", number)
    return {
        "id": queue_id,
        "name": QUEUE_NAMES[number],
        "division": _division_of(site, number % DIVISION_COUNT),
        "memberCount": AGENT_COUNT,
        "selfUri": f"/api/v2/routing/queues/{queue_id}",
    }


def _user(site: Site, number: int) -> dict[str, Json]:
    user_id = site.name("user", number)
    name = _AGENTS[number % len(_AGENTS)] + ("" if number < len(_AGENTS) else " II")
    return {
        "id": user_id,
        "name": name,
        "email": f"agent{number}@example.com",
        "username": f"agent{number}@example.com",
        "state": "active",
        "division": _division_of(site, number % DIVISION_COUNT),
        "version": 1,
        "selfUri": f"/api/v2/users/{user_id}",
    }


def _division(site: Site, number: int) -> dict[str, Json]:
    found = _division_of(site, number)
    return {**found, "description": f"{found['name']} division", "homeDivision": number == 0}


def _division_of(site: Site, number: int) -> dict[str, Json]:
    division_id = site.name("division", number)
    return {
        "id": division_id,
        "name": DIVISION_NAMES[number],
        "selfUri": f"/api/v2/authorization/divisions/{division_id}",
    }


def _limits(ask: Ask, rate: int) -> Answer:
    name = ask.ids["namespace"]
    if name not in NAMESPACES:
        raise missing("namespace")
    known = {
        "platform.api": {RATE_KEY: rate, "org.user.rate.per.minute": 3_000},
        "analytics": {
            "conversation.details.jobs.concurrent.access.max": 5,
            "conversation.details.jobs.rate.per.second": 2,
        },
        "recording": {"batch.download.items.max": 100},
    }
    entities = [
        {"key": key, "namespace": name, "value": value}
        for key, value in known.get(name, {}).items()
    ]
    return Answer({"entities": entities})
