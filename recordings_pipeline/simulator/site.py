"""One organization as a process sees it: the world, the clock, and what was changed on the way."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.clients import clients_of
from recordings_pipeline.simulator.fault_plans import plan_of
from recordings_pipeline.simulator.faults import Act, Alter, Fault, Request, fault_of, object_of
from recordings_pipeline.simulator.ids import named_id
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.signing import signed
from recordings_pipeline.simulator.state import State
from recordings_pipeline.simulator.world import World

PLANTED, TOLD, CLOCK, PLAN, CHANGED = "planted", "told", "clock", "plan", "changed"
HIDDEN = "hidden"
LIMITS, RATE = "limits", "requests_per_minute"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where the two hosts are."""

    api_url: str
    media_url: str


class Hit:
    """A fault that is chosen for a request; it counts once it really does something."""

    def __init__(self, state: State, fault: Fault, key: str) -> None:
        self._state = state
        self.fault = fault
        self._key = key
        self._has_fired: bool | None = None

    @property
    def act(self) -> Act:
        return self.fault.act

    def fires(self) -> bool:
        """Count it, once a request; False if another process was first to hit the object."""
        if self._has_fired is None:
            times = self.fault.when.times
            self._has_fired = self._state.fire(self.fault.name, self._key, times)
        return self._has_fired

    def suffers(self, what: str) -> bool:
        """Say, at the moment it makes a difference, whether to misbehave in a named way."""
        return self.act == Alter(what) and self.fires()


class Site:
    """Answers what is there now; one per process, all of them over the same state."""

    def __init__(self, options: Options, state: State, hosts: Hosts) -> None:
        self.options = options
        self.state = state
        self.hosts = hosts
        self.world = World(options.seed, options.shape)
        self._plan = options.plan
        self.clients = {client.id: client for client in clients_of(options)}
        self._revision = 0
        self._planted: frozenset[str] = frozenset()
        self._told: frozenset[str] = frozenset()
        self._hidden: frozenset[str] = frozenset()
        self.changed: dict[str, dict[str, str]] = {}
        self._faults: Sequence[Fault] = self._plan
        self._offset = timedelta()
        self.requests_per_minute = options.requests_per_minute

    def catch_up(self, revision: int) -> None:
        """Learn what other processes, or the admin routes, have changed."""
        if revision == self._revision:
            return
        self._revision, notes = self.state.notes()
        self._planted = frozenset(notes.get(PLANTED, {}))
        self._told = frozenset(notes.get(TOLD, {}))
        self._hidden = frozenset(id_ for id_, is_it in notes.get(HIDDEN, {}).items() if is_it)
        self.changed = notes.get(CHANGED, {})
        plan = notes.get(PLAN)
        self._faults = self._plan if plan is None else plan_of(plan["fault"])
        rate = notes.get(LIMITS, {}).get(RATE)
        self.requests_per_minute = self.options.requests_per_minute if rate is None else rate
        seconds = sum(float(value) for value in notes.get(CLOCK, {}).values())
        self._offset = timedelta(seconds=seconds)

    @property
    def faults(self) -> Sequence[Fault]:
        return self._faults

    def hit(self, request: Request) -> Hit | None:
        """Return what is to go wrong with a request."""
        seed = self.options.seed
        found = fault_of(self._faults, request, seed=seed, times_hit=self._times_hit)
        return None if found is None else Hit(self.state, found, object_of(found, request))

    def now(self) -> datetime:
        """Return the organization's clock."""
        base = self.options.now or datetime.now(UTC)
        return base + self._offset

    def start_of_today(self) -> date:
        return self.now().date()

    def is_open(self, call: Call) -> bool:
        """Say whether a conversation goes on."""
        return call.end is None or call.end > self.now()

    def is_known(self, call: Call) -> bool:
        """Say whether a conversation has begun."""
        return call.start <= self.now()

    def recordings(self, call: Call) -> list[Recording]:
        """Return what can be listed of a conversation now."""
        if self.is_hidden(call):
            return []
        now = self.now()
        is_listed = self.is_known(call) and call.available <= now and not call.is_lost
        found = list(call.recordings) if is_listed else []
        late = self.world.planted(call) if call.conversation_id in self._planted else None
        return [*found, late] if late is not None else found

    def is_hidden(self, call: Call) -> bool:
        """Say whether a conversation's recordings are kept back, until they are shown again."""
        return call.conversation_id in self._hidden

    def file_state(self, recording: Recording, call: Call) -> str:
        """Return the state of a recording now: one of an open conversation is still uploading."""
        if recording.id in self.changed:
            return self.changed[recording.id]["file_state"]
        return "UPLOADING" if self.is_open(call) else recording.file_state

    def is_told(self, call: Call) -> bool:
        """Say whether a conversation's transcript is there."""
        if not call.phases:
            return False
        if call.conversation_id in self._told:
            return True
        return call.told is not None and call.told <= self.now()

    def link(self, path: str, lifetime_s: float) -> str:
        """Return a signed URL on the media host."""
        return signed(self.hosts.media_url, path, int(time.time() + lifetime_s))

    def name(self, *parts: object) -> str:
        """Return the id of something that is no conversation."""
        return named_id(self.options.seed, *parts)

    def _times_hit(self, fault: Fault, key: str) -> int:
        return self.state.times_hit(fault.name, key)
