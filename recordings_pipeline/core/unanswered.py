"""A cross-check that helps, and that no day depends on: what is kept when it gets no answer."""

from dataclasses import dataclass

from recordings_pipeline.core.errors import (
    MalformedPayload,
    NotFound,
    PermissionMissing,
    RecordingsError,
    TransientError,
    UnexpectedStatus,
)

# Whatever the source answers; refused credentials, and a person who stops the run, are no answers.
NO_ANSWER = (TransientError, PermissionMissing, NotFound, MalformedPayload, UnexpectedStatus)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that the source did not answer.

    Attributes:
        cause: What it said instead, for a person.
        is_refused: Whether a permission is missing, so that asking again changes nothing.
    """

    cause: str
    is_refused: bool = False


def unanswered(error: RecordingsError) -> Unanswered:
    """Keep why there is no answer."""
    return Unanswered(str(error), isinstance(error, PermissionMissing))
