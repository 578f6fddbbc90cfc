"""What was said: one row per phrase, one per word, and what the source noticed beside.

The source's own files are kept under ``raw/``; the tables are built from there, so that they can be
built again without asking.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import transcript_counts
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import TranscriptState
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.stages.archive import Archive, archive_of
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.raw_sealing import seal_raw
from recordings_pipeline.stages.transcript_files import STAGE, fetch_transcripts
from recordings_pipeline.stages.transcript_tables import (
    Published,
    Reached,
    Unread,
    publish_transcripts,
    unwatched,
)
from recordings_pipeline.storage.archive import set_aside

_MOST_SHOWN = 5


def transcribe_day(export: Export, day: Day) -> StageReport:
    """Fetch the transcripts that are due and publish the tables of all the day's transcripts.

    Kept files that cannot be read back are set aside and asked for once more. With recipients, the
    others are encrypted as soon as the tables have what is in them.

    Raises:
        Locked: The tables lack what is encrypted, and there is no key.
    """
    measurement = Measurement(export.client)
    archive = archive_of(export)
    fetch_transcripts(export, day)
    published = publish_transcripts(archive, day)
    moved: tuple[str, ...] = ()
    if published.unread:
        moved = tuple(_set_aside(archive, day, unread) for unread in published.unread)
        fetch_transcripts(export, day)
        published = publish_transcripts(archive, day)
    seal_raw(archive, day)
    report = _report(archive, day, published)
    warnings = (*_shown(moved), *report.warnings)
    return replace(report, throughput=measurement.taken(), warnings=warnings)


def rebuild_transcripts(archive: Archive, day: Day, *, reached: Reached = unwatched) -> StageReport:
    """Publish the tables from what is kept and can be read back, asking nobody.

    Raises:
        Locked: Something is encrypted, and there is no key.
    """
    return _report(archive, day, publish_transcripts(archive, day, reached, is_anew=True))


def _set_aside(archive: Archive, day: Day, unread: Unread) -> str:
    """Move a kept file to the quarantine, so that it is asked for again, and say so."""
    folder = layout.quarantine_folder(day, layout.DAMAGED)
    moved = set_aside(archive.home, unread.path, folder, unread.problem)
    archive.ledger.raws.forget(str(unread.path))
    where = f"it was set aside in {moved} and" if moved else "it was"
    return f"{unread.path} cannot be read back ({unread.problem}): {where} asked for again"


def _report(archive: Archive, day: Day, published: Published) -> StageReport:
    states = archive.ledger.transcripts.states(day)
    counts = {**transcript_counts(states), "drift": published.drift.total()}
    first, *others = published.tables
    left_out = [_left_out(day, unread) for unread in published.unread]
    warnings = (*_shown(left_out), *_warnings(counts, published.drift))
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


def _left_out(day: Day, unread: Unread) -> str:
    return (
        f"{unread.path} cannot be read back ({unread.problem}) and is left out of the tables: "
        f"export {day}, which sets it aside and asks for it again"
    )


def _shown(texts: Sequence[str]) -> tuple[str, ...]:
    """Return as many warnings of a kind as a person reads."""
    more = len(texts) - _MOST_SHOWN
    return (*texts[:_MOST_SHOWN], *([f"and {more} more such files"] if more > 0 else []))


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
