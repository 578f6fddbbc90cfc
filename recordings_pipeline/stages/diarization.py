"""Who held the floor: one row per turn, from the transcripts and from the audio.

Where both tell of a recording, they are compared.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.heard import AUDIO, Heard
from recordings_pipeline.core.reports import StageReport, TableReport
from recordings_pipeline.core.speech import Turn
from recordings_pipeline.core.speech_schemas import DIARIZATION, TRANSCRIPT_AGREEMENT
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.core.turns import joined, overlaps_ms
from recordings_pipeline.core.voice.agreement import agreement
from recordings_pipeline.core.voice.verdicts import NEXT_STEPS
from recordings_pipeline.stages.archive import Archive, archive_of
from recordings_pipeline.stages.day_speech import Said, said_on
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.storage.tables import TableWriter, publish_together

STAGE = "diarization"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def diarize_day(export: Export, day: Day) -> StageReport:
    """Publish the turns of all the day's transcripts, and of all audio that was listened to.

    Where a recording has both, a second table says how well they agree.

    Raises:
        MalformedPayload: A table it is made from is not sorted.
        Interrupted: A person asked to stop; the old tables stay.
    """
    measurement = Measurement(export.client)
    return replace(rebuild_turns(archive_of(export), day), throughput=measurement.taken())


def rebuild_turns(archive: Archive, day: Day) -> StageReport:
    """Publish both tables from those about speech, asking nobody."""
    counts = Counter(dict.fromkeys(("recordings", "ambiguous_turns", "disagreeing"), 0))
    verdicts: Counter[str] = Counter()
    schemas = (DIARIZATION, TRANSCRIPT_AGREEMENT)
    paths = [layout.table_path(schema.name, day) for schema in schemas]
    with ExitStack() as stack:
        turns, agreements = (
            stack.enter_context(TableWriter(archive.home.path(path), schema))
            for path, schema in zip(paths, schemas, strict=True)
        )
        for said in said_on(archive, day):
            counts["recordings"] += len({one.recording_id for one in said.recordings if one.spoken})
            turns.add_rows(_counted(_rows(said), counts))
            agreements.add_rows(_judged(_agreements(said), verdicts))
        rows = publish_together((turns, agreements))
    other = TableReport(TRANSCRIPT_AGREEMENT.name, rows[1], paths[1])
    counts["disagreeing"] = verdicts.total()
    warnings = tuple(_warnings(verdicts))
    return StageReport(
        STAGE, day, rows[0], paths[0], counts, Throughput(), warnings, others=(other,)
    )


def _counted(rows: Iterable[dict[str, Any]], counts: Counter[str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        counts["ambiguous_turns"] += row["is_ambiguous"]
        yield row


def _judged(rows: Iterable[dict[str, Any]], verdicts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Count the verdicts that ask somebody to act."""
    for row in rows:
        verdicts[row["verdict"]] += row["verdict"] in NEXT_STEPS
        yield row


def _warnings(verdicts: Counter[str]) -> Iterator[str]:
    if verdicts.total():
        found = ", ".join(f"{n} {verdict}" for verdict, n in sorted(verdicts.items()) if n)
        yield (
            f"transcript and audio of {verdicts.total()} recordings disagree ({found}): look at "
            "their rows in transcript_agreement before you use their turns"
        )


def _rows(said: Said) -> Iterator[dict[str, Any]]:
    for heard in said.recordings:
        detector = said.detectors.get(heard.recording_id) if heard.source == AUDIO else None
        for row in _turns(heard):
            yield {"conversation_id": said.course.conversation_id, "detector": detector, **row}


def _agreements(said: Said) -> Iterator[dict[str, Any]]:
    """Yield how well transcript and audio agree, for each recording that has both."""
    bursts = {one.recording_id: one.spoken for one in said.recordings if one.source == AUDIO}
    for heard in said.recordings:
        if heard.source == AUDIO or heard.recording_id not in said.listened_ids:
            continue
        activity = bursts.get(heard.recording_id, ())
        heard_ms = said.heard_ms.get(heard.recording_id) or 0
        duration_ms = max([heard_ms, *(turn.end_ms for turn in activity)])
        found = agreement(map(_span, heard.spoken), map(_span, activity), duration_ms)
        yield {
            "conversation_id": said.course.conversation_id,
            "communication_id": heard.communication_id,
            "recording_id": heard.recording_id,
            **asdict(found),
        }


def _span(turn: Turn) -> tuple[str, int, int]:
    return turn.side, turn.start_ms, turn.end_ms


def _turns(heard: Heard) -> Iterator[dict[str, Any]]:
    turns = joined(heard.spoken)
    for index, (turn, overlap_ms) in enumerate(zip(turns, overlaps_ms(turns), strict=True)):
        yield {
            "communication_id": heard.communication_id,
            "recording_id": heard.recording_id,
            "source": heard.source,
            "turn_index": index,
            "side": turn.side,
            "speaker_role": turn.speaker.role,
            "user_id": turn.speaker.user_id,
            "is_ambiguous": turn.speaker.is_ambiguous,
            "candidate_user_ids": list(turn.speaker.candidates) or None,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            "start_time": _instant(heard.start_epoch_ms, turn.start_ms),
            "phrase_count": turn.phrase_count,
            "word_count": turn.word_count,
            "confidence": turn.confidence,
            "overlap_ms": overlap_ms,
        }


def _instant(start_epoch_ms: int | None, offset_ms: int) -> datetime | None:
    if start_epoch_ms is None:
        return None
    return _EPOCH + timedelta(milliseconds=start_epoch_ms + offset_ms)
