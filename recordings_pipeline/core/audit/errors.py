"""When the audit log cannot go on."""

from dataclasses import dataclass

from recordings_pipeline.core.errors import PermanentError


@dataclass(eq=False)
class AuditBroken(PermanentError):
    """What was sealed is not what it was, so that nothing is sealed after it.

    Attributes:
        name: The file that does not fit.
        cause: What about it.
        next_step: What a person does about it.
        is_untouched: Whether it was found before anything else was done.
    """

    name: str
    cause: str
    next_step: str = "run `recordings-pipeline audit verify`, then restore what it names"
    is_untouched: bool = False

    def __str__(self) -> str:
        done = "nothing was done, and " if self.is_untouched else ""
        return f"{self.name} {self.cause}: {self.next_step}; {done}until then nothing is sealed"
