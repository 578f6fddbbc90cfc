"""What two sides' speech adds up to. Unknown is None, never zero.

The definitions are those of the tools analysts know; each names the one it follows. Spans are
milliseconds of one clock, sorted and disjoint; a *burst* is one of them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from recordings_pipeline.core.spans import (
    Span,
    at_least,
    difference,
    intersection,
    length,
    union,
)

# Shorter gaps are ordinary changes of the floor (non-talk of Amazon Transcribe Call Analytics has
# such a limit; Google's CCAI counts from 5 s).
SILENCE_MS = 3_000
# Shorter overlaps are two boundaries that were drawn a little wide.
OVERTALK_MS = 300
# "Mm hmm" takes no floor.
BACKCHANNEL_MS = 1_000
# Pauses inside Gong's longest monologue.
MONOLOGUE_PAUSE_MS = 1_500
# Who is interrupted has been talking for this long, and goes on for that long: otherwise the floor
# just changed hands. The second limit halves the errors of what is told from audio.
INTERRUPTED_MS, INTERRUPTION_MS = 500, 300
MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation's speech on one clock.

    Attributes:
        machines: Speech of IVR, voicemail and bots.
        holds: When the customer was on hold.
        waits: When the customer waited: on hold, in a queue, in a secure pause.
    """

    agent: Sequence[Span]
    customer: Sequence[Span]
    machines: Sequence[Span] = ()
    holds: Sequence[Span] = ()
    waits: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class TalkMetrics:
    """What a conversation's talk adds up to; the columns of the same names say more."""

    agent_talk_ms: int | None = None
    customer_talk_ms: int | None = None
    ivr_talk_ms: int | None = None
    agent_talk_ratio: float | None = None
    overtalk_ms: int | None = None
    overtalk_count: int | None = None
    silence_ms: int | None = None
    silence_count: int | None = None
    longest_agent_monologue_ms: int | None = None
    longest_customer_monologue_ms: int | None = None
    agent_interruption_count: int | None = None
    customer_interruption_count: int | None = None
    agent_backchannel_count: int | None = None
    customer_backchannel_count: int | None = None
    agent_response_ms: int | None = None
    customer_response_ms: int | None = None
    speaker_switches_per_minute: float | None = None


def talk_metrics(talk: Talk) -> TalkMetrics:
    """Measure a talk; speech while the customer is on hold is not said to them, and left out."""
    agent, customer = difference(talk.agent, talk.holds), difference(talk.customer, talk.holds)
    machines = difference(talk.machines, talk.holds)
    waits = union([*talk.holds, *talk.waits])
    agent_ms, customer_ms = length(agent), length(customer)
    over = at_least(intersection(agent, customer), OVERTALK_MS)
    silences = _silences(agent, customer, machines, waits)
    responses = {"agent": list[int](), "customer": list[int]()}
    switches = 0
    for who, gap_ms in _switches(agent, customer, waits):
        switches += 1
        responses[who] += [] if gap_ms is None else [gap_ms]
    minutes = _talked_ms(agent, customer, waits) / MS_PER_MINUTE
    return TalkMetrics(
        agent_talk_ms=agent_ms,
        customer_talk_ms=customer_ms,
        ivr_talk_ms=length(machines),
        agent_talk_ratio=ratio(agent_ms, agent_ms + customer_ms),
        overtalk_ms=length(over),
        overtalk_count=len(over),
        silence_ms=None if silences is None else length(silences),
        silence_count=None if silences is None else len(silences),
        longest_agent_monologue_ms=longest_monologue_ms(agent, customer, talk.holds),
        longest_customer_monologue_ms=longest_monologue_ms(customer, agent, talk.holds),
        agent_interruption_count=interruption_count(agent, customer),
        customer_interruption_count=interruption_count(customer, agent),
        agent_backchannel_count=len(agent) - len(without_backchannels(agent, customer)),
        customer_backchannel_count=len(customer) - len(without_backchannels(customer, agent)),
        agent_response_ms=_median(responses["agent"]),
        customer_response_ms=_median(responses["customer"]),
        speaker_switches_per_minute=ratio(switches, minutes, digits=2),
    )


def longest_monologue_ms(
    own: Sequence[Span], other: Sequence[Span], holds: Sequence[Span]
) -> int | None:
    """Return the longest time one side held the floor; None when it never spoke.

    Its pauses are bridged, the other side's backchannels do not end it, its bursts and holds do.

    Source: Gong's ``longestMonologue``.
    """
    ends = union([*at_least(other, BACKCHANNEL_MS + 1), *holds])
    starts = [start for start, _ in ends]
    runs: list[Span] = []
    for start, end in difference(own, ends):
        if runs and start - runs[-1][1] <= MONOLOGUE_PAUSE_MS:
            last = bisect_left(starts, start) - 1
            if last < 0 or ends[last][1] <= runs[-1][1]:
                runs[-1] = (runs[-1][0], end)
                continue
        runs.append((start, end))
    return max((end - start for start, end in runs), default=None)


def interruption_count(own: Sequence[Span], other: Sequence[Span]) -> int:
    """Count how often one side came in while the other talked, and made it stop first.

    Source: ``Interruptions`` of Amazon Transcribe Call Analytics, by interrupter.
    """
    found = 0
    for start, end in own:
        burst = _burst_at(other, start)
        if burst is not None:
            had_begun = start - burst[0] >= INTERRUPTED_MS
            found += had_begun and end > burst[1] and burst[1] - start >= INTERRUPTION_MS
    return found


def without_backchannels(own: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Leave out the short bursts of one side that lie within a burst of the other."""
    found = []
    for start, end in own:
        burst = _burst_at(other, start)
        is_within = burst is not None and end <= burst[1]
        if not is_within or end - start > BACKCHANNEL_MS:
            found.append((start, end))
    return found


def ratio(part: float, whole: float, digits: int = 4) -> float | None:
    """Return a rounded share; None of nothing."""
    return round(part / whole, digits) if whole else None


def _silences(
    agent: Sequence[Span], customer: Sequence[Span], machines: Sequence[Span], waits: Sequence[Span]
) -> list[Span] | None:
    """Return when nobody spoke for long, between the first and the last word of the two sides."""
    both = [*agent, *customer]
    if not both:
        return None
    whole = [(min(start for start, _ in both), max(end for _, end in both))]
    quiet = difference(whole, union([*both, *machines]))
    return at_least(difference(quiet, waits), SILENCE_MS)


def _switches(
    agent: Sequence[Span], customer: Sequence[Span], waits: Sequence[Span]
) -> Iterator[tuple[str, int | None]]:
    """Yield who takes the floor, and after which gap; None for an overlap, a silence or a wait.

    Source: gaps at speaker changes, Levinson and Torreira 2015; Gong's patience.
    """
    bursts = [(*span, "agent") for span in without_backchannels(agent, customer)]
    bursts += [(*span, "customer") for span in without_backchannels(customer, agent)]
    last_end, last = 0, ""
    for start, end, who in sorted(bursts):
        if last and who != last:
            is_response = 0 <= start - last_end < SILENCE_MS
            is_response = is_response and not intersection([(last_end, start)], waits)
            yield who, start - last_end if is_response else None
        last_end, last = max(last_end, end) if last else end, who


def _talked_ms(agent: Sequence[Span], customer: Sequence[Span], waits: Sequence[Span]) -> int:
    both = [*agent, *customer]
    if not both:
        return 0
    whole = [(min(start for start, _ in both), max(end for _, end in both))]
    return length(difference(whole, waits))


def _burst_at(spans: Sequence[Span], at: int) -> Span | None:
    found = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return spans[found] if found >= 0 and spans[found][1] > at else None


def _median(values: Sequence[int]) -> int | None:
    return round(median(values)) if values else None
