"""I7, I9, I11 and I12: what lies in the directory, and what it costs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recordings_pipeline.core.completeness import NEEDS_NO_PART
from recordings_pipeline.core.invariants.violation import Violation
from recordings_pipeline.core.layout import is_inside
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.verification import printable

_OTHERS = 0o077
# What no file of ours may hold: a signed URL's signature, a token on its way.
CREDENTIALS = re.compile(
    rb"[?&](?:X-Amz-)?(?:Signature|Security-Token|Credential)=[^&\s\"]"
    rb"|[Aa]uthorization\W{1,4}(?:Bearer|Basic) +[\w+/=.-]{8}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What only a run under way may have.

    Attributes:
        path: Relative to the data directory.
        outcome: How its recording stands; None when it belongs to none.
    """

    path: str
    outcome: str | None = None


def nothing_is_left(found: Iterable[Leftover], *, is_at_work: bool = False) -> Iterator[Violation]:
    """I7: no part of what needs none, and no file that was about to replace another.

    Args:
        found: What there is of that kind.
        is_at_work: Whether somebody exports: then it may be his.
    """
    for one in () if is_at_work else found:
        if one.outcome is not None and Outcome(one.outcome) not in NEEDS_NO_PART:
            continue  # the next run continues it
        whose = "nobody's" if one.outcome is None else f"of a recording that is {one.outcome}"
        step = "export any day, which removes it; if it stays, remove it"
        yield Violation("I7", printable(one.path), f"left over, and {whose}", step)


@dataclass(frozen=True, slots=True)
class Bound:
    """Something that grows, and how far it may."""

    thing: str
    value: float
    limit: float
    unit: str
    next_step: str


def growth_is_bounded(found: Iterable[Bound]) -> Iterator[Violation]:
    """I9: whatever grows stays within its limit."""
    for one in found:
        if one.value > one.limit:
            cause = f"{one.value:g} {one.unit}, {one.limit:g} at most"
            yield Violation("I9", one.thing, cause, one.next_step)


def no_credential_is_written(found: Iterable[str]) -> Iterator[Violation]:
    """I11: no file holds a credential; what it holds is not repeated here."""
    for path in found:
        step = "change the credential, then remove or clean the file"
        yield Violation("I11", printable(path), "it holds a credential", step)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with a name below the data directory.

    Attributes:
        kind: As `core.file_kinds` names it.
        mode: Its permissions.
    """

    path: str
    kind: str
    mode: int


def all_is_contained(found: Iterable[Entry]) -> Iterator[Violation]:
    """I12: nothing leads out of the directory, and others of the machine have no access."""
    for entry in found:
        cause, step = _open_to(entry)
        if cause:
            yield Violation("I12", printable(entry.path), cause, step)


def _open_to(entry: Entry) -> tuple[str, str]:
    if entry.kind not in ("file", "directory"):
        return f"it is a {entry.kind}, which may lead anywhere", "move it away"
    if entry.mode & _OTHERS:
        text = f"others of the machine have access (mode {entry.mode:04o})"
        return text, "chmod go-rwx, unless it is meant so"
    return "", ""


def names_are_inside(found: Iterable[str]) -> Iterator[Violation]:
    """I12: no path that the ledger has for a file leads out of the directory."""
    for path in found:
        if not is_inside(path):
            cause, step = "the ledger names a path outside of the directory", "restore the ledger"
            yield Violation("I12", printable(path), cause, f"{step} from a backup")
