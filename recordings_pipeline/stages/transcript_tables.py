"""The tables about what was said, built from the kept files in one pass; nobody is asked."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted, MalformedPayload
from recordings_pipeline.core.pauses import Pause
from recordings_pipeline.core.reports import TableReport
from recordings_pipeline.core.speakers import speakers_of
from recordings_pipeline.core.speech import Stretch, Transcript
from recordings_pipeline.core.speech_schemas import SPEECH_EVENTS, TRANSCRIPTS, WORDS
from recordings_pipeline.core.standings import ToldRecording
from recordings_pipeline.core.transcript_rows import (
    Block,
    all_events,
    event_rows,
    phrase_rows,
    word_rows,
)
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.kept_transcripts import KeptTranscripts
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.raw_book import SealedRaw
from recordings_pipeline.storage.tables import TableWriter, publish_together

# A row group of phrases takes 25 MB as columns; the default would cut it into six, which costs
# readers of a day of millions of rows a tenth of its size and every query its time.
GROUP_BYTES = 32_000_000
_MOST_DRIFT_PATHS = 1_000
_PAGE = 500
# Called with the files done and all of them.
Reached = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Told:
    """A transcript, what everybody did on its call, and when its recording was paused."""

    transcript: Transcript
    stretches: Sequence[Stretch] = ()
    pauses: Sequence[Pause] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A kept file that could not be read back: its path below the data directory, and why."""

    path: PurePosixPath
    problem: str


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        tables: Transcripts, words and events, in this order.
        drift: What could not be understood, and how often, by path.
        unread: Kept files that the tables lack.
    """

    tables: tuple[TableReport, ...]
    drift: Counter[str]
    unread: tuple[Unread, ...] = ()


def unwatched(_done: int, _total: int) -> None:
    """Show no progress."""


def publish_transcripts(
    archive: Archive, day: Day, reached: Reached = unwatched, *, is_anew: bool = False
) -> Published:
    """Publish phrases, words and events of all the day's kept transcripts.

    One that cannot be read back is left out, and reported.

    Args:
        archive: What is kept.
        day: The day.
        reached: Hears how far it is.
        is_anew: Whether encrypted files are opened, and not taken from the tables as they are.

    Raises:
        Locked: Something is encrypted that has to be opened, and there is no key.
        Interrupted: A person asked to stop; the old tables stay.
    """
    count = archive.ledger.transcripts.told_count(day)
    unread: list[Unread] = []
    kept = KeptTranscripts(archive, day, is_anew=is_anew)

    def told() -> Iterator[Told]:
        for done, found in enumerate(_read(archive, day, kept, unread), start=1):
            yield found
            reached(done, count)

    published = write_tables(archive.home, day, told(), _marked(archive, day))
    return replace(published, unread=tuple(unread))


def publish_where_half(archive: Archive, day: Day) -> None:
    """Publish the tables again where a crash has left new ones beside old ones."""
    if archive.ledger.notes.value(_mark(day)) is not None:
        publish_transcripts(archive, day)


def write_tables(
    home: Home,
    day: Day,
    told: Iterable[Told],
    replacing: AbstractContextManager[None] | None = None,
) -> Published:
    """Publish transcripts that come ordered by conversation and recording.

    Memory holds one of them, and a row group of each table.

    Args:
        home: The data directory.
        day: The day.
        told: Its transcripts.
        replacing: Entered while one table after the other is replaced.

    Raises:
        ContractBroken: A row is not what its table promises; the old tables stay, all of them.
    """
    drift: Counter[str] = Counter()
    paths = [layout.table_path(s.name, day) for s in (TRANSCRIPTS, WORDS, SPEECH_EVENTS)]
    with ExitStack() as stack:
        writers = [
            stack.enter_context(_writer(home, path, schema))
            for path, schema in zip(paths, (TRANSCRIPTS, WORDS, SPEECH_EVENTS), strict=True)
        ]
        for found in told:
            _count(drift, found.transcript)
            for writer, block in zip(writers, _blocks(found), strict=True):
                writer.add(block.columns, block.repeated, block.counts)
        rows = publish_together(writers, replacing)
    names = (path.parts[1] for path in paths)
    tables = tuple(TableReport(*one) for one in zip(names, rows, paths, strict=True))
    return Published(tables, drift)


@contextmanager
def _marked(archive: Archive, day: Day) -> Generator[None]:
    """Keep a mark in the ledger until the tables of a day belong together again."""
    archive.ledger.notes.keep(_mark(day), "", archive.clock())
    yield
    archive.ledger.notes.forget(_mark(day))


def _mark(day: Day) -> str:
    return f"transcripts half published {day}"


def _read(
    archive: Archive, day: Day, kept: KeptTranscripts, unread: list[Unread]
) -> Iterator[Told]:
    """Yield each transcript with what everybody did on its call, some hundred calls at a time.

    Those that cannot be read back are added to the list; of them, and of recordings that were not
    transcribed, the pauses are told.
    """
    waiting = archive.ledger.transcripts.told(day)
    while page := list(islice(waiting, _PAGE)):
        ids = sorted({told.conversation_id for told in page})
        stretches = archive.ledger.stretches.of(ids)
        sealed = archive.ledger.raws.transcripts([told.recording_id for told in page])
        for told in page:
            if archive.stop.is_set():
                raise Interrupted
            which = sealed.get(told.recording_id)
            found = _kept(kept, told, which, unread) if told.is_kept else _untold(told)
            yield Told(found, stretches.get(told.conversation_id, ()), told.pauses)


def _kept(
    kept: KeptTranscripts, told: ToldRecording, sealed: SealedRaw | None, unread: list[Unread]
) -> Transcript:
    try:
        return kept.read(told, sealed)
    except MalformedPayload as error:
        unread.append(Unread(kept.path(told, sealed), error.problem))
        return _untold(told)


def _untold(told: ToldRecording) -> Transcript:
    names = told.conversation_id, told.communication_id, told.recording_id
    return Transcript(*names, None, (), (), ())


def _blocks(told: Told) -> tuple[Block, Block, Block]:
    found = told.transcript
    speakers = speakers_of(found, told.stretches)
    events = all_events(found, told.stretches, told.pauses)
    return (
        phrase_rows(found, speakers),
        word_rows(found, speakers),
        event_rows(found, events),
    )


def _count(drift: Counter[str], found: Transcript) -> None:
    for path, count in found.drift:
        known = path in drift or len(drift) < _MOST_DRIFT_PATHS
        drift[path if known else "more paths: not listed"] += count


def _writer(home: Home, path: PurePosixPath, schema: Schema) -> TableWriter:
    return TableWriter(home.path(path), schema, group_bytes=GROUP_BYTES)
