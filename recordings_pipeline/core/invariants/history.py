"""I3, I4 and I8: what is remembered, and what it adds up to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from recordings_pipeline.core.audit.agreement import Held, Told, recording_disagrees
from recordings_pipeline.core.audit.findings import Finding
from recordings_pipeline.core.invariants.violation import Violation
from recordings_pipeline.core.model import Outcome

_TELL = "keep the directory as it is, and report it with the output of this command"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the ledger."""

    event_id: str
    action: str
    object_id: str
    outcome: str
    reason: str = ""
    size_bytes: int | None = None
    sha256: str | None = None

    @property
    def attempt(self) -> int:
        """Which change of its object it tells of; 0 when the id does not say."""
        number = self.event_id.removeprefix(f"{self.object_id}/").partition("/")[0]
        return int(number) if number.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class History:
    """How a recording stands, and its events in order.

    Attributes:
        attempt: How often it changed, by its own count.
        file_sizes: Of its files, in order.
        file_digests: SHA-256 of each.
    """

    recording_id: str
    outcome: str
    reason: str
    attempt: int
    file_sizes: tuple[int, ...]
    events: tuple[Event, ...]
    file_digests: tuple[str, ...] = ()


def event_from(row: Mapping[str, Any]) -> Event:
    """Read an event of the ledger."""
    return Event(
        event_id=row["event_id"],
        action=row["action"],
        object_id=row["object_id"],
        outcome=row["outcome"],
        reason=row.get("reason", ""),
        size_bytes=row.get("size_bytes"),
        sha256=row.get("sha256"),
    )


def events_add_up(histories: Iterable[History]) -> Iterator[Violation]:
    """I3: one event for each change, none without; the last one says how a recording stands."""
    for history in histories:
        for cause in _odd(history):
            yield Violation("I3", f"recording {history.recording_id}", cause, _TELL)


def _odd(history: History) -> Iterator[str]:
    found = Counter(event.attempt for event in history.events)
    odd = [n for n in range(1, max(history.attempt, *found, 0) + 1) if found[n] != 1]
    if odd:
        more = f", and {len(odd) - 1} more are like it" if odd[1:] else ""
        yield f"change {odd[0]} has {found[odd[0]]} events instead of one{more}"
    if not history.events:
        yield f"it stands as {history.outcome}, and no event says how it came to that"
        return
    last = history.events[-1]
    if last.attempt != history.attempt:
        yield f"the ledger counts {history.attempt} changes, the last event is of {last.attempt}"
    if (last.outcome, last.reason) != (history.outcome, history.reason):
        yield f"the last event says {last.outcome}, the ledger {history.outcome}"
    if last.action != f"recording.{last.outcome}":
        yield f"the last event is called {last.action}, and says {last.outcome}"
    told = Told(last.outcome, last.size_bytes, last.sha256)
    held = Held(last.outcome, history.file_sizes, history.file_digests)
    if cause := recording_disagrees(told, held):
        yield f"it {cause}"


def log_is_whole(
    findings: Iterable[Finding], open_count: int, *, is_at_work: bool = False
) -> Iterator[Violation]:
    """I4: the sealed log is what was sealed, says what the ledger says, and lacks nothing of it.

    Args:
        findings: What betrays tampering.
        open_count: Events of the ledger that are not sealed.
        is_at_work: Whether somebody exports: then the log may be behind.
    """
    for finding in findings:
        yield Violation("I4", finding.name, finding.cause, finding.next_step)
    if open_count and not is_at_work:
        step = "export any day: at its end the log is brought up to the ledger"
        yield Violation("I4", "audit log", f"it lacks the last {open_count} events", step)


def nothing_is_done_again(histories: Iterable[History]) -> Iterator[Violation]:
    """I8: what was exported is not exported once more, unless something happened in between."""
    for history in histories:
        for before, after in pairwise(history.events):
            if before.outcome == after.outcome == Outcome.EXPORTED:
                thing = f"recording {history.recording_id}"
                cause = f"change {after.attempt} exported what change {before.attempt} had"
                yield Violation("I8", thing, cause, _TELL)
