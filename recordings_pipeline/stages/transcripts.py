"""What was said: one row per phrase.

The source's own file is kept under ``raw/``; the table is built from there, so that it can be built
again without asking.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recordings_pipeline.core import fields, layout, transcript_file
from recordings_pipeline.core.completeness import (
    AUDIO,
    is_deferred,
    is_transcript_due,
    transcript_counts,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    MalformedPayload,
    NotFound,
    PermissionMissing,
    TransientError,
)
from recordings_pipeline.core.model import Transcript, TranscriptState
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import TRANSCRIPTS
from recordings_pipeline.core.settling import final_from
from recordings_pipeline.core.standings import TranscriptStanding
from recordings_pipeline.genesys.small_file import read_small
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.threads import for_each
from recordings_pipeline.storage.raw import MAX_RAW_BYTES, keep_raw, read_raw
from recordings_pipeline.storage.tables import write_table

STAGE = "transcripts"


@dataclass(frozen=True, slots=True)
class _Leg:
    """One communication that may have been transcribed.

    Attributes:
        final: From when an absent transcript is final; None while nobody can know.
    """

    communication_id: str
    conversation_id: str
    final: datetime | None


def transcribe_day(export: Export, day: Day) -> StageReport:
    """Fetch the transcripts that are due and publish the phrases of all the day's transcripts."""
    measurement = Measurement(export.client)
    _fetch(export, day)
    unreadable = 0
    rows: list[dict[str, Any]] = []
    for found in transcripts_of(export, day):
        unreadable += found.unreadable_count
        rows.extend(_rows(found))
    path = layout.table_path(STAGE, day)
    row_count = write_table(export.home.path(path), TRANSCRIPTS, rows)
    states = [standing.state for standing in export.ledger.transcripts(day).values()]
    counts = {**transcript_counts(states), "unreadable_phrases": unreadable}
    warnings = _warnings(counts)
    return StageReport(STAGE, day, row_count, path, counts, measurement.taken(), warnings)


def transcripts_of(export: Export, day: Day) -> Iterator[Transcript]:
    """Yield the day's transcripts from the kept files, ordered by conversation and communication.

    Raises:
        MalformedPayload: A kept file is damaged: remove it, and the day asks for it again.
    """
    standings = export.ledger.transcripts(day).values()
    fetched = [s for s in standings if s.state is TranscriptState.FETCHED]
    for standing in sorted(fetched, key=lambda s: (s.conversation_id, s.communication_id)):
        content = read_raw(_raw_path(export, day, standing.communication_id))
        yield _parsed(content, standing.conversation_id, standing.communication_id)


def _fetch(export: Export, day: Day) -> None:
    known = export.ledger.transcripts(day)
    due = [
        leg
        for leg in _legs(export, day)
        if _is_due(leg, known.get(leg.communication_id))
        or not _is_kept(export, day, known[leg.communication_id])
    ]
    done = 0

    def work(leg: _Leg) -> tuple[TranscriptState, datetime]:
        now = export.now()
        try:
            content = _content(export, leg)
            _parsed(content, leg.conversation_id, leg.communication_id)
        except NotFound:
            return TranscriptState.NONE, now
        except PermissionMissing:
            return TranscriptState.FORBIDDEN, now
        except (TransientError, MalformedPayload):
            return TranscriptState.FAILED, now
        keep_raw(_raw_path(export, day, leg.communication_id), content)
        return TranscriptState.FETCHED, now

    def keep(leg: _Leg, answer: tuple[TranscriptState, datetime]) -> None:
        nonlocal done
        state, asked = answer
        standing = TranscriptStanding(leg.communication_id, leg.conversation_id, state, asked)
        export.ledger.settle_transcript(day, standing)
        done += 1
        export.reached(STAGE, done, len(due))

    for_each(due, work, keep, workers=export.api_connections, stop=export.stop)


def _legs(export: Export, day: Day) -> list[_Leg]:
    """Return the communications with audio recordings, each once.

    A transcript follows its recording: one that is deferred keeps the question open, and one that
    came late raises it again.
    """
    files = export.ledger.files(day)
    legs: dict[str, _Leg] = {}
    for standing in export.ledger.standings(day).values():
        id_ = standing.communication_id
        if id_ is None or standing.row["media"] != AUDIO:
            continue
        came = [file["exported_time"] for file in files.get(standing.recording_id, ())]
        settles = max([final_from(day, standing.row["conversation_end_time"]), *came])
        final = None if is_deferred(standing.verdict) else settles
        if id_ in legs:
            final = _later(final, legs[id_].final)
        legs[id_] = _Leg(id_, standing.conversation_id, final)
    return list(legs.values())


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two instants; None is later than any."""
    return None if one is None or other is None else max(one, other)


def _is_due(leg: _Leg, standing: TranscriptStanding | None) -> bool:
    if standing is None:
        return is_transcript_due(None, leg.final, None)
    return is_transcript_due(standing.state, leg.final, standing.asked_time)


def _is_kept(export: Export, day: Day, standing: TranscriptStanding) -> bool:
    """Say whether what was fetched is still there; who removed a damaged file wants it again."""
    if standing.state is not TranscriptState.FETCHED:
        return True
    return bool(_raw_path(export, day, standing.communication_id).exists())


def _content(export: Export, leg: _Leg) -> bytes:
    """Ask for the URL and read the file at once: the URL lives ten minutes."""
    url = export.client.transcript_link(leg.conversation_id, leg.communication_id)
    received = export.client.meter.received
    return read_small(url, most_bytes=MAX_RAW_BYTES, stop=export.stop, received=received)


def _parsed(content: bytes, conversation_id: str, communication_id: str) -> Transcript:
    payload = fields.parsed(content, "transcript file")
    return transcript_file.transcript(payload, conversation_id, communication_id)


def _raw_path(export: Export, day: Day, communication_id: str) -> Any:  # noqa: ANN401
    return export.home.path(layout.raw_transcript_path(day, communication_id))


def _rows(found: Transcript) -> Iterator[dict[str, Any]]:
    for phrase in found.phrases:
        yield {
            "conversation_id": found.conversation_id,
            "communication_id": found.communication_id,
            "transcript_id": phrase.transcript_id,
            "phrase_index": phrase.phrase_index,
            "side": phrase.side,
            "start_ms": phrase.start_ms,
            "end_ms": phrase.end_ms,
            "text": phrase.text,
            "decorated_text": phrase.decorated_text,
            "confidence": phrase.confidence,
            "word_count": phrase.word_count,
            "language": found.language,
        }


def _warnings(counts: Mapping[str, int]) -> tuple[str, ...]:
    found = []
    if counts.get(str(TranscriptState.FORBIDDEN)):
        found.append("transcripts are forbidden: grant speechAndTextAnalytics:data:view")
    if counts.get(str(TranscriptState.FAILED)):
        found.append(f"{counts['failed']} transcripts could not be fetched: run the day again")
    if counts["unreadable_phrases"]:
        found.append(f"{counts['unreadable_phrases']} phrases could not be read: see data/raw")
    return tuple(found)
