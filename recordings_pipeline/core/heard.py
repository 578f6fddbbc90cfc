"""A conversation's speech, gathered from its recordings onto one clock, and what it adds up to."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Any

from recordings_pipeline.core.metrics import MS_PER_MINUTE, Talk, TalkMetrics, ratio, talk_metrics
from recordings_pipeline.core.metrics_schema import CONVERSATION_METRICS
from recordings_pipeline.core.pauses import KINDS
from recordings_pipeline.core.presence import hold_of, waiting_of
from recordings_pipeline.core.purposes import CUSTOMERS, MACHINES
from recordings_pipeline.core.spans import Span, difference, intersection, length, union
from recordings_pipeline.core.speech import Stretch, Turn
from recordings_pipeline.core.standings import Course
from recordings_pipeline.core.turns import joined

# Recordings that follow each other may share a moment when a leg is handed over.
_HANDOVER_MS = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SIDES = {"internal": "agent", "external": "customer"}
TRANSCRIPT, AUDIO = "transcript", "audio"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in one recording.

    Attributes:
        source: `TRANSCRIPT` or `AUDIO`.
        start_epoch_ms: When the recording began; None when nobody knows.
        spoken: Phrases or bursts, each as a turn of its own.
    """

    recording_id: str
    communication_id: str | None
    source: str
    start_epoch_ms: int | None
    spoken: Sequence[Turn]
    is_consult: bool = False


@dataclass(frozen=True, slots=True)
class Noticed:
    """An event of a recording: a sentiment with its value, or a pause.

    Attributes:
        end_ms: None when the source does not say.
    """

    recording_id: str
    kind: str
    side: str | None
    start_ms: int
    end_ms: int | None
    value: float | None


def metrics_row(
    course: Course, recordings: Iterable[Heard], noticed: Iterable[Noticed] = ()
) -> dict[str, Any]:
    """Return a conversation's row of the metrics.

    The transcripts are the source where there is one, else the audio. What is unknown is None:
    where nothing was transcribed or listened to, everything but duration and hold.
    """
    begins = (course.start - _EPOCH) // _MILLISECOND
    ends = None if course.end is None else (course.end - _EPOCH) // _MILLISECOND
    duration = None if ends is None else ends - begins
    last = max([begins, *(s.start_epoch_ms for s in course.stretches)]) if ends is None else ends
    hold = hold_of(course.stretches, last)
    row: dict[str, Any] = {
        **dict.fromkeys(CONVERSATION_METRICS.names()),
        "conversation_id": course.conversation_id,
        "is_transcribed": False,
        "duration_ms": duration,
        "hold_ms": length(hold) if course.stretches else None,
    }
    found = list(recordings)
    source = TRANSCRIPT if any(one.source == TRANSCRIPT for one in found) else AUDIO
    counted = counted_once([one for one in found if one.source == source], course.stretches)
    if not counted:
        return row
    has_clock = all(one.start_epoch_ms is not None for one in counted)
    events = [event for event in noticed if event.recording_id in {h.recording_id for h in counted}]
    talk = _talk(counted, events, hold if has_clock else [], course.stretches, last)
    metrics = talk_metrics(talk)
    first = min((start for start, _ in difference(talk.agent, talk.holds)), default=None)
    return {
        **row,
        "source": source,
        "is_transcribed": source == TRANSCRIPT,
        "turn_count": sum(len(joined(one.spoken)) for one in counted),
        **asdict(metrics),
        **_shares(metrics, duration),
        **_words(counted, talk, metrics),
        "first_agent_speech_ms": first - begins if has_clock and first is not None else None,
        "agent_sentiment": _sentiment(counted, events, "internal", talk.machines),
        "customer_sentiment": _sentiment(counted, events, "external"),
        "pause_ms": length(_pauses(_clocks(counted), events)) or None,
    }


def counted_once(recordings: Sequence[Heard], stretches: Sequence[Stretch]) -> list[Heard]:
    """Choose the recordings in which the talk with the customer is heard once.

    A call may be recorded on several legs, with the same words in each. Of recordings that run at
    the same time one counts: that of the customer's leg, else the longest. A consult is no talk
    with the customer. Where a clock is missing, only one recording counts at all.
    """
    legs = {s.communication_id for s in stretches if s.purpose in CUSTOMERS}
    able = [one for one in recordings if one.spoken and not one.is_consult]
    able.sort(key=lambda h: (h.communication_id not in legs, -_length(_extent(h)), h.recording_id))
    if any(one.start_epoch_ms is None for one in able):
        return able[:1]
    counted: list[Heard] = []
    for one in able:
        extent = _extent(one)
        taken = union(_extent(other) for other in counted)
        shared = length(intersection([extent], taken))
        if shared <= min(_HANDOVER_MS, _length(extent) // 2):
            counted.append(one)
    return counted


def _talk(
    counted: Sequence[Heard],
    events: Sequence[Noticed],
    hold: Sequence[Span],
    stretches: Sequence[Stretch],
    last: int,
) -> Talk:
    clocks = _clocks(counted)
    return Talk(
        agent=_spans(counted, lambda turn: turn.side == "internal" and not _is_machine(turn)),
        customer=_spans(counted, lambda turn: turn.side == "external"),
        machines=_spans(counted, _is_machine),
        holds=hold,
        waits=union([*waiting_of(stretches, last), *_pauses(clocks, events)]),
    )


def _pauses(clocks: Mapping[str, int], events: Iterable[Noticed]) -> list[Span]:
    """Return when the recording was paused, as far as its transcript or metadata tell."""
    return union(
        (clocks[event.recording_id] + event.start_ms, clocks[event.recording_id] + event.end_ms)
        for event in events
        if event.kind in KINDS and event.end_ms is not None
    )


def _clocks(counted: Iterable[Heard]) -> dict[str, int]:
    return {one.recording_id: one.start_epoch_ms or 0 for one in counted}


def _shares(metrics: TalkMetrics, duration: int | None) -> dict[str, float | None]:
    """Return percentages of the whole conversation, as Genesys and Amazon Connect give them."""
    parts = {
        "agent_talk_percent": metrics.agent_talk_ms,
        "customer_talk_percent": metrics.customer_talk_ms,
        "overtalk_percent": metrics.overtalk_ms,
        "silence_percent": metrics.silence_ms,
    }
    return {
        name: None if part is None or duration is None else ratio(100 * part, duration, 2)
        for name, part in parts.items()
    }


def _words(counted: Sequence[Heard], talk: Talk, metrics: TalkMetrics) -> dict[str, Any]:
    """Count each side's words, and per minute of its talk: pauses and holds are in neither.

    Source: ``TalkSpeed`` of Amazon Transcribe Call Analytics.
    """
    if any(one.source == AUDIO for one in counted):
        return {}
    counts = {"agent": 0, "customer": 0}
    for one in counted:
        for turn in one.spoken:
            if not _is_machine(turn) and not _is_in(talk.holds, _middle(one, turn)):
                counts[_SIDES[turn.side]] += turn.word_count or 0
    talks = {"agent": metrics.agent_talk_ms, "customer": metrics.customer_talk_ms}
    rates = {who: ratio(counts[who] * MS_PER_MINUTE, talks[who] or 0, 1) for who in counts}
    return {
        **{f"{who}_word_count": count for who, count in counts.items()},
        **{f"{who}_words_per_minute": rate for who, rate in rates.items()},
    }


def _sentiment(
    counted: Sequence[Heard], events: Iterable[Noticed], side: str, machines: Sequence[Span] = ()
) -> float | None:
    """Average a side's sentiments; what a machine said has none."""
    clocks = _clocks(counted)
    values = [
        event.value
        for event in events
        if event.kind == "sentiment"
        and event.side == side
        and event.value is not None
        and not _is_in(machines, clocks[event.recording_id] + event.start_ms)
    ]
    return round(fmean(values), 4) if values else None


def _spans(counted: Sequence[Heard], is_theirs: Callable[[Turn], bool]) -> list[Span]:
    return union(
        ((one.start_epoch_ms or 0) + turn.start_ms, (one.start_epoch_ms or 0) + turn.end_ms)
        for one in counted
        for turn in one.spoken
        if is_theirs(turn)
    )


def _is_machine(turn: Turn) -> bool:
    return turn.speaker.role in MACHINES


def _middle(one: Heard, turn: Turn) -> int:
    return (one.start_epoch_ms or 0) + (turn.start_ms + turn.end_ms) // 2


def _extent(one: Heard) -> Span:
    start = one.start_epoch_ms or 0
    first = min(turn.start_ms for turn in one.spoken)
    return start + first, start + max(turn.end_ms for turn in one.spoken)


def _length(span: Span) -> int:
    return span[1] - span[0]


def _is_in(spans: Sequence[Span], at: int) -> bool:
    found = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return found >= 0 and at < spans[found][1]
