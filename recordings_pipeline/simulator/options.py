"""How one simulator is set up."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recordings_pipeline.simulator.fault_plans import plan_from
from recordings_pipeline.simulator.faults import Fault
from recordings_pipeline.simulator.shape import Shape, shape_named

CONVERSATIONS = "analytics:conversationDetail:view"
RECORDINGS = "recording:recording:view"
SENSITIVE = "recording:recording:viewSensitiveData"
ANNOTATIONS = "recording:annotation:view"
SPEECH = "speechAndTextAnalytics:data:view"
SENTIMENT = "speechAndTextAnalytics:sentimentData:view"
QUEUES = "routing:queue:view"
ORPHANS = "recording:orphan:view"
UPLOADS = ("recording:uploadReport:add", "recording:uploadReport:view")
JOBS = ("recording:job:add", "recording:job:view", "recording:job:edit", "recording:job:delete")
USAGE, EVENTS = "usage:organization:view", "usage:events:view"
RETENTION = "recording:recording:editRetention"
SCREENS = "recording:screenRecording:view"
# What changing a recording needs beside `RETENTION`, each for its kind of recording.
RETENTIONS = (
    RETENTION,
    "recording:screenRecording:editRetention",
    "recording:snippetRecording:editRetention",
)
# What the README tells people to grant.
PERMISSIONS = frozenset({CONVERSATIONS, RECORDINGS, SPEECH, QUEUES})
EVERY_PERMISSION = PERMISSIONS | {
    SENSITIVE, ANNOTATIONS, SENTIMENT, QUEUES, ORPHANS, *UPLOADS, *JOBS, USAGE, EVENTS, SCREENS,
    *RETENTIONS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """Size of the world, allowances, and misbehaviour.

    Attributes:
        world: Name of a bundled world, or the path of a TOML file.
        calls_per_day: Conversations of a day; None for as many as the world says.
        port: Port of the API; 0 for a free one.
        media_port: Port of the media host; 0 for a free one.
        processes: Server processes; 1 serves from threads of this one.
        requests_per_minute: API allowance of the OAuth client.
        speed: How much faster the clock of the allowance runs than a real one.
        permissions: What the client's roles grant.
        other_clients: What the roles of each further client grant.
        now: The organization's clock, stopped at this instant; None for the real one.
        lag_hours: How far the data lake, which details jobs read, is behind.
        faults: Plan of misbehaviour: names as in `catalogue.plan_from`, or faults.
        export_folder: Where recording jobs export to; None for nowhere.
    """

    seed: int = 1
    world: str = "small"
    calls_per_day: int | None = None
    port: int = 0
    media_port: int = 0
    processes: int = 1
    requests_per_minute: int = 300
    speed: float = 1.0
    token_lifetime_s: int = 86_400
    url_lifetime_s: int = 3_600
    transcript_url_lifetime_s: int = 600
    permissions: frozenset[str] = PERMISSIONS
    other_clients: tuple[frozenset[str], ...] = ()
    now: datetime | None = None
    lag_hours: float = 6.0
    faults: str | tuple[Fault, ...] = ""
    export_folder: str | None = None

    @property
    def shape(self) -> Shape:
        """The world's proportions.

        Raises:
            BadShape: There is no such world, or its file makes no sense.
        """
        return shape_named(self.world).with_calls(self.calls_per_day)

    @property
    def plan(self) -> tuple[Fault, ...]:
        """The plan of misbehaviour.

        Raises:
            BadPlan: It makes no sense.
        """
        return plan_from(self.faults) if isinstance(self.faults, str) else self.faults

    def as_plain(self) -> dict[str, Any]:
        """Return the options as JSON can carry them; see `options_from`."""
        if not isinstance(self.faults, str):
            raise TypeError("a plan for several processes is written down as text")
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        now = None if self.now is None else self.now.isoformat()
        others = [sorted(permissions) for permissions in self.other_clients]
        granted = {"permissions": sorted(self.permissions), "other_clients": others}
        return {**plain, **granted, "now": now}


def options_from(plain: dict[str, Any]) -> Options:
    """Read options back from what `Options.as_plain` returned."""
    now = None if plain["now"] is None else datetime.fromisoformat(plain["now"])
    granted = {
        "permissions": frozenset(plain["permissions"]),
        "other_clients": tuple(map(frozenset, plain["other_clients"])),
    }
    return Options(**{**plain, **granted, "now": now})
