"""Which recordings does the source keep without a conversation?"""

from recordings_pipeline.core import wire
from recordings_pipeline.core.orphans import Orphan
from recordings_pipeline.core.unanswered import NO_ANSWER, Unanswered, unanswered
from recordings_pipeline.genesys.client import GenesysClient, json_of

# The platform's default; nobody publishes how much more it takes.
PAGE_SIZE = 25
# "Capped at 500 results", unless only those with a known conversation are asked for (docstring of
# ``get_orphanrecordings`` in the SDK 269.0.0).
CAP = 500
MOST_PAGES = 40


def orphans(
    client: GenesysClient, *, only_calls: bool = True
) -> tuple[list[Orphan], bool] | Unanswered:
    """Return the organization's orphans, and whether that is all of them.

    A page usually: an organization that is well has few. Where the cap is reached, those that name
    a known conversation are asked for by themselves: they are the ones that explain a gap.

    Returns:
        Why nobody can tell, where the listing failed or ``recording:orphan:view`` is missing.
    """
    try:
        found, is_all = _listed(client, only_calls=only_calls, has_conversation=False)
        if len(found) < CAP:
            return list(found.values()), is_all
        more, _ = _listed(client, only_calls=only_calls, has_conversation=True)
    except NO_ANSWER as error:
        return unanswered(error)
    return list({**found, **more}.values()), False


def _listed(
    client: GenesysClient, *, only_calls: bool, has_conversation: bool
) -> tuple[dict[str, Orphan], bool]:
    found: dict[str, Orphan] = {}
    narrowed = {"media": "Call"} if only_calls else {}
    for number in range(1, MOST_PAGES + 1):
        reply = client.sdk.recording.get_orphanrecordings(
            page_size=PAGE_SIZE, page_number=number, has_conversation=has_conversation, **narrowed
        )
        page, page_count = wire.orphans_page(json_of(reply, "orphan recordings"))
        found |= {orphan.id: orphan for orphan in page}
        if number >= page_count or not page:
            return found, True
    return found, False
