"""What events are called, and what simpler exporters call the same."""

from collections.abc import Mapping
from itertools import chain

from recordings_pipeline.core.audit.recovering import RECOVERED
from recordings_pipeline.core.ingest import Fate
from recordings_pipeline.core.model import Outcome, TranscriptState

STARTED, FINISHED = "stage.started", "stage.finished"
PREFLIGHT = "preflight.checked"
ACCESSED = "access.exported"
FILE_CREATED = "file_created"
# Names that people know from the vendor's tutorial, and the actions that say the same here.
TUTORIAL: Mapping[str, tuple[str, ...]] = {
    "export_started": (STARTED,),
    "quota_checked": (PREFLIGHT,),
    "download_completed": ("recording.exported",),
    "download_failed": (
        "recording.retry",
        "recording.quarantined",
        "recording.missing",
        "recording.forbidden",
    ),
    "file_created": (FILE_CREATED,),
    "export_finished": (FINISHED,),
}
# Every action there is.
ACTIONS = frozenset(
    {
        *chain.from_iterable(TUTORIAL.values()),
        *(f"recording.{outcome}" for outcome in Outcome),
        *(f"transcript.{state}" for state in TranscriptState),
        *(f"incoming.{fate}" for fate in Fate),
        ACCESSED,
        RECOVERED,
        "api.spent",
        "arrivals.read",
        "file_refused",
        "erasure.begun",
        "conversation.erased",
        "hold.added",
        "hold.release_asked",
        "hold.released",
    }
)


def actions_of(name: str) -> frozenset[str]:
    """Return the actions that a name stands for: those of the tutorial's, or itself."""
    return frozenset(TUTORIAL.get(name, (name,)))
