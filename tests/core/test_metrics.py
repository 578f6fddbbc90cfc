"""What talk adds up to: every definition next to the same one, frame by frame."""

from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings_pipeline.core.metrics import Talk, TalkMetrics, talk_metrics
from recordings_pipeline.core.spans import Span, union

FRAME_MS, FRAMES = 10, 2_000
Mask = npt.NDArray[np.bool_]


def ms(*seconds: tuple[float, float]) -> list[Span]:
    return [(round(start * 1_000), round(end * 1_000)) for start, end in seconds]


def mask(spans: Sequence[Span]) -> Mask:
    found = np.zeros(FRAMES, bool)
    for start, end in spans:
        found[start // FRAME_MS : end // FRAME_MS] = True
    return found


def runs(found: Mask, least_ms: int = 0) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.pad(found, 1).astype(np.int8))).reshape(-1, 2)
    return [
        (s * FRAME_MS, e * FRAME_MS) for s, e in edges.tolist() if (e - s) * FRAME_MS >= least_ms
    ]


def by_frames(talk: Talk) -> TalkMetrics:
    """Measure with masks of 10 ms, as plainly as possible."""
    hold = mask(talk.holds)
    waits = hold | mask(talk.waits)
    a, c, m = (mask(s) & ~hold for s in (talk.agent, talk.customer, talk.machines))
    over = runs(a & c, 300)
    heard = np.flatnonzero(a | c)
    inner = np.zeros(FRAMES, bool)
    if len(heard):
        inner[heard[0] : heard[-1] + 1] = True
    silences = runs(inner & ~(a | c | m | waits), 3_000)
    sides = {"agent": (a, c), "customer": (c, a)}
    counts = {who: floors(own, other) for who, (own, other) in sides.items()}
    changes = switches(counts["agent"][2], counts["customer"][2], waits)
    minutes = int((inner & ~waits).sum()) * FRAME_MS / 60_000
    gaps = {who: [g for w, g in changes if w == who and g is not None] for who in sides}
    agent_ms, customer_ms, ivr_ms = (int(side.sum()) * FRAME_MS for side in (a, c, m))
    return TalkMetrics(
        agent_talk_ms=agent_ms,
        customer_talk_ms=customer_ms,
        ivr_talk_ms=ivr_ms,
        agent_talk_ratio=(
            round(agent_ms / (agent_ms + customer_ms), 4) if agent_ms + customer_ms else None
        ),
        overtalk_ms=sum(e - s for s, e in over),
        overtalk_count=len(over),
        silence_ms=sum(e - s for s, e in silences) if len(heard) else None,
        silence_count=len(silences) if len(heard) else None,
        longest_agent_monologue_ms=monologue(a, c, hold),
        longest_customer_monologue_ms=monologue(c, a, hold),
        agent_interruption_count=counts["agent"][0],
        customer_interruption_count=counts["customer"][0],
        agent_backchannel_count=counts["agent"][1],
        customer_backchannel_count=counts["customer"][1],
        agent_response_ms=round(median(gaps["agent"])) if gaps["agent"] else None,
        customer_response_ms=round(median(gaps["customer"])) if gaps["customer"] else None,
        speaker_switches_per_minute=round(len(changes) / minutes, 2) if minutes else None,
    )


def monologue(own: Mask, other: Mask, hold: Mask) -> int | None:
    ends = mask(runs(other, 1_010)) | hold
    held = own & ~ends
    for start, end in runs(~held & ~ends):
        s, e = start // FRAME_MS, end // FRAME_MS
        if s > 0 and e < FRAMES and held[s - 1] and held[e] and end - start <= 1_500:
            held[s:e] = True
    return max((end - start for start, end in runs(held)), default=None)


def floors(own: Mask, other: Mask) -> tuple[int, int, list[Span]]:
    """Return interruptions, backchannels, and the bursts that are none."""
    interruptions = backchannels = 0
    kept = []
    for start, end in runs(own):
        s, e = start // FRAME_MS, end // FRAME_MS
        if end - start <= 1_000 and other[s:e].all():
            backchannels += 1
            continue
        kept.append((start, end))
        has_listened = s >= 50 and bool(other[s - 50 : s + 30].all()) and s + 30 <= FRAMES
        interruptions += has_listened and not other[s:e].all() and not goes_beyond(other, s, e)
    return interruptions, backchannels, kept


def goes_beyond(other: Mask, s: int, e: int) -> bool:
    """Say whether the burst of the other side at a frame lasts to the end of this one."""
    silent = np.flatnonzero(~other[s:])
    return len(silent) == 0 or s + int(silent[0]) >= e


def switches(agent: list[Span], customer: list[Span], waits: Mask) -> list[tuple[str, int | None]]:
    bursts = sorted([(*s, "agent") for s in agent] + [(*s, "customer") for s in customer])
    found: list[tuple[str, int | None]] = []
    for number, (start, _, who) in enumerate(bursts[1:], 1):
        if bursts[number - 1][2] != who:
            before = max(end for _, end, _ in bursts[:number])
            waited = waits[before // FRAME_MS : max(start, before) // FRAME_MS].any()
            gap = start - before
            found.append((who, gap if 0 <= gap < 3_000 and not waited else None))
    return found


edges = st.integers(min_value=0, max_value=FRAMES - 1)
lengths = st.sampled_from([1, 10, 29, 30, 31, 49, 50, 51, 80, 100, 101, 150, 151, 300, 301, 600])


def spans_of(most: int) -> st.SearchStrategy[list[Span]]:
    one = st.builds(
        lambda start, length: (start * FRAME_MS, min(start + length, FRAMES - 1) * FRAME_MS),
        edges, lengths,
    )  # fmt: skip
    return st.lists(one, max_size=most).map(union)


talks = st.builds(Talk, spans_of(14), spans_of(14), spans_of(2), spans_of(2), spans_of(2))


@settings(max_examples=400, deadline=None)
@given(talks)
def test_spans_measure_what_frames_measure(talk: Talk) -> None:
    assert talk_metrics(talk) == by_frames(talk)


@pytest.mark.parametrize(
    ("agent", "customer", "expected"),
    [
        (ms((0, 10)), ms((4, 4.9)), {"customer_backchannel_count": 1}),
        (ms((0, 10)), ms((4, 4.9)), {"longest_agent_monologue_ms": 10_000}),
        (ms((0, 10)), ms((4, 4.9)), {"customer_interruption_count": 0}),
        (ms((0, 5)), ms((4, 8)), {"customer_interruption_count": 1, "overtalk_ms": 1_000}),
        (ms((0, 5)), ms((4.8, 8)), {"customer_interruption_count": 0, "overtalk_count": 0}),
        (ms((0, 5)), ms((4.7, 8)), {"customer_interruption_count": 1, "overtalk_count": 1}),
        (ms((3.5, 5)), ms((4, 8)), {"customer_interruption_count": 1}),
        (ms((3.6, 5)), ms((4, 8)), {"customer_interruption_count": 0}),
        (ms((0, 5)), ms((5.4, 8)), {"customer_response_ms": 400, "agent_response_ms": None}),
        (ms((0, 5)), ms((9, 10)), {"customer_response_ms": None, "silence_ms": 4_000}),
        (ms((0, 2), (3.5, 5)), [], {"longest_agent_monologue_ms": 5_000}),
        (ms((0, 2), (3.6, 5)), [], {"longest_agent_monologue_ms": 2_000}),
        (ms((0, 3)), ms((3, 4)), {"agent_talk_ratio": 0.75}),
        ([], [], {"agent_talk_ms": 0, "silence_ms": None, "agent_talk_ratio": None}),
    ],
)
def test_definitions_by_example(
    agent: list[Span], customer: list[Span], expected: dict[str, object]
) -> None:
    found = talk_metrics(Talk(agent, customer))

    assert {name: getattr(found, name) for name in expected} == expected


def test_a_hold_is_neither_talk_nor_silence_and_ends_a_monologue() -> None:
    found = talk_metrics(Talk(ms((0, 6), (8, 12)), [], holds=ms((5, 9))))

    assert found.agent_talk_ms == 8_000
    assert found.silence_ms == 0
    assert found.longest_agent_monologue_ms == 5_000


def test_a_machine_ends_silence_and_a_queue_is_none() -> None:
    talk = Talk(ms((10, 11)), ms((0, 1)), machines=ms((3, 5)))

    assert talk_metrics(talk).silence_ms == 5_000
    assert talk_metrics(Talk(talk.agent, talk.customer, waits=ms((1, 10)))).silence_ms == 0
