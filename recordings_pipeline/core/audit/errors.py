"""When the audit log cannot go on."""

from dataclasses import dataclass

from recordings_pipeline.core.errors import PermanentError


@dataclass(eq=False)
class AuditBroken(PermanentError):
    """What was sealed is not what it was, so that nothing is sealed after it.

    Attributes:
        name: The file that does not fit.
        cause: What about it.
    """

    name: str
    cause: str

    def __str__(self) -> str:
        return (
            f"{self.name} {self.cause}: run `recordings-pipeline audit verify`, then restore what "
            "it names, or move audit/ away to begin another log; until then nothing is sealed"
        )
