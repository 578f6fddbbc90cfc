"""How long does the source keep its recordings?"""

from recordings_pipeline.core import wire
from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.model import Retained
from recordings_pipeline.genesys.client import GenesysClient, json_of

PAGE_SIZE = 500
# 100,000 recordings at a call for 500; what is beyond is told as not looked at.
MOST_PAGES = 200
# The query wants to know for how many days recordings were kept: today's are in no danger.
KEPT_DAYS = 1


def retained_recordings(
    client: GenesysClient, *, most_pages: int = MOST_PAGES
) -> tuple[list[Retained], bool]:
    """Return what the source keeps, and whether that is all of it.

    Raises:
        MalformedPayload: The pages go in circles.
    """
    found: list[Retained] = []
    cursors: set[str] = set()
    more: dict[str, str] = {}
    for _ in range(most_pages):
        reply = client.sdk.recording.get_recordings_retention_query(
            KEPT_DAYS, page_size=PAGE_SIZE, **more
        )
        page, cursor = wire.retained_page(json_of(reply, "retention query"))
        found += page
        if cursor is None:
            return found, True
        if cursor in cursors:
            raise MalformedPayload("retention query", "repeats its cursor")
        cursors.add(cursor)
        more = {"cursor": cursor}
    return found, False
