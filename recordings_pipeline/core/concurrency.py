"""How many transfers run at once: as many as help, fewer when a host or the line is overwhelmed."""

from dataclasses import dataclass

DEFAULT_CONNECTIONS, MOST_CONNECTIONS = 64, 256
# Where a line is long, sixteen connections fill it; on a short one they cost nothing.
FIRST_LIMIT = 16
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
        received_bytes: Bytes of media that came.
        seconds: How long it was.
        setbacks: Answers and endings that say "too much": 429, 503, timeouts, broken connections.
        was_full: Whether every slot was in use all the time.
    """

    received_bytes: int
    seconds: float
    setbacks: int
    was_full: bool


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A limit that grows while growing helps, and halves on a setback.

    Attributes:
        limit: Transfers at once, from 1 to ``most``.
        most: What a person, or the system's limit on open files, allows.
        best_rate: Bytes a second that the present limit has to beat to grow.
    """

    limit: int
    most: int
    best_rate: float = 0.0

    def after(self, window: Window) -> "Concurrency":
        """Return the limit for the next window."""
        if window.setbacks:
            return Concurrency(max(1, self.limit // 2), self.most)
        rate = window.received_bytes / window.seconds
        if not window.was_full or rate <= self.best_rate * _GAIN:
            return Concurrency(self.limit, self.most, self.best_rate * _FADING)
        grown = max(self.limit + 1, int(self.limit * _GROWTH))
        return Concurrency(min(grown, self.most), self.most, rate)


def first_concurrency(most: int, descriptor_limit: int) -> Concurrency:
    """Return where to begin.

    Args:
        most: What a person allows.
        descriptor_limit: How many files this process may have open.
    """
    possible = (descriptor_limit - _DESCRIPTORS_KEPT) // _DESCRIPTORS_EACH
    allowed = max(1, min(most, possible))
    return Concurrency(min(FIRST_LIMIT, allowed), allowed)
