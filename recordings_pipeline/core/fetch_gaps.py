"""Recordings that should have been fetched and were not, or came without being listed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap, GapKind
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.settling import is_old_enough
from recordings_pipeline.core.standings import Standing


def untried(standings: Iterable[Standing]) -> tuple[Gap, ...]:
    """Return a gap for each recording that is listed, and that nobody has tried to fetch."""
    return tuple(
        Gap(
            standing.recording_id,
            standing.conversation_id,
            GapKind.UNTRIED,
            "it is listed, and nobody has tried to fetch it",
            "run audio_files of the day again",
            is_failing=True,
        )
        for standing in standings
        if standing.verdict.outcome is Outcome.DISCOVERED
    )


def unknown_results(day: Day, results: Mapping[str, str], now: datetime) -> tuple[Gap, ...]:
    """Return a gap for each recording that a batch delivered, and that the index does not list.

    Args:
        day: The day.
        results: Their conversations, by recording.
        now: When they came: on a young day, a recording may come after the index was made.
    """
    return tuple(
        Gap(
            recording_id,
            conversation_id,
            GapKind.UNKNOWN_RESULT,
            "a batch delivered this recording, and the index does not list it",
            "run the day again: its conversation is asked about once more; if that does not help, "
            f"ask the vendor's support with recording id {recording_id}",
            is_failing=is_old_enough(day, now),
        )
        for recording_id, conversation_id in sorted(results.items())
    )
