"""The platform's transcript file, read into phrases and events.

Every member of the file may be absent, and comes in several spellings. What cannot be understood
is counted, never dropped in silence; sizes, counts and depth are bounded.

Source: shared transcript schema of the developer centre (``transcript-url``), and files seen by
public clients of the platform.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.speech import Participant, Phrase, SpeechEvent, Transcript
from recordings_pipeline.core.transcript_events import events_of
from recordings_pipeline.core.transcript_members import Drift, Json, Members
from recordings_pipeline.core.transcript_phrases import (
    PHRASES,
    Run,
    numbered,
    phrases_of,
    purpose_of,
)
from recordings_pipeline.core.transcript_typed import (
    FILE_MEMBERS,
    RUN_MEMBERS,
    TypedFile,
    typed_file,
    typed_moods,
    typed_phrases,
)

_WHAT = "transcript file"
RUNS = "transcripts[]"
# As Python objects a value takes up to 100 bytes: what holds more would take gigabytes.
MOST_VALUES = 20_000_000
MOST_RUNS, MOST_PARTICIPANTS = 1_000, 10_000
# Recordings are told to the second, and the last phrase may end with the rounding.
_SLACK_MS = 1_000
_PARTICIPANT_MEMBERS = frozenset(
    [
        "participantPurpose",
        "userId",
        "teamId",
        "queueId",
        "flowId",
        "flowVersion",
        "divisionId",
        "initialDirection",
        "messageType",
        "ani",
        "dnis",
        "to",
        "from",
        "startTimeMs",
        "endTimeMs",
    ]
)


def transcript(
    payload: object, conversation_id: str, communication_id: str, recording_id: str
) -> Transcript:
    """Read one transcript file.

    Args:
        payload: The file's bytes, or what they decode to.
        conversation_id: The conversation it was asked for.
        communication_id: The communication it was asked for.
        recording_id: The recording it was asked for.

    Raises:
        MalformedPayload: It is no object, too large, or speaks of another conversation.
    """
    asked = _Asked(conversation_id, communication_id, recording_id)
    drift = Drift()
    if not isinstance(payload, bytes):
        return _read(payload, asked, drift)
    typed = typed_file(payload)
    found = None if typed is None else _read_typed(typed, asked)
    return _read(_decoded(payload, drift), asked, drift) if found is None else found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a file was asked for."""

    conversation_id: str
    communication_id: str
    recording_id: str


def _decoded(content: bytes, drift: Drift) -> object:
    """Decode a file; bytes that are no UTF-8, and numbers that JSON does not know, are let in."""
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise MalformedPayload(_WHAT, "holds more values than a transcript can")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        drift.note("file", "not UTF-8")
        text = content.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedPayload(_WHAT, "is not valid JSON") from None


def _read_typed(typed: TypedFile, asked: _Asked) -> Transcript | None:
    """Read a file of the documented shape; None when it has to be read leniently after all."""
    reader = _Reader(typed.item, asked, Drift())
    for wire in typed.runs:
        members = Members(wire.item, RUNS, reader.drift)
        run = reader.run(members, len(wire.phrases))
        if run is None:
            continue
        phrases, moods = typed_phrases(run, wire.phrases), typed_moods(run, wire.moods)
        if phrases is None or moods is None:
            return None
        reader.add(run, members, phrases, moods)
    return reader.taken()


def _read(payload: object, asked: _Asked, drift: Drift) -> Transcript:
    if not isinstance(payload, Mapping):
        raise MalformedPayload(_WHAT, "is not an object")
    reader = _Reader(payload, asked, drift)
    for members in reader.file.entries("transcripts", MOST_RUNS):
        drift.note_new(members.item, RUN_MEMBERS, RUNS)
        held = members.item.get("phrases")
        run = reader.run(members, len(held) if isinstance(held, list) else 0)
        if run is not None:
            reader.add(run, members, list(phrases_of(run, members)))
    return reader.taken()


class _Reader:
    """Puts a transcript together, run by run.

    Raises:
        MalformedPayload: The file speaks of another conversation or recording.
    """

    def __init__(self, item: Json, asked: _Asked, drift: Drift) -> None:
        self.drift = drift
        self.file = Members(item, "", drift)
        self._asked = asked
        drift.note_new(item, FILE_MEMBERS, "")
        if self.file.text("conversationId") not in {"", asked.conversation_id}:
            raise MalformedPayload(_WHAT, "belongs to another conversation")
        if self.file.text("recordingId") not in {"", asked.recording_id}:
            raise MalformedPayload(_WHAT, "belongs to another recording")
        if self.file.text("communicationId") not in {"", asked.communication_id}:
            self.file.note("communicationId", "another communication")
        self._start_ms = self.file.epoch_ms("startTime")
        self._run_ids: set[str] = set()
        self._phrases: list[Phrase] = []
        self._events: list[SpeechEvent] = []

    def run(self, members: Members, phrase_count: int) -> Run | None:
        """Return a run; None when it is of another recording, and counted."""
        if members.text("recordingId") not in {"", self._asked.recording_id}:
            members.note("recordingId", "another recording")
            self.drift.note(PHRASES, "of another recording", phrase_count)
            return None
        start_ms = members.epoch_ms("startTime")
        if self._start_ms is None:
            self._start_ms = start_ms
        run_id = self._run_id(members)
        language = members.text("language") or None
        return Run(run_id, language, self._start_ms if start_ms is None else start_ms)

    def add(
        self,
        run: Run,
        members: Members,
        phrases: Sequence[Phrase],
        moods: Sequence[SpeechEvent] = (),
    ) -> None:
        """Take a run; its sentiment, where that was read already, comes last in either way."""
        found = numbered(phrases, self.drift)
        self._phrases += found
        by_index = {phrase.phrase_index: phrase for phrase in found}
        self._events += [*events_of(run, members, by_index), *moods]

    def taken(self) -> Transcript:
        duration_ms = self.file.span_ms("duration")
        if duration_ms is not None:
            last_ms = duration_ms + _SLACK_MS
            late = sum([phrase.end_ms > last_ms for phrase in self._phrases])
            if late:
                self.drift.note(f"{PHRASES}.duration", "after the end of the recording", late)
        people = self.file.entries("participants", MOST_PARTICIPANTS)
        return Transcript(
            conversation_id=self._asked.conversation_id,
            communication_id=self._asked.communication_id,
            recording_id=self._asked.recording_id,
            start_epoch_ms=self._start_ms,
            participants=tuple(map(_participant, people)),
            phrases=tuple(sorted(self._phrases, key=attrgetter("start_ms", "end_ms"))),
            events=tuple(sorted(self._events, key=attrgetter("start_ms"))),
            duration_ms=duration_ms,
            drift=self.drift.taken(),
        )

    def _run_id(self, members: Members) -> str:
        """Return the run's id, made different from those of earlier runs of the file."""
        number = len(self._run_ids) + 1
        id_ = members.text("transcriptId") or f"run-{number}"
        if id_ in self._run_ids:
            members.note("transcriptId", "repeated")
            id_ = f"{id_}#{number}"
        self._run_ids.add(id_)
        return id_


def _participant(entry: Members) -> Participant:
    entry.drift.note_new(entry.item, _PARTICIPANT_MEMBERS, entry.path)
    purpose = purpose_of(entry, "participantPurpose")
    start_ms, end_ms = entry.epoch_ms("startTimeMs"), entry.epoch_ms("endTimeMs")
    return Participant(purpose, entry.text("userId") or None, start_ms, end_ms)
