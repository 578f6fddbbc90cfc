"""What was said: one row per phrase, one per word, and what the source noticed beside.

The source's own files are kept under ``raw/``; the tables are built from there, so that they can be
built again without asking.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from recordings_pipeline.core.completeness import transcript_counts
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import TranscriptState
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.stages.archive import Archive, archive_of
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.transcript_files import STAGE, fetch_transcripts
from recordings_pipeline.stages.transcript_tables import Reached, publish_transcripts, unwatched

_MOST_SHOWN = 5


def transcribe_day(export: Export, day: Day) -> StageReport:
    """Fetch the transcripts that are due and publish the tables of all the day's transcripts."""
    measurement = Measurement(export.client)
    fetch_transcripts(export, day)
    report = rebuild_transcripts(archive_of(export), day)
    return replace(report, throughput=measurement.taken())


def rebuild_transcripts(archive: Archive, day: Day, *, reached: Reached = unwatched) -> StageReport:
    """Publish the tables from what is kept, asking nobody."""
    published = publish_transcripts(archive, day, reached)
    states = [standing.state for standing in archive.ledger.transcripts.of_day(day).values()]
    counts = {**transcript_counts(states), "drift": published.drift.total()}
    first, *others = published.tables
    warnings = tuple(_warnings(counts, published.drift))
    return StageReport(
        STAGE,
        day,
        first.row_count,
        first.path,
        counts,
        Throughput(),
        warnings,
        others=tuple(others),
    )


def _warnings(counts: Mapping[str, int], drift: Counter[str]) -> Iterator[str]:
    if counts.get(str(TranscriptState.FORBIDDEN)):
        yield "transcripts are forbidden: grant recording:recording:view in every division"
    if counts.get(str(TranscriptState.FAILED)):
        yield f"{counts['failed']} transcripts could not be fetched: run the day again"
    if drift:
        shown = ", ".join(f"{path} ({count})" for path, count in drift.most_common(_MOST_SHOWN))
        more = f", and {len(drift) - _MOST_SHOWN} more" if len(drift) > _MOST_SHOWN else ""
        yield (
            f"{drift.total()} times transcript files were not as documented: {shown}{more}; "
            "the files are kept under data/raw/transcripts"
        )
