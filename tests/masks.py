"""What a conversation's talk adds up to, counted by milliseconds of the truth."""

from collections.abc import Iterator
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.timeline import CONSULT, HOLD, PAUSE, QUEUE

Mask = npt.NDArray[np.bool_]
Row = dict[str, Any]
SIDES = {"agent": "internal", "customer": "external"}


def true_metrics(call: Call, recording: Row, *, is_paused: bool) -> Row:
    """Measure the recording of the call itself, by masks of its milliseconds.

    A secure pause is a silence unless its metadata was read: transcripts do not tell of it.
    """
    phrases = recording["phrases"]
    length = max(call.length_ms, *(one["end_ms"] for one in phrases)) + 1
    held, waited = (
        mask(length, ((p.start_ms, p.end_ms) for p in call.phases if p.kind in kinds))
        for kinds in ((HOLD, CONSULT), (HOLD, CONSULT, QUEUE, *[PAUSE] * is_paused))
    )
    said = {who: [one for one in phrases if group(one) == who] for who in (*SIDES, "ivr")}
    talk = {who: mask(length, map(span, found)) & ~held for who, found in said.items()}
    agent, customer = talk["agent"], talk["customer"]
    over = [end - start for start, end in runs(agent & customer) if end - start >= 300]
    quiet = between(agent | customer) & ~(agent | customer | talk["ivr"] | waited)
    silences = [end - start for start, end in runs(quiet) if end - start >= 3_000]
    found: Row = {
        "ivr_talk_ms": int(talk["ivr"].sum()),
        "overtalk_ms": sum(over),
        "overtalk_count": len(over),
        "silence_ms": sum(silences) if (agent | customer).any() else None,
        "silence_count": len(silences) if (agent | customer).any() else None,
        "pause_ms": sum(p.length_ms for p in call.phases if p.kind == PAUSE and is_paused) or None,
    }
    for who, other in (("agent", customer), ("customer", agent)):
        spoken = int(talk[who].sum())
        words = sum(len(one["words"]) for one in said[who] if not held[middle(one)])
        measured: Row = {
            f"{who}_talk_ms": spoken,
            f"{who}_word_count": words,
            f"{who}_words_per_minute": round(words * 60_000 / spoken, 1) if spoken else None,
            f"{who}_interruption_count": sum(interruptions(talk[who], other)),
            f"{who}_backchannel_count": sum(backchannels(talk[who], other)),
            f"{who}_sentiment": sentiment(recording["events"], SIDES[who], talk["ivr"]),
        }
        found.update(measured)
    return found


def interruptions(own: Mask, other: Mask) -> Iterator[bool]:
    """Say of each burst whether it came into the other's talk and outlasted it."""
    for start, end in runs(own):
        was_there = start >= 500 and other[start - 500 : start].all()
        yield bool(was_there and other[start : start + 300].all() and not other[start:end].all())


def backchannels(own: Mask, other: Mask) -> Iterator[bool]:
    """Say of each burst whether it is short and within the other's talk."""
    for start, end in runs(own):
        yield bool(end - start <= 1_000 and other[start:end].all())


def sentiment(events: list[Row], side: str, machine: Mask) -> float | None:
    values = [
        event["value"]
        for event in events
        if (event["kind"], event["side"]) == ("sentiment", side)
        and event["value"] is not None
        and not (side == "internal" and machine[event["start_ms"]])
    ]
    return round(fmean(values), 4) if values else None


def group(phrase: Row) -> str:
    if phrase["speaker"] == "ivr":
        return "ivr"
    return "agent" if phrase["side"] == "internal" else "customer"


def mask(length: int, spans: Any) -> Mask:  # noqa: ANN401
    found = np.zeros(length, bool)
    for start, end in spans:
        found[start:end] = True
    return found


def runs(found: Mask) -> list[list[int]]:
    """Return where a mask begins and ceases to be set."""
    edges: list[list[int]] = (
        np.flatnonzero(np.diff(np.pad(found, 1).astype(np.int8))).reshape(-1, 2).tolist()
    )
    return edges


def between(found: Mask) -> Mask:
    """Return everything from the first to the last instant of a mask."""
    at = np.flatnonzero(found)
    return mask(len(found), [(at[0], at[-1] + 1)] if len(at) else [])


def span(phrase: Row) -> tuple[int, int]:
    return phrase["start_ms"], phrase["end_ms"]


def middle(phrase: Row) -> int:
    return int((phrase["start_ms"] + phrase["end_ms"]) // 2)
