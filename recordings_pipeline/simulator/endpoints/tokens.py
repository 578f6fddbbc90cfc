"""Login and tokens."""

import time
from typing import Any
from urllib.parse import parse_qs

from recordings_pipeline.simulator.asking import Answer, Ask
from recordings_pipeline.simulator.faults import Alter, Fault
from recordings_pipeline.simulator.site import Site

ORGANIZATION_NAME = "Simulated organization"
_GRANT = ["client_credentials"]


def login(site: Site, authorization: str, form: bytes, fault: Fault | None) -> Answer:
    """Hand out a token for HTTP Basic credentials; everything wrong is ``invalid_client``."""
    client = next((c for c in site.clients.values() if c.basic == authorization), None)
    is_refused = fault is not None and fault.act == Alter("refuse-login")
    is_grant = parse_qs(form.decode("latin-1")).get("grant_type") == _GRANT
    if client is None or not is_grant or is_refused:
        problem = "authentication failed"
        body = {"error": "invalid_client", "description": problem, "error_description": problem}
        return Answer(body, 400)
    number = site.state.add({"logins": 1})["logins"]
    token = site.name("token", number)
    lifetime_s = site.options.token_lifetime_s
    site.state.keep_token(token, client.id, time.monotonic() + lifetime_s)
    return Answer({"access_token": token, "token_type": "bearer", "expires_in": lifetime_s})


def token_info(ask: Ask) -> Answer:
    """Say whose token it is."""
    organization = {"id": ask.site.world.organization_id, "name": ORGANIZATION_NAME}
    client: dict[str, Any] = {
        "id": ask.client,
        "name": "recordings export",
        "authorizedGrantType": "CLIENT-CREDENTIALS",
        "organization": organization,
    }
    return Answer(
        {
            "organization": organization,
            "homeOrganization": organization,
            "authorizedScope": [],
            "OAuthClient": client,
        }
    )


def revoke_token(ask: Ask) -> Answer:
    """Accept the token no more."""
    ask.site.state.revoke(ask.token)
    return Answer()
