"""Legal holds: what must not be erased, whoever asks, and who may release it."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from recordings_pipeline.core.errors import ConfigurationError

# Letters of other alphabets look like these, and would make two people of one.
_NAME = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9._@-]{1,64}", re.ASCII)
_NO_NAME = re.compile(r"[^A-Za-z0-9._@ -]", re.ASCII)
_SAID = ", said "


@dataclass(frozen=True, slots=True)
class Person:
    """Who types a command.

    Attributes:
        login: The user who logged in, as far as the system knows.
        claimed: The name he gave himself; empty for none.
    """

    login: str
    claimed: str = ""

    @property
    def name(self) -> str:
        return self.claimed or self.login

    def is_same(self, other: "Person") -> bool:
        """Say whether two may be one person.

        Who shares a login gives himself a name each time; a login that once stood for itself does
        not become somebody else by saying so.
        """
        if _bare(self.name) == _bare(other.name):
            return True
        return self.login == other.login and not (self.claimed and other.claimed)

    @property
    def actor(self) -> str:
        """Who it is, as the audit log has it: plain, whatever the system allows in a login."""
        login = _NO_NAME.sub("-", self.login)
        return f"{self.claimed}{_SAID}{login}" if self.claimed else login

    def __str__(self) -> str:
        return f"{self.claimed}{_SAID}{self.login}" if self.claimed else self.login


def person_from(text: str) -> Person:
    """Read a person back as he was written down."""
    claimed, said, login = text.partition(_SAID)
    return Person(login, claimed) if said else Person(text)


def _bare(name: str) -> str:
    """Return what counts of a name: `a.smith`, `A-Smith` and `asmith` may be one person."""
    return re.sub(r"[\W_]", "", name.casefold())


def checked_name(text: str) -> str:
    """Return a name somebody gives himself.

    Raises:
        ConfigurationError: It is no name of an account.
    """
    if not _NAME.fullmatch(text):
        problem = "is the name of an account, such as a.smith: letters a to z, digits, . - _ @"
        raise ConfigurationError("--as", problem)
    return text


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held: a conversation, or all of some days.

    Attributes:
        conversation_id: Empty for days.
        first: First day; None for a conversation.
        last: Last day, included.
        asked_by: Who asked for its release; empty for nobody.
        released_by: Who confirmed that; empty while it holds.
    """

    hold_id: int
    conversation_id: str
    first: date | None
    last: date | None
    reason: str
    held_by: str
    held_time: datetime
    asked_by: str = ""
    asked_reason: str = ""
    released_by: str = ""

    @property
    def what(self) -> str:
        """What it holds, in words."""
        return self.conversation_id or f"{self.first} to {self.last}"

    @property
    def state(self) -> str:
        if self.released_by:
            return f"released by {self.asked_by} and {self.released_by}"
        return f"release asked by {self.asked_by}" if self.asked_by else "holds"


def nothing_left(conversation_id: str) -> ConfigurationError:
    """Return why what was erased is not held."""
    problem = f"{conversation_id} was erased: nothing is left to hold"
    return ConfigurationError("--conversation", problem)


def is_confirmation(hold: Hold, by: Person) -> bool:
    """Say whether somebody who wants to release a hold is the second one to want it.

    Raises:
        ConfigurationError: It is released, or the same person asked before.
    """
    if hold.released_by:
        raise ConfigurationError(f"hold {hold.hold_id}", f"is {hold.state} already")
    if not hold.asked_by:
        return False
    if by.is_same(person_from(hold.asked_by)):
        problem = f"was to be released by {hold.asked_by}: somebody else has to confirm it"
        raise ConfigurationError(f"hold {hold.hold_id}", problem)
    return True
