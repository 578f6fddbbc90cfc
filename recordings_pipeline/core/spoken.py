"""One conversation as exports and pictures need it: who said what, on which recording, and when.

Two clocks: a recording's own, on which its phrases, turns and events count, and the conversation's,
which begins with its first recording. `SpokenConversation.offset_ms` leads from one to the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from recordings_pipeline.core.speech import Phrase, Speaker, SpeechEvent, Turn

TRANSCRIPT, AUDIO = "transcript", "audio"
INTERNAL, EXTERNAL = "internal", "external"
_MILLISECOND = timedelta(milliseconds=1)
# Where nobody listened: the platform's help on recording policies has the external side first.
_USUAL_SIDES = (EXTERNAL, INTERNAL)


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase, and who said it."""

    phrase: Phrase
    speaker: Speaker

    @property
    def text(self) -> str:
        """The words with punctuation where the engine set any."""
        return self.phrase.decorated_text or self.phrase.text


@dataclass(frozen=True, slots=True)
class SoundFile:
    """An audio file of a recording; a recording may have several, one after the other.

    Attributes:
        path: Relative to the data directory.
        container: ``wav``, ``ogg``, …; empty when unknown.
        channels: None when unknown.
        duration_ms: None when the file does not say.
        sha256: 64 lower-case hex digits.
    """

    number: int
    path: str
    container: str
    channels: int | None
    duration_ms: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class SpokenRecording:
    """What was kept and understood of one recording.

    Attributes:
        start: When it began; the conversation's start if nothing says it.
        files: In order; empty when there is no audio.
        said: Ordered by start.
        turns: By source, ``transcript`` or ``audio``; each ordered by start.
        events: Ordered by start.
        sides: The side on each channel; empty when nobody listened, None for both sides mixed.
        activity: Where somebody speaks: channel from 0, start and end.
    """

    id: str
    communication_id: str | None
    start: datetime
    files: tuple[SoundFile, ...] = ()
    said: tuple[Said, ...] = ()
    turns: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict)
    events: tuple[SpeechEvent, ...] = ()
    sides: tuple[str | None, ...] = ()
    activity: tuple[tuple[int, int, int], ...] = ()

    @property
    def length_ms(self) -> int:
        """Length by the audio, or to the end of what is known to be in it."""
        sound_ms = sum(file.duration_ms or 0 for file in self.files)
        ends = [said.phrase.end_ms for said in self.said]
        ends += [turn.end_ms for turns in self.turns.values() for turn in turns]
        return sound_ms or max(ends, default=0)

    @property
    def is_mono(self) -> bool:
        """Whether all voices are on one channel."""
        return bool(self.files) and self.files[0].channels == 1

    def turns_by(self, source: str | None) -> tuple[Turn, ...]:
        """Return the turns of a source; without one those of the transcript, or of the audio."""
        if source is not None:
            return self.turns.get(source, ())
        return self.turns.get(TRANSCRIPT) or self.turns.get(AUDIO, ())

    def channel_of(self, side: str) -> int:
        """Return the channel, from 0, on which a side is heard."""
        if self.is_mono:
            return 0
        sides = self.sides or _USUAL_SIDES
        return sides.index(side) if side in sides else 0

    def side_of(self, channel: int) -> str | None:
        """Return the side that is heard on a channel; None for both, or for nobody."""
        sides = (None,) if self.is_mono else self.sides or _USUAL_SIDES
        return sides[channel] if channel < len(sides) else None


@dataclass(frozen=True, slots=True)
class SpokenConversation:
    """A conversation with recordings.

    Attributes:
        start: None when the index does not know it.
        direction: ``inbound`` or ``outbound``; None when unknown.
        names: What people are called, by user id.
        recordings: Ordered by start; only one when a single recording was asked for.
    """

    id: str
    day: str
    start: datetime | None
    direction: str | None
    queue_name: str | None
    ani: str | None
    dnis: str | None
    names: Mapping[str, str]
    recordings: tuple[SpokenRecording, ...]

    def offset_ms(self, recording: SpokenRecording) -> int:
        """Return how much later than the first recording this one began."""
        first = min(other.start for other in self.recordings)
        return (recording.start - first) // _MILLISECOND
