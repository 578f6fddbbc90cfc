"""What jobs have in common that take days by their configuration."""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import Interrupted, RecordingsError


def described(text: str, ops: Mapping[str, Mapping[str, Any]]) -> str:
    """Describe a job, with a configuration to paste into the launchpad or a file for the CLI.

    What is JSON is YAML as well, and fits on a line.
    """
    config = {"ops": {name: {"config": values} for name, values in ops.items()}}
    return f"{text}\n\nConfig, for example:\n\n```yaml\n{json.dumps(config)}\n```"


@contextmanager
def spans_and_problems(days: Sequence[str]) -> Generator[tuple[list[Span], list[str]]]:
    """Hand out the days that were given, all if none was, and a list to put problems into.

    A day that fails does not stop the others; at the end the step fails and names them.

    Raises:
        Failure: A day is none, something failed for all of them, or there are problems.
    """
    problems: list[str] = []
    try:
        yield [Span(day.date, day.date) for day in map(Day.from_key, days)] or [Span()], problems
    except Interrupted:
        raise
    except (RecordingsError, ValueError) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    if problems:
        raise dg.Failure(description=" | ".join(problems), allow_retries=False)
