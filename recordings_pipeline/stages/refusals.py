"""Batch requests that are halved when they are refused, until whom that is about is alone."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from recordings_pipeline.core.errors import UnexpectedStatus
from recordings_pipeline.core.model import Verdict
from recordings_pipeline.core.refusals import BAD_REQUEST, MOST_IN_A_ROW, refusal
from recordings_pipeline.genesys.client import GenesysClient


class Refusals:
    """Which conversations were refused in this run; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conversation_ids: set[str] = set()
        self._in_a_row = 0
        self._is_heard = False

    def __contains__(self, conversation_id: str) -> bool:
        return conversation_id in self._conversation_ids

    @property
    def is_heard(self) -> bool:
        """Whether the source has accepted any request: the next refusal is about what it names."""
        return self._is_heard

    def accepted(self) -> None:
        """Note that a request was understood."""
        with self._lock:
            self._is_heard, self._in_a_row = True, 0

    def refused(self, conversation_id: str) -> bool:
        """Note a conversation that was refused on its own; say whether all of them seem to be."""
        with self._lock:
            self._conversation_ids.add(conversation_id)
            self._in_a_row += 1
            return self._in_a_row > MOST_IN_A_ROW


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was accepted, or a conversation that is refused on its own.

    Attributes:
        verdict: How the recordings of a refused conversation stand; None for an accepted request.
    """

    conversation_ids: tuple[str, ...]
    batch_id: str = ""
    verdict: Verdict | None = None


def requested(
    client: GenesysClient,
    refusals: Refusals,
    conversation_ids: Sequence[str],
    *,
    is_suspect: bool = False,
) -> list[Asked]:
    """Ask for the recordings of some conversations, in one request as long as it is accepted.

    Args:
        client: Asks.
        refusals: Those of this run.
        conversation_ids: At most `BATCH_SIZE` of them.
        is_suspect: Whether all of them were refused before, so that it is no news.

    Raises:
        UnexpectedStatus: The source refuses whatever is asked, for another reason than one of them.
    """
    if not conversation_ids:
        return []
    halving = _Halving(client, refusals, is_suspect=is_suspect)
    asked = halving.halved(tuple(conversation_ids))
    is_hopeless = not (refusals.is_heard or is_suspect)
    if halving.error is not None and is_hopeless and len(conversation_ids) > 1:
        raise halving.error
    return asked


class _Halving:
    """One request, and what became of it."""

    def __init__(self, client: GenesysClient, refusals: Refusals, *, is_suspect: bool) -> None:
        self._client = client
        self._refusals = refusals
        self._is_suspect = is_suspect
        self.error: UnexpectedStatus | None = None

    def halved(self, ids: tuple[str, ...], *, is_refused: bool = False) -> list[Asked]:
        """Ask for all of them, or for both halves where that is refused.

        Args:
            ids: The conversations.
            is_refused: Whether it is known already that they are refused together.
        """
        batch_id = None if is_refused else self._asked(ids)
        if batch_id is not None:
            self._refusals.accepted()
            return [Asked(ids, batch_id)]
        if len(ids) == 1:
            return [self._alone(ids)]
        middle = len(ids) // 2
        first = self.halved(ids[:middle])
        # Where nothing is wrong with one half, it has to be the other one.
        is_other = all(asked.verdict is None for asked in first) and len(ids) - middle > 1
        return [*first, *self.halved(ids[middle:], is_refused=is_other)]

    def _asked(self, ids: tuple[str, ...]) -> str | None:
        try:
            return self._client.request_batch(ids)
        except UnexpectedStatus as error:
            if error.status != BAD_REQUEST:
                raise
            self.error = error
            return None

    def _alone(self, ids: tuple[str, ...]) -> Asked:
        if self.error is None:
            raise AssertionError  # what is alone was asked for
        if self._refusals.refused(ids[0]) and not self._is_suspect:
            raise self.error
        return Asked(ids, verdict=refusal(self.error.status, self.error.correlation_id))
