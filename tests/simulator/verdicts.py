"""A client that has every answer judged."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from recordings_pipeline.simulator.clients import CLIENT_ID, CLIENT_SECRET
from recordings_pipeline.simulator.server import Simulator
from tests.simulator.schema import operation_at, problems


@dataclass(slots=True)
class Verdicts:
    """What was asked, what came back, and what is wrong with it."""

    seen: set[tuple[str, int]] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)

    def hear(self, response: httpx.Response) -> None:
        """Judge an answer of the API; the media host has no description."""
        response.read()
        method, path = response.request.method, response.request.url.path
        operation = operation_at(method, path)
        name = operation.name if operation else f"{method} {path}"
        self.seen.add((name, response.status_code))
        if operation is not None:
            found = problems(operation, response.status_code, response.content)
            for problem in [*found, *_header_problems(response)]:
                self.problems.setdefault(f"{name} {response.status_code} {problem}", path)


def _header_problems(response: httpx.Response) -> list[str]:
    """Return what is wrong with an answer's headers, which the description says nothing about."""
    headers, found = response.headers, []
    if "inin-correlation-id" not in headers:
        found.append("no correlation id")
    if response.content and headers.get("content-type") != "application/json":
        found.append("a body that is not announced as JSON")
    if response.status_code == 429 and not headers.get("retry-after", "").isdigit():
        found.append("no Retry-After")
    if response.status_code == 405 and not headers.get("allow"):
        found.append("no Allow")
    return found


@contextmanager
def visitor(simulator: Simulator) -> Generator[tuple[httpx.Client, Verdicts]]:
    """Open a client that is logged in, with what is thought of the answers it gets."""
    verdicts = Verdicts()
    hooks: dict[str, list[Any]] = {"response": [verdicts.hear]}
    with httpx.Client(base_url=simulator.base_url, event_hooks=hooks, timeout=60) as http:
        login = http.post(
            "/oauth/token",
            auth=(CLIENT_ID, CLIENT_SECRET),
            data={"grant_type": "client_credentials"},
        )
        http.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        yield http, verdicts
