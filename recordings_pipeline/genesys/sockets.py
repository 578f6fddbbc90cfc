"""Opens the sockets of libcurl, for the addresses that media may come from."""

import os
import socket
from typing import Any

import pycurl

from recordings_pipeline.core.peers import Peers

# Through a proxy, libcurl connects to the proxy alone: who is behind it is the proxy's matter.
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY")


class Opener:
    """Opens the sockets of one handle, and remembers whether it refused to.

    Attributes:
        has_refused: Whether an address was refused since it was last set to false.
    """

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._is_proxied = any(os.environ.get(name) for name in _PROXIES)
        self.has_refused = False

    def open(self, _purpose: int, address: Any) -> Any:  # noqa: ANN401 (as pycurl calls it)
        """Return a socket for an address, or refuse it before a byte is sent."""
        family, kind, protocol, where = address
        if not self._is_proxied and not self._peers.allows(where[0]):
            self.has_refused = True
            return pycurl.SOCKET_BAD
        return _Lent(socket.socket(family, kind, protocol))


class _Lent:
    """A socket that libcurl makes a copy of: ours is closed with the last reference."""

    def __init__(self, lent: socket.socket) -> None:
        self._lent = lent

    def fileno(self) -> int:
        return self._lent.fileno()

    def __del__(self) -> None:
        self._lent.close()
