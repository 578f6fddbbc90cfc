"""A file of a recording as the ledger keeps it, where only its row matters."""

from datetime import datetime


def file_row(recording_id: str, now: datetime) -> dict[str, object]:
    """Return the row of a recording's only file."""
    return {
        "recording_id": recording_id,
        "file_number": 1,
        "path": f"audio/{recording_id}.wav",
        "size_bytes": 1_920_044,
        "sha256": "a" * 64,
        "container": "wav",
        "content_type": "audio/wav",
        "is_resumed": False,
        "download_ms": 1,
        "exported_time": now,
    }
