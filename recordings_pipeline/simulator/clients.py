"""The organization's OAuth clients: who may log in, and what each of them may do."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from recordings_pipeline.simulator.options import Options

CLIENT_ID = "11111111-2222-4333-8444-555555555555"
CLIENT_SECRET = "simulated-secret"  # noqa: S105 (opens nothing but this simulator)


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client with the grant *client credentials*."""

    id: str
    secret: str
    permissions: frozenset[str]

    @property
    def basic(self) -> str:
        """The header it logs in with."""
        return "Basic " + base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()


def clients_of(options: Options) -> Sequence[Client]:
    """Return the first client, whom most tests are, and those beside it."""
    others = enumerate(options.other_clients, 2)
    return (
        Client(CLIENT_ID, CLIENT_SECRET, options.permissions),
        *(
            Client(f"{number:08x}{CLIENT_ID[8:]}", f"{CLIENT_SECRET}-{number}", permissions)
            for number, permissions in others
        ),
    )
