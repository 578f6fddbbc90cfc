"""Tables about speech, published again from what is kept; nobody is asked.

For a version that reads transcript files better, or attributes speakers better, than the one that
fetched them. Voice activity is left as it is: it comes from the audio.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import Busy, MalformedPayload
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.sealing import Locked
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation_metrics import rebuild_metrics
from recordings_pipeline.stages.diarization import rebuild_turns
from recordings_pipeline.stages.measure import timed
from recordings_pipeline.stages.transcripts import rebuild_transcripts

# Called with the day, its transcript files done, and all of them.
Watch = Callable[[Day, int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was published again for one day.

    Attributes:
        problem: Why it is as it was, or only a part of it new; empty when all is.
    """

    day: Day
    reports: tuple[StageReport, ...] = ()
    problem: str = ""


def unwatched(_day: Day, _done: int, _total: int) -> None:
    """Show no progress."""


def rebuild(archive: Archive, span: Span, watch: Watch = unwatched) -> Iterator[Rebuilt]:
    """Publish the tables of each indexed day again, each under its lock.

    A day that is being exported is reported and left; a kept file that cannot be read back is
    reported and left out.

    Raises:
        Interrupted: A person asked to stop; what was published is whole.
    """
    for standing in archive.ledger.days.standings(span.first, span.last):
        if not standing.was_indexed:
            continue
        day = standing.day
        reports: list[StageReport] = []
        try:
            with archive.home.storing(), archive.home.day_lock(day):
                stages = (
                    partial(rebuild_transcripts, archive, day, reached=partial(watch, day)),
                    partial(rebuild_turns, archive, day),
                    partial(rebuild_metrics, archive, day),
                )
                reports.extend(timed(stage) for stage in stages)
        except (Busy, Locked, MalformedPayload) as error:
            yield Rebuilt(day, tuple(reports), str(error))
        else:
            yield Rebuilt(day, tuple(reports))
