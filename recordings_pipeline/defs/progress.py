"""While a stage runs, its log says how far it has come."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import dagster as dg

from recordings_pipeline.core.headway import Headway, headway_text

LOG_S = 30.0


@contextmanager
def logging_headway(
    log: dg.DagsterLogManager, look: Callable[[], Headway | None], seconds: float = LOG_S
) -> Generator[None]:
    """Write a line every so many seconds, for the length of a ``with`` block."""
    from recordings_pipeline.stages.threads import every

    def line() -> None:
        headway = look()
        if headway is not None and headway.total:
            log.info(headway_text(headway))

    with every(seconds, line):
        yield
