"""How well and how fast the sound alone tells who speaks when, in every format.

Run it with ``python benchmarks/diarization.py [CALLS]``; six calls take some minutes, most of them
encoding. The error is pyannote.metrics' diarization error rate with 0.25 s around each boundary of
the truth left out (its ``collar`` is both halves: 0.5) and overlapping speech judged. The truth are
the simulator's words, joined over pauses of less than 0.3 s. Seeds are others than those the
detectors were tuned on (101). Babble is six other voices and keys, on the agent's side.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.voice.activity import Heard
from recordings_pipeline.simulator.encoders import encoded
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.plan import INTERNAL, Plan
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.speech import rendered
from recordings_pipeline.simulator.voices import (
    FULL_SCALE,
    RATE,
    fragments_of,
    samples_of,
    spoken,
    voices_of,
)
from recordings_pipeline.simulator.wav import MU_LAW, PCM, header_of, payload_of
from recordings_pipeline.simulator.world import World
from recordings_pipeline.stages.listening import Listener

SEEDS, DAY = (201, 202), date(2026, 1, 31)
SHORTEST_MS, LONGEST_MS = 60_000, 240_000
COLLAR_S, PAUSE_S = 0.5, 0.3
WAV = {Format.WAV_PCM: PCM, Format.WAV_ULAW: MU_LAW}
CONDITIONS = ("clean", "noise -32", "babble -45", "babble -38")
TARGETS = {"energy": (3.0, 8.0), "silero": (2.0, 3.0)}
_VOICES = 6

Wave = npt.NDArray[np.float64]


@dataclass
class Score:
    """What a detector made of some calls."""

    metric: DiarizationErrorRate
    seconds: float = 0.0
    processor_s: float = 0.0


def main() -> None:
    """Print a table of errors for each detector that is installed."""
    plans = list(calls(int(sys.argv[1]) if len(sys.argv) > 1 else 6))
    minutes = sum(plan.duration_ms for plan in plans) / 60_000
    print(f"{len(plans)} calls of seeds {SEEDS}, {minutes:.0f} minutes")
    listeners = list(_listeners())
    for condition in CONDITIONS:
        sounds = [mixed(plan, condition, seed) for seed, plan in enumerate(plans)]
        for kind in Format:
            scores = [Score(DiarizationErrorRate(collar=COLLAR_S)) for _ in listeners]
            for plan, sound in zip(plans, sounds, strict=True):
                with tempfile.NamedTemporaryFile(suffix=f".{kind.extension}") as file:
                    Path(file.name).write_bytes(_file(sound, kind))
                    for (_, listener), score in zip(listeners, scores, strict=True):
                        _judge(score, plan, listener, Path(file.name))
            for (name, _), score in zip(listeners, scores, strict=True):
                _print(name, condition, kind, score)


def _listeners() -> Iterator[tuple[str, Listener]]:
    for name in ("energy", "silero"):
        try:
            yield name, Listener(name)
        except ConfigurationError as error:
            print(error)


def _judge(score: Score, plan: Plan, listener: Listener, path: Path) -> None:
    began = time.process_time()
    heard = listener.hear(path, threading.Event())
    score.processor_s += time.process_time() - began
    score.seconds += heard.duration_ms / 1_000
    whole = Timeline([Segment(0, plan.duration_ms / 1_000)])
    score.metric(truth_of(plan), found_in(heard), uem=whole)


def _print(name: str, condition: str, kind: Format, score: Score) -> None:
    parts = score.metric[:]
    total = parts["total"]
    error = 100 * abs(score.metric)
    missed, made_up = (100 * parts[part] / total for part in ("missed detection", "false alarm"))
    target = TARGETS[name]["babble" in condition]
    verdict = "" if "noise" in condition else f"of at most {target:.0f}"
    speed = score.seconds / score.processor_s
    print(
        f"{name:7} {condition:11} {kind.name:11} {error:5.2f} % {verdict:12}"
        f" missed {missed:5.2f}, made up {made_up:5.2f}   {speed:6.0f} x real time",
        flush=True,
    )


def calls(count: int) -> Iterator[Plan]:
    """Yield calls with two channels, from both seeds in turn."""
    days = [World(seed, shape_named("busy")).calls(DAY) for seed in SEEDS]
    found = (
        recording for pair in zip(*days, strict=True) for call in pair for recording in [call.first]
    )
    chosen = (
        recording.plan
        for recording in found
        if recording is not None
        and recording.channels == 2
        and SHORTEST_MS <= recording.duration_ms <= LONGEST_MS
    )
    for _, plan in zip(range(count), (plan for plan in chosen if plan), strict=False):
        yield plan


def truth_of(plan: Plan) -> Annotation:
    """Return who speaks when: words, joined over short pauses."""
    truth = Annotation()
    for side in ("external", "internal"):
        words = Timeline(
            Segment(word.start_ms / 1_000, word.end_ms / 1_000)
            for phrase in plan.phrases
            if phrase.side == side
            for word in phrase.words
        )
        for segment in words.support(collar=PAUSE_S):
            truth[segment, side] = side
    return truth


def found_in(heard: Heard) -> Annotation:
    """Return what was heard, in the same form."""
    found = Annotation()
    for one in heard.voiced:
        side = ("external", "internal")[one.channel - 1]
        found[Segment(one.start_ms / 1_000, one.end_ms / 1_000), side] = side
    return found


def mixed(plan: Plan, condition: str, seed: int) -> npt.NDArray[np.int16]:
    """Render a call and add what is heard besides."""
    wave = rendered(plan).astype(np.float64)
    kind, _, level = condition.partition(" ")
    if kind == "noise":
        rng = np.random.default_rng(seed)
        wave += FULL_SCALE * 10 ** (float(level) / 20) * rng.standard_normal(wave.shape)
    elif kind == "babble":
        wave[:, INTERNAL] += FULL_SCALE * babble(len(wave), float(level), seed)
    return np.rint(np.clip(wave, -FULL_SCALE, FULL_SCALE)).astype(np.int16)


@lru_cache(maxsize=1)
def babble(count: int, dbfs: float, seed: int) -> Wave:
    """Return a call centre: six voices that talk on, and keys that are struck."""
    rng = np.random.default_rng(seed)
    names = [name for role in "ACI" for name in voices_of(role)]
    wave = np.zeros(count)
    for number in range(_VOICES):
        voice, at = names[number % len(names)], int(rng.integers(2 * RATE))
        while at < count:
            said = samples_of(spoken(voice, str(rng.choice(fragments_of(voice))))) / FULL_SCALE
            part = wave[at : at + len(said)]
            part += said[: len(part)] * rng.uniform(0.5, 1)
            at += len(said) + int(rng.uniform(0.1, 1) * RATE)
    wave *= 10 ** (dbfs / 20) / np.sqrt(np.square(wave).mean())
    click = rng.standard_normal(80) * np.exp(-np.arange(80) / 20)
    click *= 10 ** ((dbfs + 14) / 20) / np.abs(click).max()
    at = 0
    while (at := at + int(rng.uniform(0.1, 0.6) * RATE)) + len(click) < count:
        wave[at : at + len(click)] += click * rng.uniform(0.5, 1)
        at += int(rng.uniform(1, 5) * RATE) if rng.random() < 0.1 else 0
    return wave


def _file(samples: npt.NDArray[np.int16], kind: Format) -> bytes:
    if kind in WAV:
        return header_of(WAV[kind], 2, len(samples)) + payload_of(samples, WAV[kind])
    return encoded([samples], 2, kind)


if __name__ == "__main__":
    main()
