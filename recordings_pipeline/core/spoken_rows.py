"""Rows of the published tables, as values; a column that an old table lacks is None."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from recordings_pipeline.core.speech import Phrase, Speaker, SpeechEvent, Turn, Word
from recordings_pipeline.core.spoken import TRANSCRIPT, Said, SoundFile, SpokenRecording

Row = Mapping[str, Any]
Words = Mapping[tuple[str | None, int | None], Sequence[Word]]


def recording_of(
    id_: str, tables: Mapping[str, Sequence[Row]], otherwise: datetime
) -> SpokenRecording:
    """Return a recording.

    Args:
        id_: Its id.
        tables: Its rows by the name of their table.
        otherwise: When it began, if no row says it.
    """
    words = words_of(tables["words"])
    phrases = sorted(tables["transcripts"], key=_start)
    turns, events = (sorted(tables[name], key=_start) for name in ("diarization", "speech_events"))
    rows = [row for found in tables.values() for row in found]
    return SpokenRecording(
        id=id_,
        communication_id=next((row["communication_id"] for row in rows if _leg(row)), None),
        start=start_of([*phrases, *turns, *events]) or otherwise,
        files=tuple(map(sound_file_of, sorted(tables["audio_files"], key=_file_number))),
        said=tuple(said_of(row, words) for row in phrases),
        turns=turns_of_rows(turns),
        events=tuple(map(event_of, events)),
        sides=_sides(tables["audio_channels"]),
        activity=tuple(
            (row["channel"] - 1, row["start_ms"], row["end_ms"])
            for row in sorted(tables["voice_activity"], key=_start)
        ),
    )


def words_of(rows: Iterable[Row]) -> Words:
    """Return the words of a recording by run and phrase."""
    found: defaultdict[tuple[str | None, int | None], list[Word]] = defaultdict(list)
    for row in rows:
        word = Word(row["word"], row["start_ms"], row["end_ms"], _number(row.get("confidence")))
        found[row.get("transcript_id"), row.get("phrase_index")].append(word)
    return found


def said_of(row: Row, words: Words) -> Said:
    """Return a phrase with its speaker."""
    transcript_id, index = row.get("transcript_id"), row.get("phrase_index")
    phrase = Phrase(
        transcript_id=transcript_id or "",
        phrase_index=index or 0,
        side=row["side"],
        purpose=row.get("purpose") or row["side"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        text=row["text"] or "",
        decorated_text=row.get("decorated_text") or "",
        confidence=_number(row.get("confidence")),
        stability=_number(row.get("stability")),
        language=row.get("language"),
        words=tuple(words.get((transcript_id, index), ())),
    )
    return Said(phrase, _speaker(row))


def turns_of_rows(rows: Iterable[Row]) -> dict[str, tuple[Turn, ...]]:
    """Return the turns of a recording by their source."""
    found: defaultdict[str, list[Turn]] = defaultdict(list)
    for row in rows:
        turn = Turn(
            side=row["side"],
            speaker=_speaker(row),
            start_ms=row["start_ms"],
            end_ms=row["end_ms"],
            phrase_count=row.get("phrase_count"),
            word_count=row.get("word_count"),
            confidence=_number(row.get("confidence")),
        )
        found[row.get("source") or TRANSCRIPT].append(turn)
    return {source: tuple(turns) for source, turns in found.items()}


def event_of(row: Row) -> SpeechEvent:
    """Return an event."""
    return SpeechEvent(
        kind=row["kind"],
        source=row["source"],
        side=row.get("side"),
        start_ms=row["start_ms"],
        end_ms=row.get("end_ms"),
        name=row.get("name"),
        value=_number(row.get("value")),
        text=row.get("text"),
        transcript_id=row.get("transcript_id"),
        phrase_index=row.get("phrase_index"),
    )


def sound_file_of(row: Row) -> SoundFile:
    """Return an audio file; the row has a path."""
    return SoundFile(
        number=row.get("file_number") or 1,
        path=row["path"],
        container=row.get("container") or "",
        channels=row.get("channels"),
        duration_ms=row.get("duration_ms"),
        sha256=row.get("sha256") or "",
    )


def start_of(rows: Iterable[Row]) -> datetime | None:
    """Return when the recording began, by the first row that says when something in it was."""
    for row in rows:
        if row.get("start_time") is not None:
            start: datetime = row["start_time"] - timedelta(milliseconds=row["start_ms"])
            return start
    return None


def _speaker(row: Row) -> Speaker:
    candidates = row.get("candidate_user_ids") or ()
    ambiguous = bool(row.get("is_ambiguous"))
    return Speaker(row["speaker_role"], row.get("user_id"), ambiguous, tuple(candidates))


def _sides(rows: Iterable[Row]) -> tuple[str | None, ...]:
    """Return the side on each channel of the first file; nothing when nobody can tell."""
    found = {row["channel"]: row.get("side") for row in rows if row.get("channel")}
    sides = tuple(found[channel] for channel in sorted(found))
    return sides if any(sides) else ()


def _start(row: Row) -> int:
    start_ms: int = row["start_ms"]
    return start_ms


def _file_number(row: Row) -> int:
    return row.get("file_number") or 1


def _leg(row: Row) -> bool:
    return row.get("communication_id") is not None


def _number(value: float | None) -> float | None:
    """Return a number that JSON can hold."""
    return value if value is not None and isfinite(value) else None
