"""Faults of logins, tokens and permissions."""

from collections.abc import Mapping
from typing import Any

from tests.faults.case import Fault, Play, Played, Shown, of
from tests.faults.playing import each, fault, plan
from tests.faults.scene import Scene
from tests.hosts import Answer, Heard

LIFETIMES: tuple[object, ...] = (0, -1, "abc", 10**12, None)


def counting_logins(play: Play) -> Play:
    """Play, and say how often somebody logged in."""

    def played(scene: Scene) -> None:
        play(scene)
        scene.say(f"{scene.simulator.traffic.logins} logins")

    return played


def lifetime(value: object) -> Play:
    """Export with tokens that are said to live so long."""

    def told(answer: Mapping[str, Any]) -> Mapping[str, Any]:
        rest = {name: found for name, found in answer.items() if name != "expires_in"}
        return rest if value is None else {**rest, "expires_in": value}

    def play(scene: Scene) -> None:
        scene.source(calls=1)
        scene.run(scene.export(scene.between("/oauth/token", told)))

    return play


def login_is_down(scene: Scene) -> None:
    source = scene.source()
    dead = scene.host(hangs_up, hangs_up)
    scene.run(scene.export(source, GENESYS_LOGIN_URL=dead.url))


def hangs_up(_heard: Heard) -> Answer:
    return Answer(0)


def rotated(scene: Scene) -> None:
    """Put a wrong secret in the file, fail, put the right one there, and go on."""
    source = scene.source()
    file = scene.folder / "secret"
    file.write_text("outdated")
    right = source.environment["GENESYS_CLIENT_SECRET"]
    export = scene.export(source, GENESYS_CLIENT_SECRET="", GENESYS_CLIENT_SECRET_FILE=str(file))
    scene.run(export)
    file.write_text(right)
    scene.run(export)


def all_lifetimes(scene: Scene) -> None:
    for number, value in enumerate(LIFETIMES):
        lifetime(value)(scene.room(str(number)))


FAULTS: list[Fault] = [
    Played(
        number="U1", name="The secret is wrong", how="every login is refused",
        play=plan("login-refused"), ends=("fails",),
        told="refused the client credentials: check GENESYS_CLIENT_ID, the secret and the region",
    ),
    Played(
        number="U2", name="Tokens expire in the middle of a run",
        how="a token lives for a tenth of a second", play=plan(token_lifetime_s=0.1),
        ends=("3 exported",),
    ),
    Played(
        number="U3", is_slow=True, name="A token is revoked while it is fresh",
        how="401 for one question in the middle of a run",
        play=counting_logins(plan(fault("submit", status=401, numbers=[1]))),
        ends=("3 exported", "2 logins"),
    ),
    Played(
        number="U4", name="No token is accepted", how="401 for every question",
        play=counting_logins(plan(fault("api", status=401))), ends=("fails", "2 logins"),
        told="unexpected HTTP status 401",
    ),
    Shown(
        number="U5", name="Many threads meet an expired token at once",
        tests=(
            *of("genesys/test_transport",
                "test_threads_that_are_refused_together_log_in_once"),
            *of("genesys/test_auth",
                "test_many_threads_share_one_login"),
        ),
        ends="one of them logs in for all",
    ),
    Played(
        number="U6", name="A lifetime of a token that makes no sense",
        how="0, -1, a word, a trillion, nothing", play=all_lifetimes,
        ends=("1 exported",) * len(LIFETIMES), is_slow=True,
    ),
    Played(
        number="U7", name="A permission is missing", how="403 for every question",
        play=plan("missing-permission"), ends=("fails",),
        told="recording:recording:view",
    ),
    Played(
        number="U8", is_slow=True, name="A batch belongs to another client",
        how="403 for the first look, then for every one",
        play=each(plan(fault("poll", status=403, numbers=[1])), plan(fault("poll", status=403))),
        ends=("3 exported", "fails"), told="only the OAuth client that made it may read it",
    ),
    Played(
        number="U9", name="The login host is down while the API is up",
        how="the login host hangs up", play=login_is_down, ends=("fails",),
        told="no answer from 127.0.0.1:",
    ),
    Played(
        number="U10", name="The secret is exchanged while a run goes on",
        how="the file holds a wrong secret, then the right one", play=rotated,
        ends=("fails", "3 exported"), told="refused the client credentials",
    ),
]  # fmt: skip
