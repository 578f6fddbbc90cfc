"""One case of the table."""

from dataclasses import dataclass

from tests.hostile.answers import SOURCE
from tests.hostile.server import Script

EXPORTED, RETRY, MISSING = "exported", "retry", "missing"
QUARANTINED, EXPIRED = "quarantined", "link expired"
# Requests without progress before a recording is left to a later run: `core.retries.MEDIA`.
GIVEN_UP = 6
BROKEN_OFF = "no byte of it arrived: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to be treated badly.

    Attributes:
        name: What is true, as a sentence.
        does: What the host does.
        script: The same, exactly.
        ends: How the recording ends.
        requests: How often the host is asked.
        told: How what the user reads in the manifest begins.
        content: The bytes under the final name, if it is exported.
        held: How many first bytes of the recording an earlier run left, with their ETag.
        kept: How many bytes are left for a later run; None when that is of no use to it.
        is_resumed: Whether it was continued; None when that depends on who is faster.
        first_deadline_s: When the first request is broken off.
        url: Where to look; ``{address}`` is the host's.
    """

    name: str
    does: str
    script: Script
    ends: str = EXPORTED
    requests: int = 1
    told: str = ""
    content: bytes = SOURCE
    held: int = 0
    kept: int | None = 0
    is_resumed: bool | None = False
    first_deadline_s: float | None = None
    url: str = "http://{address}/recording?X-Amz-Signature=hush-hush"
