"""Each OAuth client has its own secret, permissions and allowance."""

import pytest

from recordings_pipeline.simulator.options import PERMISSIONS, QUEUES
from tests.conftest import Start
from tests.simulator.raw import SETTINGS, caller

GRANTED = (PERMISSIONS, frozenset[str]())


@pytest.mark.parametrize("processes", [1, 2])
def test_each_client_may_do_what_it_was_granted(start: Start, processes: int) -> None:
    simulator = start(
        permissions=PERMISSIONS - {QUEUES}, other_clients=GRANTED, processes=processes
    )
    clients = [caller(simulator, number) for number in range(3)]

    seen = [
        (
            me.get("/api/v2/routing/queues").status,
            me.get("/api/v2/recordings/retention/query").status,
        )
        for me in clients
    ]

    assert seen == [(403, 400), (200, 400), (403, 403)]


def test_each_client_has_an_allowance_of_its_own(start: Start) -> None:
    simulator = start(other_clients=GRANTED, requests_per_minute=2)
    one, other = (caller(simulator, number) for number in (0, 1))

    seen = [me.get(SETTINGS).status for me in (one, one, one, other, other, other)]

    assert seen == [200, 200, 429, 200, 200, 429]


def test_a_secret_opens_only_what_it_belongs_to(start: Start) -> None:
    environments = start(other_clients=GRANTED).environments

    for name in ("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"):
        assert len({environ[name] for environ in environments}) == 3
