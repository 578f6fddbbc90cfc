"""I8 and I10 of a run: what it costs to do nothing, and how the source is asked."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from recordings_pipeline.core.invariants.violation import Violation

# Clocks and windows of two machines are never quite the same.
_TOLERANCE = 1.1


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a second run of a finished day did.

    Attributes:
        changed: Published files that are not what they were.
    """

    media_requests: int = 0
    posts: int = 0
    ends: int = 0
    changed: Collection[str] = ()


def rerun_is_free(run: Rerun) -> Iterator[Violation]:
    """I8: a finished day costs no download, no request for files, no event, and changes nothing."""
    counts = {
        "downloads": run.media_requests,
        "requests for files": run.posts,
        "events of recordings": run.ends,
        "changed files": len(run.changed),
    }
    for name, count in counts.items():
        if count:
            yield Violation("I8", "the second run", f"{count} {name}", "report it with its log")


@dataclass(frozen=True, slots=True)
class Asked:
    """How the source was asked.

    Attributes:
        most_a_minute: Requests of its busiest minute.
        allowed_a_minute: What it allows.
        early: Requests before the time that it had asked to wait for.
        jobs: How many requests for files there were, by what they asked for.
    """

    most_a_minute: int
    allowed_a_minute: int
    early: int
    jobs: Mapping[str, int]


def source_is_spared(asked: Asked) -> Iterator[Violation]:
    """I10: no more than is allowed, nothing before its time, one request for each batch."""
    step = "report it with the log of the run"
    if asked.most_a_minute > _TOLERANCE * asked.allowed_a_minute:
        cause = f"{asked.most_a_minute} requests in a minute, {asked.allowed_a_minute} are allowed"
        yield Violation("I10", "the source", cause, step)
    if asked.early:
        cause = f"{asked.early} requests before the time it had asked to wait for"
        yield Violation("I10", "the source", cause, step)
    for name, count in asked.jobs.items():
        if count > 1:
            yield Violation("I10", f"batch {name}", f"was asked for {count} times", step)
