"""How much runs at once: as much as helps, less when a host or the line is overwhelmed.

Transfers of media and questions of the API go by the same decision, each with a limit of its own.
"""

from dataclasses import dataclass

from recordings_pipeline.core.retries import is_worth_retrying

DEFAULT_CONNECTIONS, MOST_CONNECTIONS = 64, 256
# Where a line is long, sixteen connections fill it; on a short one they cost nothing.
FIRST_LIMIT = 16
# A few questions at once use up 300 calls a minute, unless each takes a second and more. No more
# connections are kept open to the API than the most.
DEFAULT_API_CONNECTIONS, MOST_API_CONNECTIONS = 8, 20
FIRST_CALLS = 4
# The platform gives up on a question of its own after a minute; long before that it is in trouble.
_SLOW_ANSWER_S = 10.0
# More of the same is only worth it when it brought at least a twentieth more.
_GAIN = 1.05
_GROWTH = 1.5
# What was best is forgotten slowly, so that a line that gets better is tried again.
_FADING = 0.99
# A transfer has a socket and a part; its file may wait for a committer while the next one starts.
_DESCRIPTORS_EACH = 3
# Ledger, locks, logs, libraries, API connections.
_DESCRIPTORS_KEPT = 150


@dataclass(frozen=True, slots=True)
class Window:
    """What happened in a second or so.

    Attributes:
        yielded: What came of it: bytes of media, or answers of the API.
        seconds: How long it was.
        setbacks: Answers and endings that say "too much": 429, 503, timeouts, broken connections.
        was_full: Whether every slot was in use all the time.
    """

    yielded: int
    seconds: float
    setbacks: int
    was_full: bool


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A limit that grows while growing helps, and halves on a setback.

    Attributes:
        limit: Transfers, or questions, at once, from 1 to ``most``.
        most: What a person, or the system's limit on open files, allows.
        best_rate: Yield of a second that the present limit has to beat to grow.
    """

    limit: int
    most: int
    best_rate: float = 0.0

    def after(self, window: Window) -> "Concurrency":
        """Return the limit for the next window."""
        if window.setbacks:
            return Concurrency(max(1, self.limit // 2), self.most)
        rate = window.yielded / window.seconds
        if not window.was_full or rate <= self.best_rate * _GAIN:
            return Concurrency(self.limit, self.most, self.best_rate * _FADING)
        grown = max(self.limit + 1, int(self.limit * _GROWTH))
        return Concurrency(min(grown, self.most), self.most, rate)


def is_setback(status: int | None, seconds: float) -> bool:
    """Say whether the API is asked too much, by what came of a question.

    Args:
        status: Of its answer; None when none came.
        seconds: How long that took.
    """
    return status is None or is_worth_retrying(status) or seconds > _SLOW_ANSWER_S


def first_concurrency(most: int, descriptor_limit: int) -> Concurrency:
    """Return where to begin.

    Args:
        most: What a person allows.
        descriptor_limit: How many files this process may have open.
    """
    possible = (descriptor_limit - _DESCRIPTORS_KEPT) // _DESCRIPTORS_EACH
    allowed = max(1, min(most, possible))
    return Concurrency(min(FIRST_LIMIT, allowed), allowed)
