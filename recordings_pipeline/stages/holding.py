"""Holds and releases, with the audit log brought up to date."""

from collections.abc import Iterable

from recordings_pipeline.core.days import Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.holding import Hold, Person
from recordings_pipeline.stages.archive import Archive


def hold(archive: Archive, what: Iterable[str] | Span, reason: str, by: Person) -> list[Hold]:
    """Hold conversations, each by itself, or all of some days.

    Raises:
        ConfigurationError: A conversation was erased before.
    """
    archive.require_sealable()
    wanted: list[str | Span] = [what] if isinstance(what, Span) else list(what)
    ids = [one for one in wanted if isinstance(one, str)]
    for id_ in archive.ledger.erasures.among(ids):
        raise ConfigurationError("--conversation", f"{id_} was erased: nothing is left to hold")
    book = archive.ledger.holds
    found = [book.add(one, reason, by, archive.clock()) for one in wanted]
    archive.seal()
    return found


def release(archive: Archive, hold_id: int, reason: str, by: Person) -> Hold:
    """Ask for the release of a hold, or confirm what somebody else has asked for.

    Raises:
        ConfigurationError: There is no such hold, it is released, or one person alone wants it.
    """
    archive.require_sealable()
    found = archive.ledger.holds.release(hold_id, reason, by, archive.clock())
    archive.seal()
    return found
