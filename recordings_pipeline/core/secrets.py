"""Values that must not be printed by accident."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LEDGER_URL = "RECORDINGS_LEDGER_URL"
# A shorter password is a word, and found wherever somebody says it.
_SHORTEST_PASSWORD = 8


class Secret:
    """A string that only `reveal` shows: repr, str, format and pickling do not."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself; search for this word to find every use."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """A URL that is itself a credential: whoever holds it can hear the call."""

    secret: Secret

    def __str__(self) -> str:
        parts = urlsplit(self.secret.reveal())
        return f"{parts.scheme}://{parts.hostname}/(signed)"

    @property
    def host(self) -> str:
        """Host and port, all that a message may say of it."""
        return urlsplit(self.secret.reveal()).netloc.rpartition("@")[2]

    def reveal(self) -> str:
        """Return the URL with its signature."""
        return self.secret.reveal()


def signed_url(url: str) -> SignedUrl:
    """Wrap a URL as the platform sent it."""
    return SignedUrl(Secret(url))


def credentials_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets that variables of ours hold, to look for where they must not be."""
    names = (name for name in environ if name.startswith(("GENESYS_", "RECORDINGS_")))
    ends = ("_SECRET", "_AGE_IDENTITY")
    found = [environ[name] for name in names if name.endswith(ends) and environ[name]]
    return (*found, *_of_url(environ.get(LEDGER_URL, "").strip()))


def _of_url(url: str) -> tuple[str, ...]:
    """Return what must not be seen of a database's address: all of it, and its password."""
    if not url:
        return ()
    quoted = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
    passwords = {quoted, unquote(quoted)}
    return (url, *sorted(word for word in passwords if len(word) >= _SHORTEST_PASSWORD))
