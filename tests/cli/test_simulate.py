"""`simulate` serves the world it was asked for, and says so when it cannot."""

import socket
import subprocess
from pathlib import Path

from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys import analytics
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.world import World
from recordings_pipeline.stages.export import open_export
from tests.cli.conftest import COMMAND, DAY, LIMIT_S, environment, run


def test_the_printed_lines_lead_to_the_world_that_was_asked_for(tmp_path: Path) -> None:
    options = ["--world", "plain", "--seed", "7", "--calls-per-day", "3", "--clients", "2"]
    with subprocess.Popen(
        [*COMMAND, "simulate", *options, "--until-stdin-closes"],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
        other = process.stdout.readline().strip()
        pairs = [line.removeprefix("export ").partition("=") for line in lines]
        given = {name: value for name, _, value in pairs} | {"RECORDINGS_DATA": str(tmp_path)}
        with open_export(settings_from(given)) as export:
            organization = export.client.organization()
            served = [
                conversation.id for conversation in analytics.conversations(export.client, DAY)
            ]
        process.communicate(timeout=LIMIT_S)  # closes its standard input

    world = World(7, shape_named("plain").with_calls(3))
    assert organization.id == world.organization_id
    assert served == [call.conversation_id for call in world.calls(DAY.date)]
    assert other.startswith("# another client: export GENESYS_BASE_URL=")
    assert given["GENESYS_CLIENT_ID"] not in other
    assert process.returncode == 0


def test_a_port_in_use_is_one_sentence_and_exit_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run([*COMMAND, "simulate", "--port", str(port)])

    assert done.returncode == 2
    assert f"--port {port} or --media-port 0 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
