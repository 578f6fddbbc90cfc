"""Names come for a few calls, as far as the roles let us see."""

from recordings_pipeline.genesys.directory import names
from recordings_pipeline.simulator.options import EVERY_PERMISSION, PERMISSIONS, QUEUES
from tests.conftest import Start
from tests.genesys.conftest import Open
from tests.hosts import Answer, Heard, Serve, reply_json


def test_queues_agents_and_divisions_are_named(start: Start, client_of: Open) -> None:
    simulator = start(permissions=EVERY_PERMISSION)

    found = names(client_of(simulator))

    assert {"Billing", "Dana Ito", "Home"} <= {*found.values()}
    assert simulator.traffic.api_requests == 3


def test_what_may_not_be_seen_stays_without_a_name(start: Start, client_of: Open) -> None:
    found = names(client_of(start(permissions=PERMISSIONS - {QUEUES})))

    assert "Dana Ito" in found.values()
    assert "Billing" not in found.values()


def test_every_page_of_a_listing_is_read(serve: Serve, client_of: Open) -> None:
    def reply(heard: Heard) -> Answer:
        number = "2" if "pageNumber=2" in heard.path else "1"
        entity = {"id": heard.path.partition("?")[0] + number, "name": f"name {number}"}
        return reply_json({"entities": [entity], "pageCount": 2})

    assert len(names(client_of(serve(reply)))) == 6
