"""I8 and I10 of a run: what it costs to do nothing, and what it asks of the source."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from recordings_pipeline.core.invariants.violation import Violation

_TOLERANCE = 1.1


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a second run of a finished day did.

    Attributes:
        changed: Published files that are not what they were.
    """

    media_requests: int = 0
    posts: int = 0
    ends: int = 0
    changed: Collection[str] = ()


def rerun_is_free(run: Rerun) -> Iterator[Violation]:
    """I8: a finished day costs no download, no request for files, no event, and changes nothing."""
    counts = {
        "downloads": run.media_requests,
        "requests for files": run.posts,
        "events of recordings": run.ends,
        "changed files": len(run.changed),
    }
    for name, count in counts.items():
        if count:
            yield Violation("I8", "the second run", f"{count} {name}", "report it with its log")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the source got it.

    Attributes:
        at_s: When, by the source's own monotonic clock.
        retry_after_s: For how long it was told to stay away; 0 when it was not refused for its
            rate.
        wanted: What an accepted request for files named; empty for any other question.
    """

    at_s: float
    retry_after_s: float = 0.0
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Manners:
    """What a source may expect.

    Attributes:
        per_window: Questions it allows in a window, which begins with the first question in it.
        window_s: How long a window is.
        most_at_once: Questions that may be on their way when one of them is refused.
    """

    per_window: int
    window_s: float = 60.0
    most_at_once: int = 1


def source_is_spared(asked: Iterable[Question], manners: Manners) -> Iterator[Violation]:
    """I10: no window has more questions than it allows, and nobody comes back before the time.

    A tenth more is given to those that several hosts ask at the same moment. The same files are
    asked for once.
    """
    questions = sorted(asked, key=lambda question: question.at_s)
    found = [*_crowded(questions, manners), *_early(questions, manners), *_asked_again(questions)]
    for cause in found:
        yield Violation("I10", "the source", cause, "report it with its log")


def _crowded(questions: Sequence[Question], manners: Manners) -> Iterator[str]:
    began, count = 0.0, 0
    for question in questions:
        if count == 0 or question.at_s - began >= manners.window_s:
            began, count = question.at_s, 0
        count += 1
        if count == int(manners.per_window * _TOLERANCE) + 1:
            yield f"a window of {manners.per_window} questions got more than a tenth more"


def _early(questions: Sequence[Question], manners: Manners) -> Iterator[str]:
    for refused in questions:
        ends = refused.at_s + refused.retry_after_s
        early = sum(refused.at_s < question.at_s < ends for question in questions)
        if early >= manners.most_at_once:
            yield f"{early} questions came within the {refused.retry_after_s:g} s it had asked for"


def _asked_again(questions: Iterable[Question]) -> Iterator[str]:
    for wanted, times in Counter(question.wanted for question in questions).items():
        if wanted and times > 1:
            yield f"the files of the same {len(wanted)} conversations were asked for {times} times"
