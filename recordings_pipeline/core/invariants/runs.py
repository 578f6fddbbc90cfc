"""I8 of a run: what it costs to do nothing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from recordings_pipeline.core.invariants.violation import Violation


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
