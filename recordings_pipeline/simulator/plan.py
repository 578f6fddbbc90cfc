"""One call's sound, planned but not rendered: who says what, when, and what else is heard."""

from dataclasses import dataclass

import numpy as np

from recordings_pipeline.simulator.script import AGENT, Line, dialogue, script
from recordings_pipeline.simulator.voices import RATE, Spoken, spoken, voices_of

EXTERNAL, INTERNAL = 0, 1
PHRASE_PAUSE_MS = 600
PHRASE_WORDS = 24


@dataclass(frozen=True, slots=True)
class Clip:
    """Something heard from sample ``at`` on: speech, ``ring`` or ``music``."""

    channel: int
    at: int
    length: int
    speech: Spoken | None
    sound: str = "speech"


@dataclass(frozen=True, slots=True)
class Word:
    """One word; milliseconds from the start of the recording."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class PhraseTruth:
    """What one side said without a long pause."""

    side: str
    words: tuple[Word, ...]
    decorated: str

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms


@dataclass(frozen=True, slots=True)
class Plan:
    """A recording before it is rendered.

    Attributes:
        phrases: Ordered by start.
        ivr_until_ms: End of the machine's part; 0 without one.
        agent_from_ms: When the first agent answers.
        transfer_at_ms: When the second agent takes over; None without a transfer.
    """

    clips: tuple[Clip, ...]
    phrases: tuple[PhraseTruth, ...]
    length: int
    ivr_until_ms: int
    agent_from_ms: int
    transfer_at_ms: int | None

    @property
    def duration_ms(self) -> int:
        return self.length * 1000 // RATE


def plan_call(rng: np.random.Generator, *, has_ivr: bool, is_transferred: bool) -> Plan:
    """Plan a call of about 15 to 100 seconds."""
    writer = _Writer(rng)
    ivr_until = writer.greet() if has_ivr else 0
    agent_from = writer.ring()
    lines = script(rng, middle_turns=int(rng.integers(0, 6)) + 6 * int(rng.random() < 0.25))
    half = len(lines) // 2 if is_transferred else len(lines)
    writer.talk(lines[:half])
    transfer_at = writer.hand_over() if is_transferred else None
    writer.talk(lines[half:])
    return Plan(
        clips=tuple(writer.clips),
        phrases=tuple(sorted(writer.phrases, key=lambda phrase: phrase.start_ms)),
        length=writer.at + RATE,
        ivr_until_ms=_ms(ivr_until),
        agent_from_ms=_ms(agent_from),
        transfer_at_ms=None if transfer_at is None else _ms(transfer_at),
    )


class _Writer:
    """Lays clips and phrases along one clock, counted in samples."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._agents = [str(name) for name in rng.permutation(voices_of("A"))]
        self._customer = str(rng.choice(voices_of("C")))
        self.at = RATE // 2
        self.clips: list[Clip] = []
        self.phrases: list[PhraseTruth] = []

    def greet(self) -> int:
        """Let the machine say its welcome, then play music; return where it ends."""
        machine = voices_of("I")[0]
        self._say(machine, INTERNAL, [(dialogue()["ivr"][0], "")])
        self._sound("music", self._rng.uniform(1, 4))
        return self.at

    def ring(self) -> int:
        self._sound("ring", 1.5)
        return self.at

    def hand_over(self) -> int:
        """Play hold music until another agent answers; return where that is."""
        self._sound("music", self._rng.uniform(2, 4))
        self._agents.append(self._agents.pop(0))
        return self.at

    def talk(self, lines: list[Line]) -> None:
        for line in lines:
            is_agent = line.speaker == AGENT
            voice = self._agents[0] if is_agent else self._customer
            pieces = [(fragment.text, fragment.mark) for fragment in line.fragments]
            self._say(voice, INTERNAL if is_agent else EXTERNAL, pieces)
            # The floor changes hands after 0.3 s, give or take, sometimes before the end.
            gap_s = float(np.clip(self._rng.normal(0.3, 0.3), -0.3, 1.5))
            self.at += int(gap_s * RATE)

    def _sound(self, name: str, seconds: float) -> None:
        length = int(seconds * RATE)
        self.clips.append(Clip(INTERNAL, self.at, length, None, name))
        self.at += length + RATE // 4

    def _say(self, voice: str, channel: int, pieces: list[tuple[str, str]]) -> None:
        words: list[Word] = []
        decorated: list[str] = []
        for text, mark in pieces:
            speech = spoken(voice, text)
            self.clips.append(Clip(channel, self.at, speech.length, speech))
            start_ms = _ms(self.at)
            words += [self._word(start_ms, *word) for word in speech.words]
            decorated.append(text + mark)
            self.at += speech.length + int(self._rng.uniform(0.05, 0.2) * RATE)
        side = "external" if channel == EXTERNAL else "internal"
        self.phrases += _phrases(side, words, " ".join(decorated))

    def _word(self, start_ms: int, text: str, first_ms: int, last_ms: int) -> Word:
        confidence = round(float(self._rng.beta(14, 2.2)), 4)
        return Word(text.lower(), start_ms + first_ms, start_ms + last_ms, confidence)


def _phrases(side: str, words: list[Word], decorated: str) -> list[PhraseTruth]:
    """Cut a turn into phrases, as an engine does: at pauses, and when they get long."""
    groups: list[list[Word]] = [[]]
    for word in words:
        last = groups[-1]
        is_late = bool(last) and word.start_ms - last[-1].end_ms > PHRASE_PAUSE_MS
        if is_late or len(last) >= PHRASE_WORDS:
            groups.append([])
        groups[-1].append(word)
    whole = len(groups) == 1
    return [
        PhraseTruth(side, tuple(group), decorated if whole else _joined(group))
        for group in groups
        if group
    ]


def _joined(group: list[Word]) -> str:
    return " ".join(word.text for word in group)


def _ms(sample: int) -> int:
    return sample * 1000 // RATE
