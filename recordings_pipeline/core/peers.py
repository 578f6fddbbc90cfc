"""Whose addresses media may be fetched from: a signed URL is chosen by the source, not by us.

A host's name says nothing: it may lead into our own network, or to the service that hands out a
cloud machine's credentials. So the address counts, at the moment it is connected to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from recordings_pipeline.core.errors import ConfigurationError

VARIABLE = "RECORDINGS_PRIVATE_NETWORKS"
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
# IPv4 inside of IPv6 by translation (RFC 6052): as private as what is inside.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_LAST_32_BITS = 0xFFFF_FFFF

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Peers:
    """Which addresses may be connected to, beside public ones.

    Attributes:
        is_loopback: Whether this machine is one of them: for a simulator.
        networks: Private networks that are, such as that of a VPC endpoint.
    """

    is_loopback: bool = False
    networks: tuple[Network, ...] = ()

    def allows(self, text: str) -> bool:
        """Say whether an address, as the system writes it, may be connected to."""
        try:
            address = _inner(ip_address(text.partition("%")[0]))
        except ValueError:
            return False
        if any(address in network for network in self.networks):
            return True
        if address.is_loopback:
            return self.is_loopback
        return address.is_global and not address.is_multicast


def peers_from(given: Mapping[str, str], base_url: str) -> Peers:
    """Return whom media may come from; loopback only where the API itself is there.

    Raises:
        ConfigurationError: What is listed is no network.
    """
    words = [word.strip() for word in given.get(VARIABLE, "").split(",")]
    try:
        networks = tuple(ip_network(word) for word in words if word)
    except ValueError:
        raise ConfigurationError(VARIABLE, "lists networks, like 10.0.0.0/8") from None
    return Peers(urlsplit(base_url).hostname in LOOPBACK_NAMES, networks)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & _LAST_32_BITS)
    return address.ipv4_mapped or address.sixtofour or address
