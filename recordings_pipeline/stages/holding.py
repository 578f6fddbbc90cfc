"""Holds and releases, with the audit log brought up to date."""

from collections.abc import Sequence

from recordings_pipeline.core.days import Span
from recordings_pipeline.core.holding import Hold, Person, is_confirmation, nothing_left
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.named import check_named

_OTHERWISE = "holds what may come later"


def hold(
    archive: Archive,
    what: Sequence[str] | Span,
    reason: str,
    by: Person,
    *,
    is_in_advance: bool = False,
) -> list[Hold]:
    """Hold conversations, each by itself, all of them or none, or all of some days.

    Raises:
        ConfigurationError: One of them was erased before, is a recording, or, unless that is
            wanted, is nothing that was indexed.
    """
    archive.require_sealable()
    check(archive, what, is_in_advance=is_in_advance)
    wanted = [what] if isinstance(what, Span) else what
    found = archive.ledger.holds.add(wanted, reason, by, archive.clock())
    archive.seal()
    return found


def check(archive: Archive, what: Sequence[str] | Span, *, is_in_advance: bool) -> None:
    """Raise what `hold` would raise, and hold nothing."""
    if not isinstance(what, Span):
        check_named(archive, what, is_in_advance=is_in_advance, otherwise=_OTHERWISE)
        for id_ in archive.ledger.erasures.among(what):
            raise nothing_left(id_)


def is_last_word(archive: Archive, hold_id: int, by: Person) -> bool:
    """Say whether somebody would confirm a release, or raise what `release` would raise."""
    return is_confirmation(archive.ledger.holds.of(hold_id), by)


def release(archive: Archive, hold_id: int, reason: str, by: Person) -> Hold:
    """Ask for the release of a hold, or confirm what somebody else has asked for.

    Raises:
        ConfigurationError: There is no such hold, it is released, or one person alone wants it.
    """
    archive.require_sealable()
    found = archive.ledger.holds.release(hold_id, reason, by, archive.clock())
    archive.seal()
    return found
