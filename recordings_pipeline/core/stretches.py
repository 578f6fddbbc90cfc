"""What everybody did on a conversation's voice legs, and when: read, written down, read back.

Source: ``AnalyticsParticipant``, ``AnalyticsSession`` and ``AnalyticsConversationSegment`` in the
official Python SDK 269.0.0.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from recordings_pipeline.core.fields import Json, items
from recordings_pipeline.core.layout import is_id
from recordings_pipeline.core.speech import Stretch

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_UNKNOWN, _LONGEST_WORD = "unknown", 40
_LEG = attrgetter("purpose", "user_id", "communication_id")


def stretches_of(participants: Iterable[Json]) -> tuple[Stretch, ...]:
    """Return what was done on each voice leg, in the platform's order.

    They tell speakers apart, and nothing is lost without them: one whose start cannot be read is
    left out, and what is no id or no word is as good as absent.
    """
    return tuple(
        stretch
        for participant in participants
        for session in items(participant, "sessions")
        if session.get("mediaType") in (None, "voice")
        for segment in items(session, "segments")
        if (stretch := _stretch(participant, session, segment)) is not None
    )


def stretches_as_text(stretches: Iterable[Stretch]) -> str:
    """Write stretches down: each leg with its ids once, times counted from its first one."""
    legs = []
    for (purpose, user_id, communication_id), group in groupby(stretches, _LEG):
        found = list(group)
        first = found[0].start_epoch_ms
        told = [_told(stretch, first) for stretch in found]
        legs.append([purpose, user_id, communication_id, first, *told])
    return json.dumps(legs, separators=(",", ":")) if legs else ""


def stretches_from_text(text: str) -> tuple[Stretch, ...]:
    """Read back what `stretches_as_text` wrote."""
    return tuple(_read(json.loads(text))) if text else ()


def _stretch(participant: Json, session: Json, segment: Json) -> Stretch | None:
    start = _epoch_ms(segment.get("segmentStart"))
    if start is None:
        return None
    return Stretch(
        purpose=_word(participant.get("purpose")),
        user_id=_id(participant.get("userId")),
        communication_id=_id(session.get("sessionId")),
        kind=_word(segment.get("segmentType")),
        start_epoch_ms=start,
        end_epoch_ms=_epoch_ms(segment.get("segmentEnd")),
        is_conference=segment.get("conference") is True,
    )


def _told(stretch: Stretch, first: int) -> list[object]:
    """Return kind, start and length of a stretch, and 1 at the end of a conference's."""
    end = stretch.end_epoch_ms
    length = None if end is None else end - stretch.start_epoch_ms
    told: list[object] = [stretch.kind, stretch.start_epoch_ms - first, length]
    return [*told, 1] if stretch.is_conference else told


def _read(legs: list[Any]) -> Iterator[Stretch]:
    for purpose, user_id, communication_id, first, *told in legs:
        for kind, offset, length, *flags in told:
            start = first + offset
            end = None if length is None else start + length
            yield Stretch(purpose, user_id, communication_id, kind, start, end, bool(flags))


def _epoch_ms(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if instant.tzinfo is None else (instant - _EPOCH) // _MILLISECOND


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and is_id(value) else None


def _word(value: object) -> str:
    """Return a word of the platform's; texts of another shape would end up in tables."""
    is_word = isinstance(value, str) and value.isascii() and value.isalnum()
    return str(value) if is_word and len(str(value)) <= _LONGEST_WORD else _UNKNOWN
