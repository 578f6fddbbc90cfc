"""Exit codes, and one sentence where others print a traceback."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from recordings_pipeline.cli.main import commands
from tests.cli.conftest import COMMAND, LIMIT_S, Enter, environment, run
from tests.conftest import Start

RANGE = ["--from", "2026-01-31", "--to", "2026-01-31"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["export", "--help"], 0),
        (["exprot"], 2),
        (["export", "--from", "2026-01-31"], 2),
        (["export", "--from", "31.01.2026", "--to", "2026-01-31"], 2),
        (["export", "--look-back", "--to", "2026-01-31"], 2),
        (["doctor", "--fast"], 2),
    ],
    ids=[
        "version",
        "help",
        "no such command",
        "half a range",
        "another date",
        "range and look-back",
        "no such option",
    ],
)
def test_a_misunderstanding_is_exit_code_2(arguments: list[str], code: int) -> None:
    done = run([*COMMAND, *arguments])

    assert done.returncode == code
    assert bool(done.stderr) is (code != 0)
    assert "Traceback" not in done.stderr


def test_refused_credentials_are_one_sentence_and_exit_code_1(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = start().environment | {"GENESYS_CLIENT_SECRET": "wrong"}

    code = enter("export", *RANGE, "--data", str(tmp_path), **environ)

    printed = capsys.readouterr()
    assert code == 1
    # A slow machine says before it how far it is.
    said = [line for line in printed.err.splitlines() if "allowance" not in line]
    assert [line.partition(":")[0] for line in said] == ["error"]
    assert said[0].startswith("error: 127.0.0.1")
    assert printed.out == ""


def test_ctrl_c_after_a_line_says_that_the_next_run_continues_and_is_exit_code_130(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=4)
    with subprocess.Popen(
        [*COMMAND, "export", *RANGE, "--data", str(tmp_path)],
        env=environment(**simulator.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        # It is in the pipe as soon as its stage is done.
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=LIMIT_S)

    assert line.startswith("recording_index ")
    assert "conversation_metrics" not in rest
    assert process.returncode == 130
    *_, last = said.splitlines()
    assert last == "interrupted: what was finished is kept, the next run continues"


def test_a_reader_that_went_away_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*COMMAND, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (1, "")


def test_no_command_takes_a_secret_and_dev_listens_where_it_says() -> None:
    """Whoever is on the machine reads the arguments of every process."""
    found = dict(parameters(commands, ()))

    assert len(found) > 20
    words = {"secret", "token", "password", "credentials", "number", "phone"}
    taken = {
        (name, option)
        for name, options in found.items()
        for option in options
        if name != "simulate" and words & {*option.split("_")}
    }
    assert taken == set()
    assert found["dev"] == ["port"]


def parameters(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the names of what it takes, flags apart."""
    if isinstance(command, click.Group):
        for name, found in command.commands.items():
            yield from parameters(found, (*path, name))
    else:
        options = (found for found in command.params if not getattr(found, "is_flag", False))
        yield " ".join(path), [str(option.name) for option in options]
