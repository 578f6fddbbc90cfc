"""What lies in quarantine."""

from dataclasses import dataclass

from recordings_pipeline.core.days import Day


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Bytes that cannot be trusted, or a recording of which none were kept.

    Attributes:
        recording_id: Empty when the file name holds none.
        reason: Why they are not trusted; empty when nobody wrote it down.
        path: Relative to the data directory; empty without bytes.
        is_replayable: Whether the recording's outcome is quarantined.
    """

    day: Day
    recording_id: str
    reason: str
    size_bytes: int = 0
    path: str = ""
    is_replayable: bool = False
