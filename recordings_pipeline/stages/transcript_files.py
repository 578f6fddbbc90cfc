"""Transcript files: asked for when they are due, kept as they came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    MalformedPayload,
    NotFound,
    PermissionMissing,
    TransientError,
)
from recordings_pipeline.core.model import TranscriptState
from recordings_pipeline.core.sealing import SUFFIX
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.core.settling import final_from
from recordings_pipeline.core.standings import SpokenRecording, TranscriptStanding
from recordings_pipeline.core.transcript_clock import (
    is_transcript_due,
    retry_time,
    state_when_absent,
)
from recordings_pipeline.core.transcript_file import transcript
from recordings_pipeline.genesys.small_file import read_small
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.threads import for_each
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.raw import MAX_RAW_BYTES, keep_raw

STAGE = "transcripts"


@dataclass(frozen=True, slots=True)
class Leg:
    """One communication that may have been transcribed.

    Attributes:
        final: From when an absent transcript is final; None while nobody can know.
        recording_ids: Its recordings of voice.
        held: How its transcript stood before; None when nobody asked yet.
    """

    communication_id: str
    conversation_id: str
    final: datetime | None
    recording_ids: tuple[str, ...]
    held: TranscriptStanding | None

    @property
    def held_ids(self) -> tuple[str, ...]:
        return self.held.recording_ids if self.held else ()

    @property
    def is_whole(self) -> bool:
        """Whether the file of each recording was fetched."""
        return set(self.recording_ids) <= set(self.held_ids)


def fetch_transcripts(export: Export, day: Day) -> None:
    """Fetch the transcript files that are due, and say how each communication stands."""
    due = [leg for leg in legs_of(export, day) if _is_due(export, day, leg)]
    done = 0

    def work(leg: Leg) -> TranscriptStanding:
        return _asked(export, day, leg)

    def keep(_leg: Leg, standing: TranscriptStanding) -> None:
        nonlocal done
        export.ledger.transcripts.settle(day, standing)
        done += 1
        export.reached(STAGE, done, len(due))

    for_each(due, work, keep, workers=export.api_connections, stop=export.stop)
    _forget_lost(export, day, due)


def _forget_lost(export: Export, day: Day, asked: Sequence[Leg]) -> None:
    """Forget encrypted files that somebody removed, where a plain one has come in their place."""
    ids = [id_ for leg in asked for id_ in leg.recording_ids]
    for id_, sealed in export.ledger.raws.transcripts(ids).items():
        is_there = export.home.path(PurePosixPath(sealed.path)).exists()
        if not is_there and kept_path(export.home, day, id_).exists():
            export.ledger.raws.forget(sealed.path)


def legs_of(export: Export, day: Day) -> Iterator[Leg]:
    """Yield the communications with recordings of voice, each once.

    A transcript follows its recording: one that is deferred keeps the question open, and one that
    came late raises it again.
    """
    known = export.ledger.transcripts.of_day(day)
    spoken = export.ledger.transcripts.spoken(day)
    for id_, group in groupby(spoken, key=attrgetter("communication_id")):
        recordings = list(group)
        yield Leg(
            id_,
            recordings[0].conversation_id,
            _final(day, recordings),
            tuple(recording.recording_id for recording in recordings),
            known.get(id_),
        )


def is_kept(home: Home, day: Day, recording_id: str) -> bool:
    """Say whether a transcript file is kept, encrypted or not."""
    path = kept_path(home, day, recording_id)
    return path.exists() or path.with_name(path.name + SUFFIX).exists()


def kept_path(home: Home, day: Day, recording_id: str) -> Path:
    """Return where a transcript file is kept as it came."""
    return home.path(layout.raw_transcript_path(day, recording_id))


def _final(day: Day, recordings: list[SpokenRecording]) -> datetime | None:
    if any(recording.is_deferred for recording in recordings):
        return None
    came = (recording.came for recording in recordings if recording.came is not None)
    return max([*(final_from(day, recording.ended) for recording in recordings), *came])


def _is_due(export: Export, day: Day, leg: Leg) -> bool:
    """Say whether it is time to ask; who removed a damaged file wants it again."""
    if not all(is_kept(export.home, day, id_) for id_ in leg.held_ids):
        return True
    return is_transcript_due(leg.held, leg.final, export.now(), is_whole=leg.is_whole)


def _asked(export: Export, day: Day, leg: Leg) -> TranscriptStanding:
    """Ask for a communication's files and keep them; runs in a thread and touches no ledger."""
    now = export.now()
    found: set[str] = set()
    failures = 0
    try:
        links = export.client.transcript_links(leg.conversation_id, leg.communication_id)
        # A recording that the index does not know is fetched when it does.
        for id_ in leg.recording_ids:
            if id_ in links:
                _fetch(export, day, leg, id_, links[id_])
                found.add(id_)
        state = TranscriptState.FETCHED if found else state_when_absent(leg.final, now)
    except NotFound:
        state = state_when_absent(leg.final, now)
    except PermissionMissing:
        state = TranscriptState.FORBIDDEN
    except (TransientError, MalformedPayload):
        state = TranscriptState.FAILED
        failures = 1 + (leg.held.failures if leg.held else 0)
    # What was fetched once stays, even if the source has lost it since.
    kept = {id_ for id_ in leg.held_ids if is_kept(export.home, day, id_)}
    if state in (TranscriptState.NONE, TranscriptState.PENDING) and kept:
        state = TranscriptState.FETCHED
    return TranscriptStanding(
        leg.communication_id,
        leg.conversation_id,
        state,
        now,
        retry_time(state, now, leg.final, failures),
        tuple(sorted(kept | found)),
        failures,
    )


def _fetch(export: Export, day: Day, leg: Leg, recording_id: str, url: SignedUrl) -> None:
    """Fetch a file at once, as its URL lives ten minutes; what is there already stays."""
    if recording_id in leg.held_ids and is_kept(export.home, day, recording_id):
        return
    client, stop = export.client, export.stop
    received = client.meter.received
    content = read_small(url, client.peers, most_bytes=MAX_RAW_BYTES, stop=stop, received=received)
    transcript(content, leg.conversation_id, leg.communication_id, recording_id)
    keep_raw(kept_path(export.home, day, recording_id), content)
