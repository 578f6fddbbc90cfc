"""Which addresses media may come from."""

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.peers import Peers, peers_from

_REMOTE = "https://api.mypurecloud.de"


@pytest.mark.parametrize("address", ["52.216.8.8", "2600:1f18::1", "64:ff9b::34d8:808"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert Peers().allows(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "no address",
        "",
    ],
)
def test_others_are_not(address: str) -> None:
    assert not Peers().allows(address)


def test_a_network_that_is_listed_is_allowed_and_no_other() -> None:
    peers = peers_from({"RECORDINGS_PRIVATE_NETWORKS": "10.20.0.0/16, fd00:1::/32"}, _REMOTE)

    assert [peers.allows(one) for one in ("10.20.1.1", "fd00:1::1", "10.21.1.1", "::1")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"])
def test_this_machine_is_allowed_where_the_api_is_on_it(url: str) -> None:
    assert peers_from({}, url).allows("127.0.0.1")
    assert not peers_from({}, url).allows("10.0.0.1")
    assert not peers_from({}, _REMOTE).allows("127.0.0.1")


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="RECORDINGS_PRIVATE_NETWORKS lists networks"):
        peers_from({"RECORDINGS_PRIVATE_NETWORKS": "10.20.0.1/16"}, _REMOTE)
