"""What the ledger's rows add up to by day, counted by the database."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Executable, Float, Select, String, func, select, union

from recordings_pipeline.core.completeness import AUDIO
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.holdings import Holdings
from recordings_pipeline.core.model import Outcome, TranscriptState
from recordings_pipeline.core.settling import SETTLING_DELAY
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing
from recordings_pipeline.storage.ledger_types import added, is_false, member, seconds_between

_HOURS = 24
# An instant is kept as text, such as 2026-01-31T12:00:00.
_HOUR_OF_AN_INSTANT = 12, 2
_OPEN = [str(outcome) for outcome in Outcome if not outcome.is_final]
_RECORDINGS, _FILES = tables.recordings.c, tables.files.c
_CONVERSATIONS, _TRANSCRIPTS = tables.conversations.c, tables.transcripts.c


class DayTotals:
    """Counts and sums; nothing is kept in memory but the answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def outcomes(self, first: date, last: date) -> dict[Day, dict[str, int]]:
        """Count recordings by outcome and day, from first to last, both included."""
        query = select(_RECORDINGS.day, _RECORDINGS.outcome, func.count())
        query = query.where(_RECORDINGS.day.between(str(first), str(last)))
        found: dict[Day, dict[str, int]] = {}
        for day, outcome, count in self._rows(query.group_by(_RECORDINGS.day, _RECORDINGS.outcome)):
            found.setdefault(Day.from_key(day), {})[outcome] = count
        return found

    def counts(self, day: Day) -> dict[str, int]:
        """Count the day's recordings by outcome, in the order of `Outcome`; absent ones are out."""
        found = self.outcomes(day.date, day.date).get(day, {})
        return {str(outcome): found[outcome] for outcome in Outcome if outcome in found}

    def sizes(self, first: date, last: date) -> dict[Day, int]:
        """Add the bytes of audio files by day, from first to last, both included."""
        query = select(_RECORDINGS.day, added(_FILES.size_bytes))
        query = query.join(tables.recordings, _RECORDINGS.recording_id == _FILES.recording_id)
        query = query.where(_RECORDINGS.day.between(str(first), str(last)))
        return {
            Day.from_key(day): size for day, size in self._rows(query.group_by(_RECORDINGS.day))
        }

    def size(self, day: Day) -> int:
        """Add the bytes of the day's audio files."""
        return self.sizes(day.date, day.date).get(day, 0)

    def held(self, day: Day) -> Holdings:
        """Count what earlier runs left of a day."""
        listed, final, batched = self._listed(day)
        size_bytes, download_ms = self._files(day)
        exported_count, exported_s = self._exported(day)
        named = _conversation_count().where(
            _RECORDINGS.day == day.key, is_false(_RECORDINGS.row, "has_metadata")
        )
        return Holdings(
            counts=self.counts(day),
            size_bytes=size_bytes,
            listed_count=listed,
            final_count=final,
            done_count=self.done_count(day),
            batched_count=batched,
            odd_count=max(batched - self._number(named), 0),
            transcript_count=self._transcripts(day),
            exported_count=exported_count,
            exported_s=exported_s,
            download_s=download_ms / 1_000,
        )

    def hours(self, day: Day) -> list[int]:
        """Count the day's recordings by the hour in which their conversation began."""
        hour = func.substr(_RECORDINGS.start_time, *_HOUR_OF_AN_INSTANT, type_=String)
        query = select(hour, func.count()).where(_RECORDINGS.day == day.key).group_by(hour)
        found = {int(text): count for text, count in self._rows(query)}
        return [found.get(number, 0) for number in range(_HOURS)]

    def unfinished(self, now: datetime) -> list[Day]:
        """Return the days of which something is left to fetch now, whether or not they are settled.

        That is a recording nobody has tried, one that waits for the source or whose time to be
        tried again has come, a transcript of which that is so, or one nobody asked for.
        """
        time = _RECORDINGS.retry_time
        is_open = _RECORDINGS.outcome.in_([str(Outcome.DISCOVERED), str(Outcome.DEFERRED)])
        is_due = (_RECORDINGS.outcome == str(Outcome.RETRY)) & (time.is_(None) | (time <= now))
        is_audio = member(_RECORDINGS.row, "media") == AUDIO
        recordings = select(_RECORDINGS.day).where(is_open | is_due)
        waits = [str(TranscriptState.FAILED), str(TranscriptState.PENDING)]
        retry = _TRANSCRIPTS.retry_time
        transcripts = select(_TRANSCRIPTS.day).where(
            _TRANSCRIPTS.state.in_(waits), retry.is_(None) | (retry <= now)
        )
        untold = (
            select(_RECORDINGS.day)
            .outerjoin(
                tables.transcripts, _TRANSCRIPTS.communication_id == _RECORDINGS.communication_id
            )
            .where(
                _RECORDINGS.outcome == str(Outcome.EXPORTED),
                _RECORDINGS.communication_id.is_not(None),
                is_audio,
                _TRANSCRIPTS.communication_id.is_(None),
            )
        )
        return [Day.from_key(key) for (key,) in self._rows(union(recordings, transcripts, untold))]

    def _listed(self, day: Day) -> tuple[int, int, int]:
        """Count conversations that were asked about, for good, and by a batch."""
        is_final = _CONVERSATIONS.asked_time >= _last_change(day)
        query = select(
            func.count(),
            func.count().filter(is_final, _CONVERSATIONS.end_time.is_not(None)),
            func.count(_CONVERSATIONS.batch_id),
        )
        listed, final, batched = self._rows(query.where(_CONVERSATIONS.day == day.key))[0]
        return listed, final, batched

    def _files(self, day: Day) -> tuple[int, int]:
        query = select(added(_FILES.size_bytes), added(_FILES.download_ms))
        query = query.join(tables.recordings, _RECORDINGS.recording_id == _FILES.recording_id)
        size_bytes, download_ms = self._rows(query.where(_RECORDINGS.day == day.key))[0]
        return size_bytes or 0, download_ms or 0

    def done_count(self, day: Day) -> int:
        """Count conversations of which every listed recording has a final outcome."""
        all_ = _conversation_count().where(_RECORDINGS.day == day.key)
        return self._number(all_) - self._number(all_.where(_RECORDINGS.outcome.in_(_OPEN)))

    def _transcripts(self, day: Day) -> int:
        query = select(func.count()).where(_TRANSCRIPTS.day == day.key)
        is_none = _TRANSCRIPTS.state == str(TranscriptState.NONE)
        is_fetched = _TRANSCRIPTS.state == str(TranscriptState.FETCHED)
        is_final = _TRANSCRIPTS.asked_time >= _last_change(day)
        return self._number(query.where(is_fetched | (is_none & is_final)))

    def _exported(self, day: Day) -> tuple[int, float]:
        """Count exported conversations and add their lengths; several recordings count once."""
        exported = select(_RECORDINGS.conversation_id).where(
            _RECORDINGS.day == day.key, _RECORDINGS.outcome == str(Outcome.EXPORTED)
        )
        starts = (
            select(_RECORDINGS.conversation_id, func.min(_RECORDINGS.start_time).label("start"))
            .where(_RECORDINGS.day == day.key, _RECORDINGS.conversation_id.in_(exported))
            .group_by(_RECORDINGS.conversation_id)
            .subquery()
        )
        length = seconds_between(starts.c.start, _CONVERSATIONS.end_time)
        query = select(func.count(), func.sum(length, type_=Float)).join(
            starts, starts.c.conversation_id == _CONVERSATIONS.conversation_id
        )
        count, seconds = self._rows(query)[0]
        return count, seconds or 0.0

    def _number(self, query: Select[Any]) -> int:
        return int(self._rows(query)[0][0])

    def _rows(self, query: Executable) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query).all())


def _conversation_count() -> Select[Any]:
    return select(func.count(_RECORDINGS.conversation_id.distinct()))


def _last_change(day: Day) -> datetime:
    """Return from when on an answer about a conversation that ended on the day is final."""
    return day.end + SETTLING_DELAY
