"""What was said on a day, conversation by conversation, read from the day's published tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted, MalformedPayload
from recordings_pipeline.core.heard import AUDIO, TRANSCRIPT, Heard, Noticed
from recordings_pipeline.core.presence import began, consult_of, presence_of
from recordings_pipeline.core.sorted_groups import SortedGroups
from recordings_pipeline.core.speakers import hearing
from recordings_pipeline.core.speech import Speaker, Turn
from recordings_pipeline.core.standings import Course
from recordings_pipeline.core.told_again import rest_from_text
from recordings_pipeline.core.transcript_file import transcript
from recordings_pipeline.core.turns import Burst, bursts_as_turns
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.transcript_tables import publish_where_half
from recordings_pipeline.storage.raw import read_raw
from recordings_pipeline.storage.reading import values_in_order

_PHRASES = (
    "conversation_id", "recording_id", "communication_id", "start_time", "side", "speaker_role",
    "user_id", "is_ambiguous", "candidate_user_ids", "start_ms", "end_ms", "word_count",
    "confidence",
)  # fmt: skip
_EVENTS = ("conversation_id", "recording_id", "kind", "side", "start_ms", "end_ms", "value")
_BURSTS = (
    "conversation_id", "recording_id", "communication_id", "file_number", "channel", "start_ms",
    "end_ms",
)  # fmt: skip
_CHANNELS = (
    "conversation_id", "recording_id", "file_number", "channel", "side", "detector",
    "is_dual_mono", "duration_ms",
)  # fmt: skip
_RECORDING = itemgetter(1)

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in a conversation.

    Attributes:
        recordings: By recording and source, each with its speech, ordered by both.
        noticed: Events of its transcripts.
        detectors: What listened, by recording.
        listened_ids: Recordings whose sides were listened to, whether or not anybody was heard.
        heard_ms: What was heard of each recording; None when one of its files was not.
    """

    course: Course
    recordings: tuple[Heard, ...]
    noticed: tuple[Noticed, ...]
    detectors: dict[str, str]
    listened_ids: frozenset[str]
    heard_ms: dict[str, int | None]


def said_on(archive: Archive, day: Day) -> Iterator[Said]:
    """Yield every conversation of a day that has a recording, ordered by id.

    Four tables and the ledger are read side by side: no more than one conversation is in memory.
    Those that a crash has left beside older ones are published again first.

    Raises:
        MalformedPayload: A table is not sorted by conversation.
        Interrupted: A person asked to stop.
    """
    publish_where_half(archive, day)
    phrases, events, bursts, channels = (
        SortedGroups(
            name, values_in_order(archive.home.path(layout.table_path(name, day)), columns)
        )
        for name, columns in (
            ("transcripts", _PHRASES),
            ("speech_events", _EVENTS),
            ("voice_activity", _BURSTS),
            ("audio_channels", _CHANNELS),
        )
    )
    for course in archive.ledger.stretches.courses(day):
        if archive.stop.is_set():
            raise Interrupted
        id_ = course.conversation_id
        told = [_told(course, list(rows)) for _, rows in _by_recording(phrases.of(id_))]
        clocks = {one.recording_id: one.start_epoch_ms for one in told}
        known = channels.of(id_)
        listened = []
        for recording_id, rows in _by_recording(bursts.of(id_)):
            if recording_id not in clocks:
                clocks[recording_id] = _told_start(archive, day, course, recording_id)
            own = [row for row in known if row[1] == recording_id]
            listened.append(_listened(course, list(rows), own, clocks[recording_id]))
        found = [one for one in (*told, *listened) if one.spoken]
        found.sort(key=lambda one: (one.recording_id, one.source))
        noticed = tuple(Noticed(*values[1:]) for values in events.of(id_))
        detectors = {row[1]: row[5] for row in known if row[5]}
        listened_ids = frozenset(row[1] for row in known if row[4] is not None and not row[6])
        heard_ms = {one: _duration_ms(list(rows)) for one, rows in _by_recording(known)}
        yield Said(course, tuple(found), noticed, detectors, listened_ids, heard_ms)


def _told(course: Course, rows: Sequence[Values]) -> Heard:
    """Return what a transcript tells of a recording."""
    _, recording_id, communication_id, start_time, *_ = rows[0]
    start_ms = rows[0][9]
    speakers: dict[Values, Speaker] = {}
    spoken = []
    for _, _, _, _, side, role, user, doubt, could_be, start, end, words, confidence in rows:
        who = (role, user, doubt, tuple(could_be or ()))
        speaker = speakers.setdefault(who, Speaker(*who))
        spoken.append(Turn(side, speaker, start, end, 1, words, confidence))
    return Heard(
        recording_id,
        communication_id,
        TRANSCRIPT,
        None if start_time is None else start_time - start_ms,
        spoken,
        bool(consult_of(communication_id, course.stretches)),
    )


def _listened(
    course: Course, rows: Sequence[Values], channels: Sequence[Values], told_ms: int | None
) -> Heard:
    """Return what the audio tells of a recording.

    Its clock is that of its transcript, or else of what it lasts as long as. Without one, any
    voice of a side may have spoken. A channel that holds both sides tells nobody's speech.
    """
    _, recording_id, communication_id, *_ = rows[0]
    sides = {
        (file, channel): side
        for _, _, file, channel, side, _, is_dual_mono, _ in channels
        if side is not None and not is_dual_mono
    }
    bursts: list[Burst] = [
        (sides[file, channel], start, end)
        for _, _, _, file, channel, start, end in rows
        if (file, channel) in sides
    ]
    clock = told_ms
    if clock is None:
        clock = began(communication_id, course.stretches, _duration_ms(channels))
    extent = min((b[1] for b in bursts), default=0), max((b[2] for b in bursts), default=0)
    presence = presence_of(communication_id, (), course.stretches)
    spoken = bursts_as_turns(bursts, hearing(presence, clock, extent))
    return Heard(recording_id, communication_id, AUDIO, clock, spoken, presence.is_consult)


def _told_start(archive: Archive, day: Day, course: Course, recording_id: str) -> int | None:
    """Return when a recording began by its kept transcript file, which may hold no phrase."""
    path = archive.home.path(layout.raw_transcript_path(day, recording_id))
    if not path.is_file():
        return _sealed_start(archive, recording_id)
    try:
        found = transcript(read_raw(path), course.conversation_id, "", recording_id)
    except MalformedPayload:
        return None
    return found.start_epoch_ms


def _sealed_start(archive: Archive, recording_id: str) -> int | None:
    sealed = archive.ledger.raws.transcripts([recording_id]).get(recording_id)
    rest = None if sealed is None else rest_from_text(sealed.rest)
    return None if rest is None else rest.start_epoch_ms


def _duration_ms(channels: Sequence[Values]) -> int | None:
    """Return how long a recording's files are together; None when one was not heard."""
    durations = {row[2]: row[7] for row in channels}.values()
    return None if None in durations else sum(durations)


def _by_recording(rows: list[Values]) -> Iterator[tuple[str, Iterator[Values]]]:
    return groupby(sorted(rows, key=_RECORDING), key=_RECORDING)
