"""An export that never pauses: what is tested is what is done, not how long it is waited for."""

import threading
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager

from recordings_pipeline.core import layout
from recordings_pipeline.core.retries import MEDIA, Budget
from recordings_pipeline.core.settings import Settings
from recordings_pipeline.genesys.client import open_client
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits
from recordings_pipeline.stages.export import Clock, Export
from recordings_pipeline.stages.transfers import Engine
from recordings_pipeline.storage.home import Home, private
from recordings_pipeline.storage.ledger import Ledger

# The longest pause of a test, however long a source asks to be left alone.
LONGEST_PAUSE_S = 0.002
_IMPATIENT = Budget(MEDIA.attempts, first_wait_s=0.0, longest_wait_s=LONGEST_PAUSE_S)


class Haste(threading.Event):
    """A stop event whose waits are cut short: what is tested is what is done, not the pauses."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(LONGEST_PAUSE_S if timeout is None else min(timeout, LONGEST_PAUSE_S))


def hasty_engine(settings: Settings) -> Engine:
    """Return transfers that give up connecting early, and pause for nobody."""
    limits = ReaderLimits(connect_s=0.3, peers=settings.peers)
    return Engine(
        reserve_bytes=settings.reserve_bytes,
        policy=settings.policy,
        new_reader=lambda: MediaReader(limits),
        budget=_IMPATIENT,
    )


@contextmanager
def hasty_export(settings: Settings, clock: Clock) -> Generator[Export]:
    """Open an export that does not pause; all else is as `open_export` opens it."""
    home, stop = Home(settings.data), Haste()
    with private(), ExitStack() as stack:
        home.prepare()
        ledger = stack.enter_context(closing(Ledger(home.path(layout.LEDGER))))
        client = stack.enter_context(open_client(settings, stop))
        try:
            yield Export(
                client,
                home,
                ledger,
                stop,
                quota_bytes=settings.quota_bytes,
                exported_media=settings.exported_media,
                clock=clock,
                engine=hasty_engine(settings),
                voice=settings.voice,
                keeping=settings.keeping,
                keys=settings.keys,
            )
        finally:
            stop.set()
