"""What the turns of a conversation add up to. Unknown is None, never zero."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from recordings_pipeline.core.speech import Turn

Spans = list[tuple[int, int]]
MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class ConversationMetrics:
    """One conversation's talk, in milliseconds of the recordings' clocks.

    Attributes:
        agent_talk_ratio: Agent over agent and customer, 0 to 1; silence is not in it.
        overtalk_ms: Time in which both sides spoke.
        silence_ms: Time between the first and the last word in which nobody spoke.
        longest_agent_turn_ms: The longest single turn of an agent.
        agent_words_per_minute: Words per minute of agent talk.
    """

    turn_count: int
    agent_talk_ms: int | None
    customer_talk_ms: int | None
    ivr_talk_ms: int | None
    agent_talk_ratio: float | None
    overtalk_ms: int | None
    silence_ms: int | None
    longest_agent_turn_ms: int | None
    longest_customer_turn_ms: int | None
    agent_words_per_minute: float | None
    customer_words_per_minute: float | None


def conversation_metrics(communications: Iterable[Sequence[Turn]]) -> ConversationMetrics:
    """Add up the turns of a conversation's communications.

    Each communication has its own clock, so that overtalk and silence are found within one and
    then added; a conversation nobody transcribed yields None everywhere but in the count.
    """
    legs = [list(turns) for turns in communications if turns]
    turns = [turn for leg in legs for turn in leg]
    if not turns:
        return ConversationMetrics(0, *[None] * 10)
    agent = [t for t in turns if _is_agent(t)]
    customer = [t for t in turns if _is_customer(t)]
    agent_ms, customer_ms = _talk_ms(legs, _is_agent), _talk_ms(legs, _is_customer)
    return ConversationMetrics(
        turn_count=len(turns),
        agent_talk_ms=agent_ms,
        customer_talk_ms=customer_ms,
        ivr_talk_ms=_talk_ms(legs, _is_ivr),
        agent_talk_ratio=_ratio(agent_ms, agent_ms + customer_ms),
        overtalk_ms=sum(_overtalk_ms(leg) for leg in legs),
        silence_ms=sum(_silence_ms(leg) for leg in legs),
        longest_agent_turn_ms=_longest_ms(agent),
        longest_customer_turn_ms=_longest_ms(customer),
        agent_words_per_minute=_per_minute(agent, agent_ms),
        customer_words_per_minute=_per_minute(customer, customer_ms),
    )


def covered_ms(spans: Iterable[tuple[int, int]]) -> int:
    """Measure the union of spans: what is covered twice counts once."""
    return sum(end - start for start, end in _merged(spans))


def _is_agent(turn: Turn) -> bool:
    return turn.side == "internal" and not _is_ivr(turn)


def _is_ivr(turn: Turn) -> bool:
    return turn.speaker.role == "ivr"


def _is_customer(turn: Turn) -> bool:
    return turn.side == "external"


def _talk_ms(legs: list[list[Turn]], is_theirs: Callable[[Turn], bool]) -> int:
    return sum(covered_ms(_spans(filter(is_theirs, leg))) for leg in legs)


def _overtalk_ms(leg: list[Turn]) -> int:
    internal = _merged(_spans(t for t in leg if t.side == "internal"))
    external = _merged(_spans(t for t in leg if t.side == "external"))
    return covered_ms(internal) + covered_ms(external) - covered_ms(_spans(leg))


def _silence_ms(leg: list[Turn]) -> int:
    spans = _spans(leg)
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    return last - first - covered_ms(spans)


def _longest_ms(turns: list[Turn]) -> int | None:
    return max((turn.end_ms - turn.start_ms for turn in turns), default=None)


def _per_minute(turns: list[Turn], talk_ms: int) -> float | None:
    words = _ratio(sum(turn.word_count for turn in turns) * MS_PER_MINUTE, talk_ms)
    return None if words is None else round(words, 1)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _spans(turns: Iterable[Turn]) -> Spans:
    return [(turn.start_ms, turn.end_ms) for turn in turns]


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
