"""One recording's sound, planned but not rendered: who says what, when, and what else is heard."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from recordings_pipeline.simulator.ids import generator
from recordings_pipeline.simulator.languages import translated
from recordings_pipeline.simulator.script import AGENT, Line, dialogue, lines_of
from recordings_pipeline.simulator.timeline import IVR, PAUSE, QUEUE, TALK, VOICEMAIL, Phase
from recordings_pipeline.simulator.traits import has
from recordings_pipeline.simulator.voices import RATE, Spoken, spoken, voices_of

EXTERNAL, INTERNAL = 0, 1
CUSTOMER, MACHINE = "customer", "ivr"
PHRASE_PAUSE_MS = 600
PHRASE_WORDS = 24
CACHED_PLANS = 512
# After so many lines that were too long, what is left of a phase stays silent.
_MISSES = 8
# How often somebody cuts in, or murmurs during a line that is long.
_CROSSTALK, _LONG, _MURMUR = 0.4, 3 * RATE, "Mm hmm."
_PER_MS = RATE // 1000


@dataclass(frozen=True, slots=True)
class Score:
    """What a plan is made from; equal scores make equal plans.

    Attributes:
        seed: The world's.
        key: What is recorded: day, number of the call, name of the recording.
        bits: The call's traits.
        phases: Its course, from the recording's start to its end.
    """

    seed: int
    key: tuple[date, int, str]
    bits: int
    phases: tuple[Phase, ...]

    @property
    def length_ms(self) -> int:
        return self.phases[-1].end_ms


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
    """What one speaker said without a long pause.

    Attributes:
        speaker: `CUSTOMER`, `MACHINE`, or the number of the call's agent as text.
    """

    side: str
    speaker: str
    words: tuple[Word, ...]
    decorated: str

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Plan:
    """A recording before it is rendered.

    Attributes:
        clips: In the order they were laid down; they may overlap.
        phrases: Ordered by start.
        length: Samples.
    """

    clips: tuple[Clip, ...]
    phrases: tuple[PhraseTruth, ...]
    length: int

    @property
    def duration_ms(self) -> int:
        return self.length // _PER_MS


@lru_cache(maxsize=CACHED_PLANS)
def plan_of(score: Score) -> Plan:
    """Plan a recording: lines of talk fill its phases as far as they fit."""
    writer = _Writer(score, generator(score.seed, *score.key, "plan"))
    for phase in score.phases:
        writer.fill(phase)
    return Plan(
        clips=tuple(writer.clips),
        phrases=tuple(sorted(writer.phrases, key=lambda phrase: phrase.start_ms)),
        length=score.length_ms * _PER_MS,
    )


class _Writer:
    """Lays clips and phrases along one clock, counted in samples."""

    def __init__(self, score: Score, rng: np.random.Generator) -> None:
        self._rng = rng
        self._bits = score.bits
        self._agents = [str(name) for name in rng.permutation(voices_of("A"))]
        self._customer = str(rng.choice(voices_of("C")))
        self._lines = lines_of(rng)
        self._at = 0
        self._has_crosstalk = has(score.bits, "crosstalk")
        # Where the last line of each channel ended.
        self._ends = [0, 0]
        self.clips: list[Clip] = []
        self.phrases: list[PhraseTruth] = []

    def fill(self, phase: Phase) -> None:
        """Fill one phase; nothing in it reaches beyond its end."""
        self._at = max(self._at, phase.start_ms * _PER_MS + RATE // 8)
        end = phase.end_ms * _PER_MS
        if phase.kind == IVR:
            self._say(MACHINE, voices_of("I")[0], [(dialogue()["ivr"][0], "")], end)
        if phase.kind == VOICEMAIL:
            self._sound("ring", self._at + RATE)
        if phase.kind in (TALK, VOICEMAIL):
            self._talk(phase.agents, end)
        elif phase.kind != PAUSE:
            self._sound("ring" if phase.kind == QUEUE else "music", end)

    def _talk(self, agents: tuple[int, ...], end: int) -> None:
        """Let the lines follow each other, short ones when long ones do not fit any more."""
        turn = misses = 0
        for line in self._lines:
            if misses == _MISSES:
                return
            speaker = CUSTOMER
            if line.speaker == AGENT and agents:
                speaker = str(agents[turn % len(agents)])
                turn += 1
            if line.speaker == AGENT and not agents:
                continue
            if self._has_crosstalk:
                self._at = max(self._at, self._ends[_channel(speaker)])
            first = self._at
            if not self._say(speaker, self._voice(speaker), _pieces(line), end):
                misses += 1
                continue
            if self._has_crosstalk:
                listeners = [CUSTOMER] if speaker != CUSTOMER else [str(one) for one in agents[:1]]
                self._murmur(listeners, first)
            # The floor changes hands after 0.3 s, give or take, sometimes before the end.
            gap_s = float(np.clip(self._rng.normal(0.3, 0.3), -0.3, 1.5))
            self._at += self._cut_in(first) or int(gap_s * RATE)

    def _murmur(self, listeners: list[str], first: int) -> None:
        """Let who listens to a long line murmur amid it, now and then, and take no floor."""
        last = max(self._at, *self._ends)
        at = first + int((last - first) * self._rng.uniform(0.35, 0.6))
        is_long, wants = last - first >= _LONG, self._rng.random() < _CROSSTALK
        for listener in listeners if is_long and wants else ():
            if self._ends[_channel(listener)] <= at:
                self._at = at
                self._say(listener, self._voice(listener), [(_MURMUR, "")], last)
        self._at = last

    def _cut_in(self, first: int) -> int:
        """Return how much earlier than a line's end the next one begins, now and then; else 0."""
        if not self._has_crosstalk or self._rng.random() >= _CROSSTALK:
            return 0
        # Some 0.15 s of it is the silence that ends a line.
        return -min(int(self._rng.uniform(0.6, 1.0) * RATE), (self._at - first) // 2)

    def _voice(self, speaker: str) -> str:
        if speaker == CUSTOMER:
            return self._customer
        return self._agents[int(speaker) % len(self._agents)]

    def _sound(self, name: str, end: int) -> None:
        length = end - RATE // 8 - self._at
        if length > 0:
            self.clips.append(Clip(INTERNAL, self._at, length, None, name))
            self._at += length

    def _say(self, speaker: str, voice: str, pieces: list[tuple[str, str]], end: int) -> bool:
        """Say a line if it ends in time; say whether it was said."""
        fragments = [spoken(voice, text) for text, _ in pieces]
        gaps = [int(gap * RATE) for gap in self._rng.uniform(0.05, 0.2, len(pieces))]
        if self._at + sum(f.length for f in fragments) + sum(gaps) > end:
            return False
        channel = _channel(speaker)
        words: list[Word] = []
        for fragment, gap in zip(fragments, gaps, strict=True):
            self.clips.append(Clip(channel, self._at, fragment.length, fragment))
            words += self._words(fragment)
            self._at += fragment.length + gap
        self._ends[channel] = self._at
        decorated = " ".join(text + mark for text, mark in pieces)
        self.phrases += self._phrases(speaker, words, decorated)
        return True

    def _words(self, fragment: Spoken) -> Iterator[Word]:
        begins_ms = self._at // _PER_MS
        confidences = self._rng.beta(14, 2.2, len(fragment.words)).round(4).tolist()
        for (text, first_ms, last_ms), confidence in zip(fragment.words, confidences, strict=True):
            yield Word(text.lower(), begins_ms + first_ms, begins_ms + last_ms, confidence)

    def _phrases(self, speaker: str, words: list[Word], decorated: str) -> Iterator[PhraseTruth]:
        """Cut a line into phrases, as an engine does: at pauses, and when they get long."""
        side = "external" if speaker == CUSTOMER else "internal"
        groups: list[list[Word]] = [[]]
        for word in words:
            last = groups[-1]
            is_late = bool(last) and word.start_ms - last[-1].end_ms > PHRASE_PAUSE_MS
            if is_late or len(last) >= PHRASE_WORDS:
                groups.append([])
            groups[-1].append(word)
        for group in groups:
            texts = translated([word.text for word in group], self._bits, self._rng)
            changed = [
                Word(text, word.start_ms, word.end_ms, word.confidence)
                for text, word in zip(texts, group, strict=True)
            ]
            is_plain = len(groups) == 1 and texts == [word.text for word in group]
            written = decorated if is_plain else " ".join(texts)
            yield PhraseTruth(side, speaker, tuple(changed), written)


def _channel(speaker: str) -> int:
    return EXTERNAL if speaker == CUSTOMER else INTERNAL


def _pieces(line: Line) -> list[tuple[str, str]]:
    return [(fragment.text, fragment.mark) for fragment in line.fragments]
