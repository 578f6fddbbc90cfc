"""`recordings-pipeline simulate`: a pretend Genesys Cloud in the foreground."""

import click

from recordings_pipeline.cli.lifetime import catch_the_end
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator


def run(options: Options, *, until_stdin_closes: bool) -> None:
    """Serve until Ctrl-C."""
    ended = catch_the_end(until_stdin_closes=until_stdin_closes)
    try:
        simulator = Simulator(options)
    except OSError as error:
        raise click.UsageError(f"--port {options.port} cannot be used: {error}") from None
    with simulator:
        for name, value in simulator.environment.items():
            click.echo(f"export {name}={value}")
        click.echo("# serving until Ctrl-C", err=True)
        ended.wait()
