"""What events are called, and what simpler exporters call the same."""

from collections.abc import Mapping

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


def actions_of(name: str) -> frozenset[str]:
    """Return the actions that a name stands for: those of the tutorial's, or itself."""
    return frozenset(TUTORIAL.get(name, (name,)))
