"""How far a stage has come, at one instant, and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from recordings_pipeline.core.quantities import bytes_text, duration_text, rate_text

# What a stage counts, where it is not conversations.
_THINGS = {
    "audio_files": "recordings",
    "transcripts": "communications",
    "voice_activity": "recordings",
}


@dataclass(frozen=True, slots=True)
class Headway:
    """How far a stage has come.

    Attributes:
        done: Recordings, conversations or communications that are done.
        total: How many there are; 0 while nobody knows.
        bytes_moved: Bytes received since the stage began.
        seconds: Time since then.
        bytes_per_s: The rate of the last seconds.
        calls_used: API calls of the allowance's present window, those of others included.
        calls_allowed: Calls it has room for.
        is_waiting: Whether questions wait for the allowance.
        rate_limited_count: Answers with status 429 since the stage began.
    """

    stage: str
    done: int = 0
    total: int = 0
    bytes_moved: int = 0
    seconds: float = 0.0
    bytes_per_s: float = 0.0
    calls_used: int = 0
    calls_allowed: int = 0
    is_waiting: bool = False
    rate_limited_count: int = 0

    @property
    def left_s(self) -> float | None:
        """Seconds left if it goes on as it did so far; None before anything is done."""
        if not self.done or not self.total:
            return None
        return self.seconds / self.done * max(self.total - self.done, 0)


@dataclass(frozen=True, slots=True)
class Sample:
    """Bytes received up to an instant, in seconds of the monotonic clock."""

    at_s: float
    bytes_moved: int


def recent_rate(samples: Sequence[Sample]) -> float:
    """Return bytes a second between the first and the last of some samples."""
    if len(samples) < 2:  # noqa: PLR2004 (a rate needs two)
        return 0.0
    seconds = samples[-1].at_s - samples[0].at_s
    return (samples[-1].bytes_moved - samples[0].bytes_moved) / seconds if seconds > 0 else 0.0


def done_text(headway: Headway) -> str:
    """Say how much is done: ``123 of 4,000 recordings``."""
    things = _THINGS.get(headway.stage, "conversations")
    return (
        f"{headway.done:,} of {headway.total:,} {things}"
        if headway.total
        else f"{things}: not counted yet"
    )


def moved_parts(headway: Headway) -> list[str]:
    """Say what moves, and how long that will take."""
    parts = []
    if headway.bytes_moved:
        parts += [bytes_text(headway.bytes_moved), rate_text(headway.bytes_per_s)]
    if headway.left_s:
        parts.append(f"about {duration_text(ceil(headway.left_s))} left")
    return parts


def allowance_text(headway: Headway) -> str:
    """Say what is used of the allowance, and whether it holds work up."""
    text = f"allowance {headway.calls_used:,} of {headway.calls_allowed:,}"
    text += ", waiting" if headway.is_waiting else ""
    return f"{text}, {headway.rate_limited_count} times 429" if headway.rate_limited_count else text


def headway_text(headway: Headway) -> str:
    """Say all of it in a line for a log."""
    return ", ".join([done_text(headway), *moved_parts(headway), allowance_text(headway)])
