"""While a stage runs, its log says how far it has come."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from recordings_pipeline.core.headway import Headway

LOG_S = 30.0


@contextmanager
def logging_headway(
    log: dg.DagsterLogManager, look: "Callable[[], Headway | None]"
) -> Generator[None]:
    """Write a line every `LOG_S` seconds, for the length of a ``with`` block."""
    from recordings_pipeline.core.headway import headway_text
    from recordings_pipeline.stages.threads import every

    def line() -> None:
        if (headway := look()) is not None:
            log.info(headway_text(headway))

    with every(LOG_S, line):
        yield
