"""What the manifest says of each file, and what is known of one before it comes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from recordings_pipeline.core.model import Media
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.core.trust import Facts
from recordings_pipeline.stages.arrivals import Ended


def file_rows(ended: Ended, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield a row for each file of a recording that has just been published."""
    for number, file in enumerate(ended.fetched, start=1):
        sound, trust, wanted = file.sound, file.trust, ended.job.wanted[number - 1]
        yield {
            "recording_id": ended.recording_id,
            "file_number": number,
            "path": str(file.path),
            "size_bytes": file.digest.size,
            "sha256": file.digest.sha256,
            "container": sound.container,
            "content_type": wanted.facts.content_type,
            "codec": sound.codec,
            "channels": sound.channels,
            "sample_rate_hz": sound.sample_rate_hz,
            "duration_ms": _ms(sound.duration_s),
            "is_silent": trust.is_silent,
            "is_mislabelled": trust.is_mislabelled,
            "is_resumed": file.is_resumed,
            "download_ms": _ms(file.seconds),
            "exported_time": now,
        }


def facts_of(standing: Standing, media: Media) -> Facts:
    """Say what is known of a file; the platform's metadata tells no duration of a recording."""
    row = standing.row
    start, end = row.get("conversation_start_time"), row.get("conversation_end_time")
    return Facts(
        media=row["media"],
        content_type=media.content_type,
        conversation_s=(end - start).total_seconds() if start and end else None,
    )


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
