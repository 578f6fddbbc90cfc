"""What can go wrong when somebody asks for what was said; leaves of the tree in `core.errors`."""

from dataclasses import dataclass

from recordings_pipeline.core.errors import IntegrityError, PermanentError


@dataclass(eq=False)
class NothingSaid(PermanentError):
    """Of a conversation or recording, nothing is known of what a person asked for.

    Attributes:
        id: Of the conversation or recording.
        what: ``words`` or ``turns``.
        day: The day it belongs to.
    """

    id: str
    what: str
    day: str

    def __str__(self) -> str:
        return (
            f"no {self.what} of {self.id} are known: it was not transcribed, or {self.day} was not "
            "exported to its end; export the day again, or try --source audio --format rttm"
        )


@dataclass(eq=False)
class FileDiffers(IntegrityError):
    """An audio file is gone, or has other bytes than it was exported with."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; verify --repair, then export the day"
