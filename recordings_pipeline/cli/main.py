"""The command line and its exit codes."""

import logging
import os
import sys

import click

from recordings_pipeline.cli import (
    commands_analyst,
    commands_archive,
    commands_audit,
    commands_export,
    commands_local,
    commands_privacy,
    commands_speech,
)
from recordings_pipeline.cli.options import INCOMPLETE, INTERRUPTED, WRONG_SETTINGS
from recordings_pipeline.core.errors import (
    ConfigurationError,
    Interrupted,
    RecordingsError,
)
from recordings_pipeline.core.sentences import sentence_of


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Exit codes: 0 done, 1 a day or check failed, archive and ledger differ, or a recording is "
        "to be fetched again, "
        "2 wrong settings, 130 interrupted."
    ),
)
@click.version_option(package_name="recordings-pipeline")
def commands() -> None:
    """Export Genesys Cloud call recordings, one UTC day at a time."""


for _command in (
    commands_export.export,
    commands_export.plan,
    commands_export.status,
    commands_export.rescue,
    commands_export.doctor,
    commands_archive.verify,
    commands_archive.replay,
    commands_archive.rebuild,
    commands_archive.ingest,
    commands_audit.audit,
    commands_privacy.erase,
    commands_privacy.hold,
    commands_privacy.retain,
    commands_privacy.decrypt,
    commands_analyst.dictionary,
    commands_analyst.sql,
    commands_speech.export_transcript,
    commands_speech.show,
    commands_local.demo,
    commands_local.dev,
    commands_local.sweep,
    commands_local.simulate,
    commands_local.watch,
):
    commands.add_command(_command)


def main() -> None:
    """Run the command line; every expected failure is one sentence, without a traceback."""
    # Whatever a command writes holds what people said, or leads to them.
    os.umask(0o077)
    # Commands print every warning themselves; without a handler Python would print it once more.
    logging.getLogger("recordings_pipeline").addHandler(logging.NullHandler())
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_SETTINGS)
    except ConfigurationError as error:
        click.echo(f"error: {sentence_of(error)}", err=True)
        sys.exit(WRONG_SETTINGS)
    except (click.Abort, KeyboardInterrupt, Interrupted):
        click.echo("interrupted: what was finished is kept, the next run continues", err=True)
        sys.exit(INTERRUPTED)
    except RecordingsError as error:
        click.echo(f"error: {sentence_of(error)}", err=True)
        sys.exit(INCOMPLETE)
    except BrokenPipeError:
        sys.exit(INCOMPLETE)
