"""What is erased, why, and what stands in the way; nothing here holds personal data.

What is erased is a conversation as a whole: its transcripts, turns and metrics belong to all of its
recordings together.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.holding import person_from

_MOST_CHARACTERS = 120
_REASON = re.compile(r"[^\x00-\x1f\x7f]+")
# Digits that stand alone, as numbers of telephones do; those of a ticket follow a letter or a dash.
# With dashes in between only what begins as such numbers do: 2026-01-31 is a day.
_NUMBER = re.compile(
    r"(?<![\w#-])(?:\+?\(?\d(?:[\s()/.]*\d){6,}|(?:\+\(?\d|\(?0)(?:[\s()/.\u2010-\u2015-]*\d){6,})"
)
_ADDRESS = re.compile(r"\S@\S|://")
# A national number may be written without its country: so many last digits have to be the same.
_LEAST_DIGITS = 9
_SCHEME = re.compile(r"(?:tel|sips?|mailto):", re.IGNORECASE)


class Fate(StrEnum):
    """What became of a conversation that was to be erased."""

    ERASED = "erased"
    HELD = "held"
    LEFT = "left"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was, or would be, erased of one conversation.

    Attributes:
        day: Its day; None where it was never indexed.
        file_count: Files below the data directory: audio, parts, quarantine, raw data.
        reason: Why it was not erased; empty when it was.
    """

    conversation_id: str
    day: Day | None
    fate: Fate
    recording_count: int = 0
    file_count: int = 0
    size_bytes: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Who has something erased, and why.

    Attributes:
        why: In front of the reason: ``on request``, or the rule that says so.
        is_in_advance: Whether conversations that nobody indexed are never to be exported.
    """

    reason: str
    by: str
    why: str = "on request"
    is_in_advance: bool = False

    @property
    def actor(self) -> str:
        """Who it is, as the audit log has it."""
        return person_from(self.by).actor

    @property
    def text(self) -> str:
        """The reason of the outcome."""
        return f"{self.why}: {self.reason}" if self.reason else self.why


def checked_reason(text: str, option: str = "--reason") -> str:
    """Return a reason that may be kept for ever, in ledger and audit log.

    A net and no proof: names of people pass.

    Raises:
        ConfigurationError: It is empty or long, or looks like a number or an address of somebody.
    """
    reason = text.strip()
    if not reason or len(reason) > _MOST_CHARACTERS or not _REASON.fullmatch(reason):
        problem = f"is a line of at most {_MOST_CHARACTERS} characters, such as a ticket"
        raise ConfigurationError(option, problem)
    if _NUMBER.search(reason) or _ADDRESS.search(reason):
        problem = "looks like a telephone number or an address: name the ticket instead, not people"
        raise ConfigurationError(option, problem)
    return reason


def checked_ids(ids: Iterable[str], option: str = "--conversation") -> tuple[str, ...]:
    """Return ids of conversations, lower case, each once.

    Raises:
        ConfigurationError: One of them is none.
    """
    found = tuple(dict.fromkeys(id_.strip().lower() for id_ in ids))
    if not all(map(layout.is_id, found)):
        raise ConfigurationError(option, "is the id of a conversation, a UUID")
    return found


def is_same_line(one: str, other: str) -> bool:
    """Say whether two telephone numbers, or addresses, are the same however they are written.

    Of numbers the last digits count, as one may be written with its country and one without: who
    is asked to erase looks at what was found before.
    """
    left, right = _bare(one), _bare(other)
    if "@" in left or "@" in right:
        return left == right
    left, right = re.sub(r"\D", "", left), re.sub(r"\D", "", right)
    left, right = left.lstrip("0"), right.lstrip("0")
    shorter, longer = sorted((left, right), key=len)
    return left == right != "" or (len(shorter) >= _LEAST_DIGITS and longer.endswith(shorter))


def _bare(line: str) -> str:
    return _SCHEME.sub("", line.strip(), count=1).casefold().split(";", 1)[0]
