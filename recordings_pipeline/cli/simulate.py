"""`recordings-pipeline simulate`: a pretend Genesys Cloud in the foreground."""

from datetime import UTC
from typing import Any

import click

from recordings_pipeline.cli.lifetime import catch_the_end
from recordings_pipeline.simulator.fault_plans import BadPlan
from recordings_pipeline.simulator.options import EVERY_PERMISSION, PERMISSIONS, Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.shape import BadShape


def run(given: dict[str, Any], *, until_stdin_closes: bool) -> None:
    """Serve until Ctrl-C."""
    ended = catch_the_end(until_stdin_closes=until_stdin_closes)
    with _simulator(given) as simulator:
        for name, value in simulator.environment.items():
            click.echo(f"export {name}={value}")
        for other in simulator.environments[1:]:
            pasted = " ".join(f"{name}={value}" for name, value in other.items())
            click.echo(f"# another client: export {pasted}")
        click.echo(f"# start page: {simulator.base_url}/ (serving until Ctrl-C)", err=True)
        ended.wait()


def _simulator(given: dict[str, Any]) -> Simulator:
    permissions = EVERY_PERMISSION if given.pop("every_permission") else PERMISSIONS
    others = (permissions,) * (given.pop("clients") - 1)
    now = given.pop("now")
    stopped = None if now is None else now.replace(tzinfo=UTC)
    options = Options(**given, permissions=permissions, other_clients=others, now=stopped)
    try:
        return Simulator(options)
    except BadShape as problem:
        raise click.UsageError(f"--world: {problem}") from None
    except BadPlan as problem:
        raise click.UsageError(f"--faults: {problem}") from None
    except OSError as problem:
        ports = f"--port {options.port} or --media-port {options.media_port}"
        raise click.UsageError(f"{ports} cannot be used: {problem}") from None
