"""What commands have in common: exit codes, and how days and instants are written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

INCOMPLETE, WRONG_SETTINGS, INTERRUPTED = 1, 2, 130
DAY = click.DateTime(formats=["%Y-%m-%d"])
INSTANT = click.DateTime(formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])


def data_option(purpose: str) -> Callable[[_Command], _Command]:
    """Return the option ``--data``; ``purpose`` says what the directory is used for."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help=f"Directory to {purpose}, instead of RECORDINGS_DATA.",
    )
