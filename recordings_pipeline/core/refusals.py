"""A request for files that is refused for the sake of one conversation, and what is said of it.

A batch request names up to a hundred conversations, and one that the source cannot handle fails it
for all. It is halved until that one is alone: 2 log₂ n requests more. When our own requests are
wrong, every one is refused: that has to be noticed before a day is halved down to its last call.
"""

from recordings_pipeline.core.model import Outcome, Verdict

# The status of a request that could not be understood; any other one is not of an item's making.
BAD_REQUEST = 400
# So many conversations refused on their own, with nothing accepted in between, are no coincidence.
MOST_IN_A_ROW = 5
_REFUSED = "the source refuses every request for its file"


def refusal(status: int, correlation_id: str) -> Verdict:
    """Say how the recordings of a conversation stand for whose sake a request was refused."""
    told = f"{_REFUSED}: HTTP {status} (correlation id {correlation_id or 'none'})"
    return Verdict(Outcome.RETRY, told)


def was_refused(verdict: Verdict) -> bool:
    """Say whether requests were refused for the sake of a recording: it is asked for apart.

    What a person replays keeps the old reason within the new one.
    """
    return _REFUSED in verdict.reason
