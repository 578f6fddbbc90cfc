"""Where a URL leads is looked at when it is connected to, before a byte is sent."""

import socket

import pytest

from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.genesys.answers import Ending
from recordings_pipeline.genesys.media import MediaReader
from tests.genesys.test_media import DEADLINE_S, LOCAL, WHOLE, Taken, ended, fetch
from tests.hosts import Answer, Serve, in_turn


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "0x7f000001"])
def test_an_address_of_this_machine_is_refused_before_anything_is_sent(host: str) -> None:
    with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        server.settimeout(0.2)
        reader = MediaReader()
        url = signed_url(f"https://{host}:{server.getsockname()[1]}/x?signature=hush")

        reader.start(url, WHOLE, Taken(), DEADLINE_S)

        assert ended(reader) == Ending("the host has not a public address")
        with pytest.raises(TimeoutError):
            server.accept()
        reader.close()


def test_plain_http_is_for_a_simulator_on_this_machine(serve: Serve) -> None:
    reader, host = MediaReader(), serve(in_turn(Answer()))

    reader.start(signed_url(host.url), WHOLE, Taken(), DEADLINE_S)

    assert ended(reader) == Ending("the URL is not https (libcurl error 1)")
    assert host.asked == []
    reader.close()


def test_after_a_refused_address_a_handle_is_as_good_as_new(serve: Serve) -> None:
    reader, host = MediaReader(LOCAL), serve(in_turn(Answer(200, b"good")))
    reader.start(signed_url("https://169.254.169.254/"), WHOLE, Taken(), DEADLINE_S)

    assert ended(reader) == Ending("the host has not a public address")
    assert fetch(reader, host)[1].content == b"good"
    reader.close()
