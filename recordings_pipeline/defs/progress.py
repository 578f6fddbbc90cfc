"""While a stage runs, its log says how far it has come."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import dagster as dg

from recordings_pipeline.core.headway import Headway, headway_text

LOG_S = 30.0


@contextmanager
def logging_headway(
    log: dg.DagsterLogManager, look: Callable[[], Headway | None]
) -> Generator[None]:
    """Write a line every `LOG_S` seconds, for the length of a ``with`` block."""
    from recordings_pipeline.stages.threads import every

    def line() -> None:
        if (headway := look()) is not None:
            log.info(headway_text(headway))

    with every(LOG_S, line):
        yield
