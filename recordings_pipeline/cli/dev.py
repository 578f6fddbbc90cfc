"""`recordings-pipeline dev`: everything an operator looks at, in one terminal."""

import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import click

from recordings_pipeline.cli.children import child, dagster_home, guarded, simulator
from recordings_pipeline.cli.lifetime import catch_the_end
from recordings_pipeline.core.secrets import LEDGER_URL
from recordings_pipeline.core.settings import has_credentials, settings_from
from recordings_pipeline.core.timetable import daily_hour, days_per_run, first_day
from recordings_pipeline.storage.home import Home, make_private


def run(port: int) -> None:
    """Run until Ctrl-C, or until one of the programs ends by itself."""
    make_private()
    environ = dict(os.environ)
    # Dagster would fail on a wrong one in a process of its own.
    for check in (first_day, days_per_run, daily_hour):
        check(environ)
    settings = settings_from(environ) if has_credentials(environ) else None
    data = settings.data if settings else Path("data/demo")
    Home(data).prepare()
    environ |= {
        "RECORDINGS_DATA": str(data.absolute()),
        "DAGSTER_HOME": dagster_home(environ, data),
        # `dagster dev` tells everybody that a command of another package replaces it.
        "PYTHONWARNINGS": "ignore",
    }
    ended = catch_the_end()
    with ExitStack() as stack:
        if settings:
            click.echo(f"organization at {settings.base_url}")
        else:
            # The ledger of a real organization has nothing to do with a simulated one either.
            real = ("GENESYS_", LEDGER_URL)
            environ = {n: v for n, v in environ.items() if not n.startswith(real)}
            environ |= stack.enter_context(simulator(environ))
            click.echo("no credentials are set: using a simulated organization")
        watch = ["-m", "recordings_pipeline", "watch", "--until-stdin-closes"]
        stack.enter_context(child(watch, environ))
        _sweep(environ)
        dagster = stack.enter_context(child(guarded(_dagster(port)), environ))
        threading.Thread(target=_show, args=(dagster, ended), daemon=True).start()
        click.echo(f"Dagster: open http://127.0.0.1:{port} in half a minute; Ctrl-C stops all")
        ended.wait()
        with suppress(OSError):  # the terminal may be what ended it
            click.echo("stopping …")


def _sweep(environ: Mapping[str, str]) -> None:
    """End what a restart of the machine left running, and say so; a new home has nothing."""
    if not {path.name for path in Path(environ["DAGSTER_HOME"]).glob("*")} - {"dagster.yaml"}:
        return
    with child(["-m", "recordings_pipeline", "sweep", "--end"], environ) as process:
        lines = list(process.stdout or ())
    if len(lines) > 1:
        click.echo("".join(lines), nl=False)


def _show(process: subprocess.Popen[str], ended: threading.Event) -> None:
    """Pass a program's lines on until it ends."""
    for line in process.stdout or ():
        click.echo(line, nl=False)
    ended.set()


def _dagster(port: int) -> list[str]:
    options = ["-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    return ["-m", "dagster", "dev", *options]
