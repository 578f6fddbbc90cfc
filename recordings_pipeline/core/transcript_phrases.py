"""Phrases and words of a transcript file, read leniently.

Rules of repair, each of them counted as drift:

- an offset is ``offset.milliseconds``, else ``offsetMs``, else ``offset``, else ``startTimeMs``
  less the start of its run; without any of them a phrase has no place, and is left out;
- what begins before the recording begins with it;
- what has no duration, or a negative one, ends when it begins;
- a phrase without an index takes its place in the list as one, a repeated index the next free one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from recordings_pipeline.core.purposes import SIDES
from recordings_pipeline.core.speech import Phrase, Word
from recordings_pipeline.core.transcript_members import NEGATIVE, Drift, Members

UNKNOWN = "unknown"
# The longest call seen has 30,000 phrases; a hundred words a phrase are many.
MOST_PHRASES, MOST_WORDS = 1_000_000, 20_000
PHRASES = "transcripts[].phrases[]"
_PHRASE_MEMBERS = frozenset(
    [
        "phraseIndex",
        "participantPurpose",
        "text",
        "decoratedText",
        "stability",
        "confidence",
        "startTimeMs",
        "offset",
        "offsetMs",
        "duration",
        "durationMs",
        "words",
        "alternatives",
        "type",
    ]
)
_WORD_MEMBERS = frozenset(
    "word confidence startTimeMs offset offsetMs duration durationMs".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Run:
    """One recognition run of a file.

    Attributes:
        start_epoch_ms: By its own clock, which may differ from the file's.
    """

    transcript_id: str
    language: str | None
    start_epoch_ms: int | None


def phrases_of(run: Run, members: Members) -> Iterator[Phrase]:
    """Yield the phrases of a run that have a place on the clock, in order of the file."""
    for position, entry in enumerate(members.entries("phrases", MOST_PHRASES)):
        entry.drift.note_new(entry.item, _PHRASE_MEMBERS, entry.path)
        place = place_of(run, entry)
        if place is None:
            entry.lost("no place on the clock")
            continue
        purpose = purpose_of(entry, "participantPurpose")
        index = entry.whole("phraseIndex")
        yield Phrase(
            run.transcript_id,
            position if index is None else index,
            side_of(purpose),
            purpose,
            *place,
            entry.text("text"),
            entry.text("decoratedText"),
            entry.between("confidence", 0, 1),
            entry.between("stability", 0, 1),
            run.language,
            tuple(_words(run, entry)),
        )


def place_of(run: Run, entry: Members) -> tuple[int, int] | None:
    """Return start and end within the recording; None where nothing tells the start."""
    start_ms = start_of(run, entry)
    if start_ms is None:
        return None
    duration_ms = entry.span_ms("duration")
    if duration_ms is None:
        entry.note("duration", "missing")
    elif duration_ms < 0:
        entry.note("duration", NEGATIVE)
    end_ms = start_ms + max(duration_ms or 0, 0)
    if start_ms < 0:
        entry.note("offset", "before the recording")
    return max(start_ms, 0), max(end_ms, 0)


def start_of(run: Run, entry: Members) -> int | None:
    """Return the start within the recording, which may be negative; None where nothing tells."""
    offset_ms = entry.span_ms("offset")
    if offset_ms is not None:
        return offset_ms
    spoken_ms = entry.epoch_ms("startTimeMs")
    if spoken_ms is None or run.start_epoch_ms is None:
        return None
    return spoken_ms - run.start_epoch_ms


def purpose_of(entry: Members, name: str) -> str:
    """Return a purpose as the file writes it, in lower case; `UNKNOWN` when nobody knows it."""
    purpose = entry.text(name).lower()
    if purpose not in SIDES:
        entry.note(name, "unknown purpose" if purpose else "missing")
        return UNKNOWN
    return purpose


def side_of(purpose: str) -> str:
    """Return the side of a purpose; whoever is unknown is outside."""
    return SIDES.get(purpose, "external")


def numbered(phrases: Sequence[Phrase], drift: Drift) -> list[Phrase]:
    """Give a repeated index of a run the next free one, so that it names one phrase."""
    taken = {phrase.phrase_index for phrase in phrases}
    if len(taken) == len(phrases):
        return list(phrases)
    free = max(taken) + 1
    seen: set[int] = set()
    found = []
    for phrase in phrases:
        if phrase.phrase_index in seen:
            drift.note(f"{PHRASES}.phraseIndex", "repeated")
            found.append(replace(phrase, phrase_index=free))
            free += 1
            continue
        seen.add(phrase.phrase_index)
        found.append(phrase)
    return found


def _words(run: Run, phrase: Members) -> Iterator[Word]:
    for entry in phrase.entries("words", MOST_WORDS):
        entry.drift.note_new(entry.item, _WORD_MEMBERS, entry.path)
        place = place_of(run, entry)
        if place is None:
            entry.lost("no place on the clock")
            continue
        yield Word(entry.text("word"), *place, entry.between("confidence", 0, 1))
