"""Conversations that a person names: are they ones, before anything is done about them?"""

from collections.abc import Sequence

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.stages.archive import Archive

_OPTION = "--conversation"


def check_named(
    archive: Archive, ids: Sequence[str], *, is_in_advance: bool, otherwise: str
) -> None:
    """Refuse ids that mean something else than was meant.

    Args:
        archive: Knows its conversations and their recordings.
        ids: What was named.
        is_in_advance: Whether ids that nobody indexed are wanted.
        otherwise: What ``--in-advance`` would do with them, as half a sentence.

    Raises:
        ConfigurationError: An id is a recording's, or, unless that is wanted, nobody's.
    """
    book = archive.ledger
    for id_, standing in book.standings_of(ids).items():
        whose = standing.conversation_id
        problem = f"{id_} is a recording of the conversation {whose}: name that, as a whole"
        raise ConfigurationError(_OPTION, problem)
    known = book.erasures.days_of(ids).keys() | book.erasures.among(ids)
    unknown = [id_ for id_ in ids if id_ not in known]
    if unknown and not is_in_advance:
        problem = f"{unknown[0]} is not known: check it; --in-advance {otherwise}"
        raise ConfigurationError(_OPTION, problem)
