"""Who really spoke: the platform says only ``internal`` or ``external`` for each phrase."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recordings_pipeline.core.presence import Presence, Voice, Windows, presence_of
from recordings_pipeline.core.spans import Span
from recordings_pipeline.core.speech import Phrase, Speaker, Stretch, Transcript

# Clocks of media and of analytics differ by some tenths of a second. Where nobody else is on the
# line, a voice is believed this long before it comes and after it goes.
SLACK_MS = 250

SpeakerAt = Callable[[str, int], Speaker]
_Edges = tuple[list[int], list[Speaker]]
_Present = frozenset[Voice]
_NOBODY: _Present = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """Who is on each side of a leg at any instant; each side's instants are sorted."""

    internal: _Edges
    external: _Edges

    def speaker(self, side: str, epoch_ms: int) -> Speaker:
        """Return who speaks on a side at an instant."""
        edges, speakers = self.internal if side == "internal" else self.external
        return speakers[bisect_right(edges, epoch_ms)]

    def speakers(self, phrases: Sequence[Phrase], clock: int) -> list[Speaker]:
        """Return who speaks in the middle of each phrase: without calls, as there are millions."""
        (inside, insiders), (outside, outsiders) = self.internal, self.external
        clock *= 2
        return [
            insiders[bisect_right(inside, (clock + phrase.start_ms + phrase.end_ms) // 2)]
            if phrase.side == "internal"
            else outsiders[bisect_right(outside, (clock + phrase.start_ms + phrase.end_ms) // 2)]
            for phrase in phrases
        ]


def speakers_of(transcript: Transcript, stretches: Sequence[Stretch]) -> list[Speaker]:
    """Return who spoke each phrase of a transcript, in its order.

    A phrase belongs to whoever is on its side of the line in its middle: there, clocks that differ
    by half a phrase do no harm. The instant is the recording's own start and the phrase's offset,
    whatever the clock of its recognition run says, so that all recordings of a call lie on one.

    - Several agents at once stay ambiguous, with those who could be meant.
    - Nobody at that instant leaves the bare side: an announcement during a hold is nobody's.
    - Without a clock, or with one on which the whole transcript lies beside everybody's windows,
      any voice of the side may have spoken: one alone is it, several are ambiguous.
    - The side is taken from the file, also for a mono recording, of which the platform hears the
      two streams before they are mixed, and where only one side ever speaks: neither a silent
      customer nor a voicemail makes the other side's words ambiguous.
    - The external side is the customer, but in a consult, where both sides are agents and nothing
      tells which is which.

    Args:
        transcript: One recording's.
        stretches: Those of its conversation; none if nobody knows.
    """
    phrases = transcript.phrases
    first = min([phrase.start_ms for phrase in phrases], default=0)
    line, clock = _line_and_clock(
        presence_of(transcript.communication_id, transcript.participants, stretches),
        transcript.start_epoch_ms,
        (first, max([phrase.end_ms for phrase in phrases], default=first)),
    )
    return line.speakers(phrases, clock)


def hearing(presence: Presence, start_epoch_ms: int | None, extent: Span) -> SpeakerAt:
    """Return who speaks on a side at a millisecond of a recording, as a function of both.

    Args:
        presence: Who may be heard in it.
        start_epoch_ms: When it began; None when nobody knows.
        extent: Its first and last millisecond with speech.
    """
    line, clock = _line_and_clock(presence, start_epoch_ms, extent)
    return lambda side, at_ms: line.speaker(side, clock + at_ms)


def _line_and_clock(
    presence: Presence, start_epoch_ms: int | None, extent: Span
) -> tuple[Line, int]:
    """Return the line of a recording, and what has to be added to its milliseconds there."""
    if start_epoch_ms is None or _is_beside(start_epoch_ms, extent, presence):
        return _whole(presence), 0
    return line_of(presence), start_epoch_ms


def line_of(presence: Presence) -> Line:
    """Lay the windows of each side along the clock, one sweep over their sorted edges."""
    return Line(_edges(presence.internal, "internal"), _edges(presence.external, "external"))


def _whole(presence: Presence) -> Line:
    """Return a line on which everybody is always there."""
    sides = (presence.internal, "internal"), (presence.external, "external")
    voices = [(frozenset(v for v, w in windows.items() if w), side) for windows, side in sides]
    internal, external = (_speaker(present, side) for present, side in voices)
    return Line(([], [internal]), ([], [external]))


def _is_beside(clock: int, extent: Span, presence: Presence) -> bool:
    """Say whether a clock cannot be right: all speech lies beside everybody's windows."""
    sides = (presence.internal, presence.external if presence.is_consult else {})
    spans = [span for side in sides for windows in side.values() for span in windows]
    if not spans:
        return False
    begins, ends = min(start for start, _ in spans), max(end for _, end in spans)
    return clock + extent[1] < begins or clock + extent[0] > ends


def _edges(windows: Windows, side: str) -> _Edges:
    """Return the instants at which somebody comes or goes, and who may speak between them.

    The first speaker is that of the time before the first instant.
    """
    moves = [
        (at, is_coming, voice)
        for voice, spans in windows.items()
        for span in spans
        for at, is_coming in zip(span, (True, False), strict=True)
    ]
    present: set[Voice] = set()
    steps: list[tuple[int, _Present]] = []
    for at, is_coming, voice in sorted(moves, key=lambda move: move[0]):
        (present.add if is_coming else present.discard)(voice)
        if steps and steps[-1][0] == at:
            steps.pop()
        steps.append((at, frozenset(present)))
    known: dict[_Present, Speaker] = {}
    edges, speakers = list[int](), [_speaker(_NOBODY, side)]
    for at, voices in _with_slack(steps):
        edges.append(at)
        if voices not in known:
            known[voices] = _speaker(voices, side)
        speakers.append(known[voices])
    return edges, speakers


def _with_slack(steps: Sequence[tuple[int, _Present]]) -> Iterator[tuple[int, _Present]]:
    """Let voices reach into the empty time beside them, up to its middle at most."""
    instants = [at for at, _ in steps]
    befores = [(instants[0] - 2 * SLACK_MS, _NOBODY), *steps] if steps else []
    afters = [*instants[1:], *(at + 2 * SLACK_MS for at in instants[-1:])]
    for (at, voices), (since, before), until in zip(steps, befores, afters, strict=False):
        if not before:
            yield max(at - SLACK_MS, (since + at) // 2), voices
        elif not voices:
            yield min(at + SLACK_MS, (at + until) // 2), voices
        else:
            yield at, voices


def _speaker(voices: _Present, side: str) -> Speaker:
    if not voices:
        return Speaker(side if side == "internal" else "customer", None, is_ambiguous=False)
    roles = {role for role, _ in voices}
    role = next(iter(roles)) if len(roles) == 1 else side
    if len(voices) == 1:
        return Speaker(role, next(iter(voices))[1], is_ambiguous=False)
    candidates = tuple(sorted(user_id for _, user_id in voices if user_id is not None))
    return Speaker(role, None, is_ambiguous=True, candidates=candidates)
