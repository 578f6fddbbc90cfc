"""The tests' own scorer of diarization agrees with the public one."""

import random

import pytest

from tests.voices import SIDES, Span, diarization_error, joined


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_our_scorer_and_the_public_one_agree(seed: int) -> None:
    core = pytest.importorskip("pyannote.core", reason="the extra [bench] is not installed")
    scorer = pytest.importorskip("pyannote.metrics.identification")
    rng = random.Random(seed)
    truth, found = ([_spans(rng) for _ in SIDES] for _ in range(2))

    reference, hypothesis = core.Annotation(), core.Annotation()
    for annotation, sides in ((reference, truth), (hypothesis, found)):
        for side, spans in zip(SIDES, sides, strict=True):
            for start, end in spans:
                annotation[core.Segment(start / 1_000, end / 1_000), side] = side
    last = max(end for spans in (*truth, *found) for _, end in spans)
    whole = core.Timeline([core.Segment(0, last / 1_000)])
    # Theirs counts both halves of what is left out around a boundary.
    public = scorer.IdentificationErrorRate(collar=0.5)(reference, hypothesis, uem=whole)

    assert diarization_error(truth, found) == pytest.approx(float(public), abs=0.002)


def _spans(rng: random.Random) -> list[Span]:
    found, at = list[Span](), 0
    while at < 60_000:
        found.append((at, at + 10 * rng.randint(20, 300)))
        at += 10 * rng.randint(80, 500)
    return joined(found)
