"""Names of queues, agents and divisions: a few calls for a whole organization."""

from collections.abc import Callable
from typing import Any

from recordings_pipeline.core import wire
from recordings_pipeline.core.errors import PermissionMissing
from recordings_pipeline.genesys.client import GenesysClient, json_of

PAGE_SIZE = 500
# 100,000 agents; more are not named.
MOST_PAGES = 200


def names(client: GenesysClient) -> dict[str, str]:
    """Return the name of every queue, agent and division by id.

    What the roles do not let us see stays without a name.
    """
    found: dict[str, str] = {}
    for ask in (
        client.sdk.routing.get_routing_queues,
        client.sdk.users.get_users,
        client.sdk.authorization.get_authorization_divisions,
    ):
        try:
            found |= _all(ask)
        except PermissionMissing:
            continue
    return found


def _all(ask: Callable[..., Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number in range(1, MOST_PAGES + 1):
        reply = ask(page_size=PAGE_SIZE, page_number=number)
        page, page_count = wire.names_page(json_of(reply, "listing"))
        found |= page
        if number >= page_count:
            break
    return found
