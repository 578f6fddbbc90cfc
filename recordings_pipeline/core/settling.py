"""When the source is done changing its mind.

The vendor states up to 48 hours until a recording is visible to queries (docstring of
``RecordingJobsQuery.conversationQuery`` in the SDK), and transcripts follow the recording.
"""

from datetime import datetime, timedelta

SETTLING_DELAY = timedelta(hours=48)


def is_settled(ended: datetime | None, asked: datetime | None) -> bool:
    """Say whether an answer from ``asked`` about a conversation that ``ended`` is final.

    Args:
        ended: End of the conversation; None while it is open.
        asked: When the source was last asked; None for never.
    """
    return ended is not None and asked is not None and asked - ended >= SETTLING_DELAY
