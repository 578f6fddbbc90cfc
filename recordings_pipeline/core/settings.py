"""Everything a person can set, read from one mapping: the only place that knows the variables.

The command line, the exporter and the Dagster resources all hand their variables to
`settings_from`, so that the same setting means the same thing, and fails with the same sentence,
everywhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recordings_pipeline.core.addresses import api_url, login_url
from recordings_pipeline.core.audit.keeping import Keeping, keeping_from
from recordings_pipeline.core.concurrency import (
    DEFAULT_API_CONNECTIONS,
    DEFAULT_CONNECTIONS,
    MOST_API_CONNECTIONS,
    MOST_CONNECTIONS,
)
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.peers import Peers, peers_from
from recordings_pipeline.core.place import Place, data_directory, ledger_url
from recordings_pipeline.core.sealing import Keys, keys_from
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.core.trust import CODECS, CONTAINERS, DEFAULT_CODECS, Policy

BYTES_PER_GB = 1_000_000_000
_QUOTA = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_POLL_S = re.compile(r"[0-9]{1,2}(\.[0-9]{1,3})?")


DEFAULT_API_RESERVE = "20"
DEFAULT_RESCUE_DAYS = 14
_MOST_RESCUE_DAYS = 3_650
DEFAULT_LOOKBACK_DAYS = 3
DEFAULT_POLL_S = "0.2"
_MOST_POLL_S = 60
METADATA_MODES = ("when_needed", "always")
DURABILITIES = ("grouped", "strict")
# What listens to the sound: levels only, a model of the extra [vad], or nobody.
VOICE_OFF = "off"
VOICES = ("energy", "silero", VOICE_OFF)
UNSUPPORTED: Mapping[str, Literal[Outcome.EXCLUDED, Outcome.QUARANTINED]] = {
    "excluded": Outcome.EXCLUDED,
    "quarantined": Outcome.QUARANTINED,
}
# Our word for a medium, and the platform's.
MEDIA = {
    "call": "audio",
    "screen": "screen",
    "chat": "chat",
    "email": "email",
    "message": "message",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A complete, checked configuration.

    Attributes:
        client_secret: The secret itself, or the file to read it from at each login.
        ledger_url: Address of the database that holds the ledger; None for a file.
        quota_bytes: Most bytes the data directory may hold; None for no limit.
        api_reserve: Share of the API allowance that backfills leave alone, 0 to 1.
        metadata: ``when_needed`` or ``always``.
        exported_media: Media of recordings that are exported, in the platform's words.
        rescue_days: How many days ahead the rescue list looks.
        lookback_days: How many of the last days a look-back looks at again.
        policy: Which sound is exported, and what becomes of the rest.
        connections: Most downloads at once.
        api_connections: Most questions of the API at once.
        reserve_bytes: Free space of the disk that is never used.
        is_strict: Whether each recording is published and recorded by itself.
        voice: What tells speech from silence: ``energy``, ``silero`` or ``off``.
        poll_s: Seconds until it is first asked whether a job or a batch is ready.
        keeping: How the audit log is kept.
        peers: Whose addresses media may be fetched from.
        keys: For whom files are encrypted, and who opens them.
    """

    client_id: str
    client_secret: Secret | Path
    base_url: str
    login_url: str
    data: Path
    ledger_url: Secret | None
    quota_bytes: int | None
    api_reserve: float
    metadata: str
    exported_media: frozenset[str]
    rescue_days: int
    lookback_days: int
    policy: Policy
    connections: int
    api_connections: int
    reserve_bytes: int
    is_strict: bool
    voice: str
    poll_s: float
    keeping: Keeping
    peers: Peers
    keys: Keys

    @property
    def place(self) -> Place:
        """Where everything is written."""
        return Place(self.data, self.ledger_url)


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; an empty one counts as not set.

    Raises:
        ConfigurationError: A variable is missing, wrong, or contradicts another one.
    """
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    base_url = api_url(given)
    return Settings(
        client_id=_required(given, "GENESYS_CLIENT_ID"),
        client_secret=_client_secret(given),
        base_url=base_url,
        login_url=login_url(given, base_url),
        data=data_directory(given),
        ledger_url=ledger_url(given),
        quota_bytes=quota_bytes(given),
        api_reserve=_api_reserve(given),
        metadata=_choice(given, "RECORDINGS_METADATA", METADATA_MODES),
        exported_media=exported_media(given),
        rescue_days=_number(
            given, "RECORDINGS_RESCUE_DAYS", DEFAULT_RESCUE_DAYS, _MOST_RESCUE_DAYS
        ),
        lookback_days=lookback_days(given),
        policy=codec_policy(given),
        connections=_number(given, "RECORDINGS_CONNECTIONS", DEFAULT_CONNECTIONS, MOST_CONNECTIONS),
        api_connections=_number(
            given, "RECORDINGS_API_CONNECTIONS", DEFAULT_API_CONNECTIONS, MOST_API_CONNECTIONS
        ),
        reserve_bytes=_reserve_bytes(given),
        is_strict=_choice(given, "RECORDINGS_DURABILITY", DURABILITIES) == "strict",
        voice=_choice(given, "RECORDINGS_VOICE", VOICES),
        poll_s=_poll_s(given),
        keeping=keeping_from(given),
        peers=peers_from(given, base_url),
        keys=keys_from(given),
    )


def lookback_days(environ: Mapping[str, str]) -> int:
    """Return how many of the last days a look-back looks at again.

    Raises:
        ConfigurationError: The variable is no number of days.
    """
    return _number(environ, "RECORDINGS_LOOKBACK_DAYS", DEFAULT_LOOKBACK_DAYS, 99)


def has_credentials(environ: Mapping[str, str]) -> bool:
    """Say whether someone means a real organization: an id, a secret, or both are given."""
    names = ("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET", "GENESYS_CLIENT_SECRET_FILE")
    return any(environ.get(name, "").strip() for name in names)


def _required(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise ConfigurationError(
            name, "is not set: give the id of an OAuth client with the grant 'client credentials'"
        )
    return given[name]


def _client_secret(given: Mapping[str, str]) -> Secret | Path:
    plain, file = given.get("GENESYS_CLIENT_SECRET"), given.get("GENESYS_CLIENT_SECRET_FILE")
    if plain and file:
        raise ConfigurationError(
            "GENESYS_CLIENT_SECRET", "and GENESYS_CLIENT_SECRET_FILE are both set: keep one"
        )
    if plain:
        return Secret(plain)
    if file:
        return Path(file)
    raise ConfigurationError(
        "GENESYS_CLIENT_SECRET", "is not set: give the secret, or GENESYS_CLIENT_SECRET_FILE"
    )


def quota_bytes(given: Mapping[str, str]) -> int | None:
    """Read how much the data directory may hold; None for no limit."""
    text = given.get("RECORDINGS_QUOTA_GB")
    if not text:
        return None
    if not _QUOTA.fullmatch(text) or float(text) == 0:
        raise ConfigurationError("RECORDINGS_QUOTA_GB", "is not a positive number of GB, like 500")
    return round(float(text) * BYTES_PER_GB)


def _number(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name, "").strip() or str(usual)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 0 < int(text) <= most:
        problem = f"is not a whole number from 1 to {most}, like {usual}"
        raise ConfigurationError(name, problem)
    return int(text)


def _reserve_bytes(given: Mapping[str, str]) -> int:
    text = given.get("RECORDINGS_RESERVE_GB", "1")
    if not _QUOTA.fullmatch(text):
        raise ConfigurationError("RECORDINGS_RESERVE_GB", "is not a number of GB, like 5")
    return round(float(text) * BYTES_PER_GB)


def _choice(given: Mapping[str, str], name: str, words: Sequence[str]) -> str:
    """Return one of some words, the first by default."""
    word = given.get(name, words[0])
    if word not in words:
        raise ConfigurationError(name, f"is one of {', '.join(words)}")
    return word


def _poll_s(given: Mapping[str, str]) -> float:
    text = given.get("RECORDINGS_POLL_S", DEFAULT_POLL_S)
    if not _POLL_S.fullmatch(text) or not 0 < float(text) <= _MOST_POLL_S:
        problem = f"is not a number of seconds up to {_MOST_POLL_S}, like {DEFAULT_POLL_S}"
        raise ConfigurationError("RECORDINGS_POLL_S", problem)
    return float(text)


def _api_reserve(given: Mapping[str, str]) -> float:
    text = given.get("RECORDINGS_API_RESERVE_PERCENT", DEFAULT_API_RESERVE)
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise ConfigurationError(
            "RECORDINGS_API_RESERVE_PERCENT", "is not a whole number from 0 to 99, like 20"
        )
    return int(text) / 100


def exported_media(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the media of recordings that are exported, in the platform's words.

    Raises:
        ConfigurationError: One of them is none.
    """
    text = environ.get("RECORDINGS_MEDIA", "").strip() or "call"
    words = [word.strip() for word in text.split(",")]
    if any(word not in MEDIA for word in words):
        raise ConfigurationError("RECORDINGS_MEDIA", f"lists some of {', '.join(MEDIA)}")
    return frozenset(MEDIA[word] for word in words)


def codec_policy(environ: Mapping[str, str]) -> Policy:
    """Return which sound is exported, and what becomes of the rest.

    Raises:
        ConfigurationError: A word means nothing.
    """
    text = environ.get("RECORDINGS_CODECS", "").strip()
    words = [word.strip().lower() for word in text.split(",")] if text else sorted(DEFAULT_CODECS)
    for word in words:
        container, slash, codec = word.partition("/")
        is_pair = container in CONTAINERS and codec in CODECS
        if not (is_pair if slash else word in CONTAINERS | CODECS):
            known = ", ".join(sorted(CONTAINERS | CODECS))
            problem = f"lists some of {known}, or a container and a codec like wav/g729"
            raise ConfigurationError("RECORDINGS_CODECS", problem)
    unsupported = environ.get("RECORDINGS_UNSUPPORTED", "").strip() or str(Outcome.EXCLUDED)
    if unsupported not in UNSUPPORTED:
        raise ConfigurationError("RECORDINGS_UNSUPPORTED", f"is one of {', '.join(UNSUPPORTED)}")
    return Policy(frozenset(words), UNSUPPORTED[unsupported])
