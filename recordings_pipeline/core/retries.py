"""What is tried again, and after how long: the one place for every retry of the package.

To change what is retried, change `is_worth_retrying` (API), `core.transfer.judge` (media), the two
budgets or the number of tries below; nothing else in the package waits and tries again. What a
later run should try again says when by `recording_delay`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from recordings_pipeline.core.errors import AnswerUnusable, RecordingsError

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
DEFAULT_RETRY_AFTER_S = 5.0
# The platform's window is 60 s, so a longer wait is a mistake or an attack; urllib3 would sleep
# up to six hours on the same header.
MAX_WAIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How often and how patiently something is tried.

    Attributes:
        attempts: Requests in all, the first included.
        first_wait_s: Pause after the first failure; it doubles from there.
        longest_wait_s: Longest pause, whatever a server asks for.
    """

    attempts: int
    first_wait_s: float
    longest_wait_s: float = MAX_WAIT_S


# Eight attempts outlast one window of the rate limit (60 s) and a restart of a gateway.
API = Budget(attempts=8, first_wait_s=0.5)
# Every attempt that brings bytes is progress, so the media budget counts those that bring none.
MEDIA = Budget(attempts=6, first_wait_s=0.2)


# What arrives whole and is no recording may have been cut or exchanged on its way, with a length to
# match. What comes like that twice lies like that at the source: a person has to look.
UNTRUSTED_TRIES = 2


# What broke off may work as soon as the network does; a host that sends pages instead of audio is
# repaired by people.
_BROKEN_DELAY = timedelta(hours=1)
_UNUSABLE_DELAY = timedelta(hours=6)
# An upload or a restore takes minutes to hours, and each look at it costs an API call.
DEFERRED_DELAY = timedelta(hours=6)
# What the source refuses is repaired by people as well.
REFUSED_DELAY = _UNUSABLE_DELAY


def recording_delay(error: RecordingsError | None) -> timedelta:
    """Return how long a recording that could not be fetched is better left alone.

    Args:
        error: What stopped it; None when the platform gave no URL.
    """
    return _UNUSABLE_DELAY if isinstance(error, AnswerUnusable) else _BROKEN_DELAY


def is_worth_retrying(status: int) -> bool:
    """Say whether the same API request may succeed later.

    POST counts as well: our POSTs are queries, or batch requests of which a second one is
    harmless.
    """
    return status in _TRANSIENT


def retry_after_s(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Read ``Retry-After``: seconds or an HTTP date, clamped to 0 … `MAX_WAIT_S`.

    Args:
        headers: Headers of an answer, looked up by lowercase name.
        now: What time it is; None when nobody knows, so that a date says nothing.

    Returns:
        Seconds to wait; None when the header is absent or makes no sense.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), MAX_WAIT_S)
    moment = http_date(value)
    if moment is None or now is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), MAX_WAIT_S)


def http_date(value: str) -> datetime | None:
    """Read a date as HTTP writes it; None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def wait_s(budget: Budget, failures: int, asked_s: float | None, jitter: float) -> float | None:
    """Return how long to wait after so many failures in a row, or None to give up.

    Args:
        budget: How often to try.
        failures: Failures so far, at least one.
        asked_s: What the server asked for; not undercut, unless it is longer than we ever wait.
        jitter: A random number in 0 … 1, so that threads do not come back together.
    """
    if failures >= budget.attempts:
        return None
    doubled: float = budget.first_wait_s * 2.0 ** (failures - 1)
    backoff = min(doubled, budget.longest_wait_s) * (0.5 + jitter / 2)
    return backoff if asked_s is None else min(asked_s, budget.longest_wait_s) + backoff * jitter
