"""How every recording stands: state and event in one transaction, the single truth.

SQLite on a local disk, or PostgreSQL for several hosts. Tables, manifests and the audit log are
published from here and can be built again from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.sql.functions import count

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.rescue import is_wanted
from recordings_pipeline.core.rows import row_from_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.core.standings import (
    ListedConversation,
    Settlement,
    Standing,
    standing_from,
    verdict_from,
)
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.archive_book import ArchiveBook
from recordings_pipeline.storage.arrival_book import ArrivalBook
from recordings_pipeline.storage.clock_book import ClockBook
from recordings_pipeline.storage.day_book import DayBook, NameBook
from recordings_pipeline.storage.day_totals import DayTotals
from recordings_pipeline.storage.erasure_book import ErasureBook
from recordings_pipeline.storage.event_book import EventBook
from recordings_pipeline.storage.history_book import HistoryBook
from recordings_pipeline.storage.hold_book import HoldBook
from recordings_pipeline.storage.ledger_engine import (
    insert_or_update,
    kind_of,
    storing,
    streamed,
    writing,
)
from recordings_pipeline.storage.ledger_moves import list_recordings, move, record, replace_files
from recordings_pipeline.storage.ledger_opening import bind, opened
from recordings_pipeline.storage.orphan_book import NoteBook, OrphanBook
from recordings_pipeline.storage.raw_book import RawBook
from recordings_pipeline.storage.recording_book import RecordingBook
from recordings_pipeline.storage.recovery_book import RecoveryBook
from recordings_pipeline.storage.seal_book import SealBook
from recordings_pipeline.storage.sound_book import SoundBook
from recordings_pipeline.storage.stretch_book import StretchBook
from recordings_pipeline.storage.tombstones import without_erased
from recordings_pipeline.storage.transcript_book import TranscriptBook

# SQLite takes 32,766 values a statement; a chunk of conversations has a few hundred recordings.
_IDS = 500


class Ledger:
    """One data directory's ledger; writes come from one thread at a time."""

    def __init__(self, path: Path, url: Secret | None = None) -> None:
        """Open a ledger, and make or upgrade its tables.

        Args:
            path: Its file; also where the file of one in a database would be.
            url: Address of the database it is in; None for the file.
        """
        self._engine = opened(path, url)
        self.days = DayBook(self._engine)
        self.totals = DayTotals(self._engine)
        self.names = NameBook(self._engine)
        self.recordings = RecordingBook(self._engine)
        self.sounds = SoundBook(self._engine)
        self.stretches = StretchBook(self._engine)
        self.transcripts = TranscriptBook(self._engine)
        self.archive = ArchiveBook(self._engine)
        self.arrivals = ArrivalBook(self._engine)
        self.clocks = ClockBook(self._engine)
        self.histories = HistoryBook(self._engine)
        self.orphans = OrphanBook(self._engine)
        self.notes = NoteBook(self._engine)
        self.events = EventBook(self._engine)
        self.erasures = ErasureBook(self._engine)
        self.holds = HoldBook(self._engine)
        self.seals = SealBook(self._engine)
        self.raws = RawBook(self._engine)
        self.recovery = RecoveryBook(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def kind(self) -> tuple[str, str]:
        """Tell people what the ledger is: which database, of which version; and what is risky."""
        with storing(self._engine):
            return kind_of(self._engine).name(self._engine)

    def bind(self, name: str, value: str, problem: str) -> None:
        """Remember a fact for good.

        Raises:
            ConfigurationError: The ledger holds another value.
        """
        bind(self._engine, name, value, problem)

    def learn(self, ways: Iterable[str]) -> None:
        """Remember what the organization was seen to do."""
        for way in ways:
            self.bind(f"learned {way}", "yes", "was learned differently")

    def learned(self) -> frozenset[str]:
        """Return what the organization was seen to do so far."""
        names = self._all(select(tables.facts.c.name).where(tables.facts.c.value == "yes"))
        return frozenset(row["name"].removeprefix("learned ") for row in names)

    def standings(self, day: Day) -> dict[str, Standing]:
        """Return the day's recordings by id, ordered by id."""
        columns = tables.recordings.c
        query = select(tables.recordings).where(columns.day == day.key)
        found = self._all(query.order_by(columns.recording_id))
        return {row["recording_id"]: standing_from(row) for row in found}

    def index_rows(self, day: Day) -> Iterator[Mapping[str, Any]]:
        """Yield the day's rows of the recording index, ordered by start and recording.

        What was erased has none.
        They are read a thousand at a time: a day may have 100,000.
        """
        columns = tables.recordings.c
        is_kept = columns.outcome != str(Outcome.ERASED)
        query = select(columns.row).where(columns.day == day.key, is_kept)
        query = query.order_by(columns.start_time, columns.recording_id)
        for (row,) in streamed(self._engine, query):
            yield row_from_text(RECORDING_INDEX, row)

    def standings_of(self, ids: Sequence[str]) -> dict[str, Standing]:
        """Return how some recordings stand, by id; unknown ones are left out."""
        columns = tables.recordings.c
        found: dict[str, Standing] = {}
        for start in range(0, len(ids), _IDS):
            query = select(tables.recordings)
            query = query.where(columns.recording_id.in_(ids[start : start + _IDS]))
            found |= {row["recording_id"]: standing_from(row) for row in self._all(query)}
        return found

    def standings_in(self, conversation_ids: Sequence[str]) -> dict[str, list[Standing]]:
        """Return how the recordings of some conversations stand, by conversation."""
        columns = tables.recordings.c
        found: dict[str, list[Standing]] = {}
        for start in range(0, len(conversation_ids), _IDS):
            chunk = conversation_ids[start : start + _IDS]
            query = select(tables.recordings).where(columns.conversation_id.in_(chunk))
            for row in self._all(query.order_by(columns.recording_id)):
                found.setdefault(row["conversation_id"], []).append(standing_from(row))
        return found

    def wanted_standings(self) -> dict[str, Standing]:
        """Return the recordings of all days that could still be fetched, by id."""
        wanted = [str(outcome) for outcome in Outcome if is_wanted(Verdict(outcome))]
        query = select(tables.recordings).where(tables.recordings.c.outcome.in_(wanted))
        return {row["recording_id"]: standing_from(row) for row in self._all(query)}

    def deferred(self, day: Day) -> dict[str, list[Verdict]]:
        """Return the day's recordings that wait for the source, by conversation."""
        columns = tables.recordings.c
        query = select(columns.conversation_id, columns.outcome, columns.reason).where(
            columns.day == day.key, columns.outcome == str(Outcome.DEFERRED)
        )
        found: dict[str, list[Verdict]] = {}
        for row in self._all(query):
            found.setdefault(row["conversation_id"], []).append(verdict_from(row))
        return found

    def told_by_batch(self, day: Day) -> frozenset[str]:
        """Return the day's conversations of which a recording's metadata was never read."""
        columns = tables.recordings.c
        query = select(columns.conversation_id).where(
            columns.day == day.key, columns.row.contains('"has_metadata": false', autoescape=True)
        )
        return frozenset(row["conversation_id"] for row in self._all(query))

    def listed(self, day: Day, asked: datetime, found: Iterable[ListedConversation]) -> None:
        """Keep what the source listed of some conversations, all of them or none.

        What was erased is left out, whoever asked about it before he could know.
        """
        with writing(self._engine) as db:
            kept = list(without_erased(db, found))
            rows = [
                {
                    "conversation_id": conversation.conversation_id,
                    "day": day.key,
                    "asked_time": asked,
                    "end_time": conversation.ended,
                    "batch_id": conversation.batch_id,
                    "unlisted": ",".join(conversation.unlisted_ids),
                    "stretches": conversation.stretches,
                }
                for conversation in kept
            ]
            insert_or_update(db, tables.conversations, *rows, key=["conversation_id"])
            list_recordings(db, day, kept, asked)

    def settle(
        self,
        recording_id: str,
        verdict: Verdict,
        now: datetime,
        *,
        retry_time: datetime | None = None,
        files: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Say how a recording stands now; its files are those of this call, or none."""
        settlement = Settlement(recording_id, verdict, retry_time, tuple(files))
        self.settle_all([settlement], now)

    def settle_all(self, settlements: Iterable[Settlement], now: datetime) -> None:
        """Say how some recordings stand now: all of them, or none."""
        if not (some := list(settlements)):
            return
        with writing(self._engine) as db:
            replace_files(db, some)
            move(db, some, now)

    def files(self, day: Day) -> dict[str, list[dict[str, Any]]]:
        """Return the day's audio files by recording, in order of their numbers."""
        query = (
            select(tables.files)
            .join(
                tables.recordings,
                tables.recordings.c.recording_id == tables.files.c.recording_id,
            )
            .where(tables.recordings.c.day == day.key)
            .order_by(tables.files.c.recording_id, tables.files.c.file_number)
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self._all(query):
            found.setdefault(row["recording_id"], []).append(dict(row))
        return found

    def spent(self, day: Day, stage: str, now: datetime, *, is_done: bool, text: str) -> None:
        """Keep an event of the API calls that a run of a stage took."""
        object_id, columns = f"{stage}/{day}", tables.events.c
        with writing(self._engine) as db:
            before = db.scalar(select(count()).where(columns.object_id == object_id)) or 0
            outcome = "done" if is_done else "failed"
            news = {"event_time": now, "day": day.key, "outcome": outcome, "reason": text}
            record(db, object_id, before + 1, "api.spent", news)

    def _all(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        with storing(self._engine), self._engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]
