"""Where an organization is asked: the addresses of its API and of its login."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.peers import LOOPBACK_NAMES
from recordings_pipeline.core.regions import DOMAINS, domain_of

DEFAULT_BASE_URL = "https://api.mypurecloud.com"
_PRINTABLE = re.compile(r"[!-~]+")
# A label of a host name has at most 63 characters (RFC 1035, section 2.3.4).
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")


def api_url(given: Mapping[str, str]) -> str:
    """Return where the API of the region, or of the address, is asked.

    Raises:
        ConfigurationError: A variable is wrong, or contradicts the other one.
    """
    region, url = given.get("GENESYS_REGION"), given.get("GENESYS_BASE_URL")
    if region and url:
        raise ConfigurationError(
            "GENESYS_REGION", "and GENESYS_BASE_URL are both set: keep the one you mean"
        )
    if not region:
        return checked_url("GENESYS_BASE_URL", url or DEFAULT_BASE_URL)
    domain = domain_of(region)
    if domain is None:
        names = ", ".join(sorted(DOMAINS))
        # Not quoted: what was pasted into the wrong variable may be the secret.
        raise ConfigurationError("GENESYS_REGION", f"is no region that we know: use one of {names}")
    return f"https://api.{domain}"


def login_url(given: Mapping[str, str], base_url: str) -> str:
    """Derive the login host as the SDK's ``get_conf_url`` does, unless one is given.

    Raises:
        ConfigurationError: The variable is no address.
    """
    derived = re.sub(r"//api\.", "//login.", base_url)
    return checked_url("GENESYS_LOGIN_URL", given.get("GENESYS_LOGIN_URL", derived))


def checked_url(variable: str, url: str, example: str = DEFAULT_BASE_URL) -> str:
    """Return an address, without a slash at its end.

    Raises:
        ConfigurationError: It is none, or says more than where, or is not encrypted.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in ("https", "http"):
        raise ConfigurationError(variable, f"is not an address: write it like {example}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(variable, "must be scheme, host and path only")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_NAMES:
        raise ConfigurationError(variable, "uses http, which is allowed for loopback only")
    return url.rstrip("/")


def _split(url: str) -> SplitResult | None:
    """Take an address apart; None when a part of it cannot be what it stands for."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        if ":" in host:
            IPv6Address(host)
    except ValueError:
        return None
    is_host = ":" in host or _HOST.fullmatch(host)
    return parts if is_host and _PRINTABLE.fullmatch(url) else None
