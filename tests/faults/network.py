"""Faults of the network, the API's as well as the media hosts'."""

import socket

from tests.faults.case import Fault, Played, Shown, hostile, of
from tests.faults.playing import fault, plan
from tests.faults.scene import SIGNATURE, Address, Scene, with_links
from tests.hosts import Answer

_ALWAYS = {"every": 1}


def nobody_listens(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    scene.run(scene.export(Address(f"http://127.0.0.1:{port}")))


def no_such_host(scene: Scene) -> None:
    scene.run(scene.export(Address("https://api.nowhere.invalid")))


def connections_are_dropped(scene: Scene) -> None:
    """Fill the queue of a listener that never accepts: the system drops what comes after."""
    scene.source(calls=1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)  # noqa: FBT003 (the library's)
            one.connect_ex(address)
        url = f"http://127.0.0.1:{address[1]}/a?{SIGNATURE}x"
        host = scene.between("batchrequests/", lambda answer: with_links(url, answer))
        scene.run(scene.export(host))
        for one in waiting:
            one.close()


def proxy_wants_a_password(scene: Scene) -> None:
    page = Answer(407, b"<html>Please log in</html>", {"Content-Type": "text/html"})
    host = scene.host(lambda _heard: page, lambda _heard: page)
    scene.run(scene.export(host))
    scene.say(f"{len(host.logins)} question")


FAULTS: list[Fault] = [
    Played(
        number="N1", name="The source's host refuses connections",
        how="nobody listens on the port of the API",
        play=nobody_listens, ends=("fails",), told="no answer from 127.0.0.1:",
    ),
    Played(
        number="N2", name="The source's name has no address",
        how="a host below .invalid, which no resolver knows",
        play=no_such_host, ends=("fails",),
        told="no answer from login.nowhere.invalid: ConnectError", is_slow=True,
    ),
    Played(
        number="N3", name="Connections of a media host time out",
        how="a listener whose queue is full, so that the system drops what comes",
        play=connections_are_dropped, ends=("1 retry",),
        told="no byte of it arrived: too slow, or out of time", is_slow=True,
    ),
    Shown(
        number="N4", name="TLS that cannot be trusted",
        tests=of("genesys/test_certificates",
                "test_a_certificate_that_is_not_trusted_ends_the_question_and_says_why"),
        ends="fails after one attempt, without a secret on its way",
        told="its certificate is not trusted",
    ),
    Played(
        number="N5", name="A connection is reset before the answer",
        how="each question of the API, the first time",
        play=plan("reset"), ends=("3 exported",), is_slow=True,
    ),
    Played(
        number="N6", is_slow=True, name="A connection is reset in the middle of a file",
        how="each file is cut in half by RST, once",
        play=plan("cut-bodies"), ends=("3 exported",),
    ),
    Played(
        number="N7", name="A connection is closed in the middle of a file",
        how="each file is cut in half by FIN, once",
        play=plan("early-close"), ends=("3 exported",),
    ),
    Played(
        number="N8", name="A file without a length ends when the connection does",
        how="no answer of the media host has a Content-Length",
        play=plan("no-length"), ends=("3 retry",), told="no single Content-Length",
    ),
    Shown(
        number="N9", name="A file that drips",
        tests=hostile("A body that drips is broken off and continued"),
        ends="broken off below the least rate, continued",
    ),
    Shown(
        number="N10", name="A file that stalls after its headers, or in its middle",
        tests=(
            *hostile("A body that stops moving is broken off and continued"),
            *of("genesys/test_media",
                "test_a_stalled_transfer_ends_by"),
        ),
        ends="broken off, continued",
    ),
    Played(
        number="N11", is_slow=True, name="A network that loses a fifth of all connections",
        how="every fifth question is reset, and a fifth of the files",
        play=plan(fault("media", cut=0.5, how="reset", share=0.2, times=1)
                  + fault("api", cut=0, how="reset", every=5), calls=6),
        ends=("6 exported",),
    ),
    Played(
        number="N12", name="A slow line",
        how="files come at 1 Mbit/s",
        play=plan(fault("media", bytes_per_s=125_000)), ends=("3 exported",), is_slow=True,
    ),
    Played(
        number="N13", name="A proxy in between asks for a password",
        how="407 with a page of HTML for every question",
        play=proxy_wants_a_password, ends=("fails", "1 question"),
        told="POST /oauth/token: unexpected HTTP status 407",
    ),
    Played(
        number="N14", is_slow=True, name="A kept connection is dead when it is used again",
        how="each question is hung up on without a word, the first time",
        play=plan("no-answer"), ends=("3 exported",),
    ),
]  # fmt: skip
