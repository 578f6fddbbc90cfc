"""How far work has come, while it goes on: live on a terminal, a line now and then in a pipe."""

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from recordings_pipeline.core.headway import (
    Headway,
    allowance_text,
    done_text,
    headway_text,
    moved_parts,
)
from recordings_pipeline.stages.threads import every

if TYPE_CHECKING:
    from rich.console import RenderableType

Look = Callable[[], Headway | None]
Say = Callable[[Callable[[], None]], None]

LINES_S = 10.0
_LOOKS_PER_S = 10
_BAR_WIDTH = 30


@contextmanager
def showing(look: Look, lines_s: float = LINES_S) -> Generator[Say]:
    """Show how far work has come, on standard error, for the length of a ``with`` block.

    Args:
        look: Says how far it has come; called in a thread.
        lines_s: Seconds between lines where there is no terminal.

    Yields:
        How to print something else meanwhile.
    """
    shown = _live(look) if sys.stderr.isatty() else _lines(look, lines_s)
    with shown as say:
        yield say


@contextmanager
def _lines(look: Look, seconds: float) -> Generator[Say]:
    lock = threading.Lock()

    def line() -> None:
        with lock:
            if (headway := look()) is not None:
                click.echo(f"{headway.stage}: {headway_text(headway)}", err=True)

    def say(print_it: Callable[[], None]) -> None:
        with lock:
            print_it()

    with every(seconds, line):
        yield say


@contextmanager
def _live(look: Look) -> Generator[Say]:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    # Stopping and starting again would leave a hidden cursor if Ctrl-C came in between.
    is_hidden = threading.Event()
    live = Live(
        get_renderable=lambda: Text() if is_hidden.is_set() else _shown(look()),
        console=Console(stderr=True),
        refresh_per_second=_LOOKS_PER_S,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )

    def say(print_it: Callable[[], None]) -> None:
        is_hidden.set()  # or the lines would end up in the middle of it
        try:
            live.refresh()
            print_it()
        finally:
            is_hidden.clear()

    with live:
        yield say


def _shown(headway: Headway | None) -> "RenderableType":
    """Return two lines: what is done of what, and what moves and what it takes."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    if headway is None:
        return Text("starting")
    bar = ProgressBar(
        headway.total or None, headway.done, width=_BAR_WIDTH, pulse=not headway.total
    )
    first = Table.grid(padding=(0, 1))
    first.add_row(Text(headway.stage), bar, Text(done_text(headway)))
    second = [*moved_parts(headway), allowance_text(headway)]
    return Group(first, Text("  " + " · ".join(second), no_wrap=True, overflow="ellipsis"))
