"""An export at work: whose recordings, where to, and how to stop it."""

import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.concurrency import DEFAULT_API_CONNECTIONS
from recordings_pipeline.core.headway import Headway
from recordings_pipeline.core.sealing import Keys
from recordings_pipeline.core.settings import (
    DEFAULT_RESCUE_DAYS,
    MEDIA,
    METADATA_MODES,
    VOICES,
    Settings,
)
from recordings_pipeline.genesys.client import GenesysClient, open_client
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits
from recordings_pipeline.stages.gauge import Gauge
from recordings_pipeline.stages.links import Links
from recordings_pipeline.stages.refusals import Refusals
from recordings_pipeline.stages.transfers import GROUP_FILES, Engine
from recordings_pipeline.storage.age_keys import imported, require_keys
from recordings_pipeline.storage.extras import require_silero
from recordings_pipeline.storage.home import Home, private
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_place import open_ledger
from recordings_pipeline.storage.shared_window import SharedWindow, window_path

Progress = Callable[[str, int, int], None]
Clock = Callable[[], datetime]
_LIFETIME = "url_lifetime_s"
# Settings change rarely, and a URL that died early is asked for again.
_SETTINGS_HOLD = timedelta(days=1)


def silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


def real_time() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Export:
    """Everything a stage needs.

    Attributes:
        progress: Called with a stage's name, what is done and how much there is, as work goes on.
        processed_ids: Recordings the caller has already; they are not fetched.
        quota_bytes: Most bytes the data directory may hold; None for no limit.
        metadata: ``always``, or ``when_needed``.
        exported_media: Media of recordings that are exported, in the platform's words.
        rescue_days: How many days ahead the rescue list looks.
        api_connections: Most questions of the API at once.
        links: Signed URLs that the index came by.
        refusals: Conversations for whose sake requests for files were refused.
        clock: Says what time it is: days settle by it, and what happened is dated by it.
        engine: How transfers run.
        gauge: Knows how far the stage at work has come.
        voice: What tells speech from silence: ``energy``, ``silero`` or ``off``.
        keeping: How the audit log is kept.
        keys: For whom files are encrypted, and who opens them.
    """

    client: GenesysClient
    home: Home
    ledger: Ledger
    stop: threading.Event
    progress: Progress = silent
    processed_ids: frozenset[str] = frozenset()
    quota_bytes: int | None = None
    metadata: str = METADATA_MODES[0]
    exported_media: frozenset[str] = frozenset({MEDIA["call"]})
    rescue_days: int = DEFAULT_RESCUE_DAYS
    api_connections: int = DEFAULT_API_CONNECTIONS
    links: Links = field(default_factory=Links)
    refusals: Refusals = field(default_factory=Refusals)
    clock: Clock = real_time
    engine: Engine = field(default_factory=Engine)
    gauge: Gauge = field(default_factory=Gauge)
    voice: str = VOICES[0]
    keeping: Keeping = field(default_factory=Keeping)
    keys: Keys = Keys()  # noqa: RUF009 (frozen)
    _lifetimes: list[float] = field(default_factory=list)

    def url_lifetime_s(self, *, asks_anew: bool = False) -> float:
        """Return how long signed URLs of a batch live; asked once an export, and once a day.

        Args:
            asks_anew: Whether what another export was told counts for nothing: a check that
                refused the lifetime is passed as soon as somebody has raised it.
        """
        if not self._lifetimes:
            yesterday = self.now() - _SETTINGS_HOLD
            noted = None if asks_anew else self.ledger.notes.value(_LIFETIME, yesterday)
            self._lifetimes.append(float(noted or self._asked_lifetime_s()))
        return self._lifetimes[0]

    def reached(self, stage: str, done: int, total: int) -> None:
        """Note how much of a stage is done; once for each recording, so that it must be cheap."""
        self.gauge.reached(done, total)
        self.progress(stage, done, total)

    def look(self) -> Headway | None:
        """Say how far the stage at work has come, in any thread; None before the first one."""
        return self.gauge.look(self.client)

    def now(self) -> datetime:
        return self.clock()

    def _asked_lifetime_s(self) -> int:
        seconds = self.client.batch_url_lifetime_s()
        self.ledger.notes.keep(_LIFETIME, str(seconds), self.now())
        return seconds

    def bind_organization(self) -> str:
        """Make sure that the data directory belongs to the organization of the credentials.

        Returns:
            The organization's name, or its id if it has none.

        Raises:
            ConfigurationError: The directory holds another organization's recordings.
        """
        organization = self.client.organization()
        self.ledger.bind(
            "organization_id", organization.id, "holds another organization's recordings"
        )
        return organization.name or organization.id


@contextmanager
def open_export(
    settings: Settings,
    *,
    progress: Progress = silent,
    processed_ids: frozenset[str] = frozenset(),
    is_backfill: bool = False,
    clock: Clock = real_time,
) -> Generator[Export]:
    """Open client, directory and ledger for the length of a ``with`` block.

    A backfill leaves some of the API allowance to the daily work of other processes.

    Leaving it by an exception ends every wait and transfer of its threads.

    Raises:
        ConfigurationError: The directory cannot be written, or an extra is not installed.
    """
    _require_extras(settings)
    stop = threading.Event()
    home = Home(settings.place)
    share = 1 - settings.api_reserve if is_backfill else 1.0
    with private(), ExitStack() as stack:
        home.prepare()
        ledger = stack.enter_context(open_ledger(home))
        path = window_path(settings.client_id, settings.base_url)
        window = stack.enter_context(closing(SharedWindow(path)))
        client = stack.enter_context(open_client(settings, stop, window, share=share))
        try:
            yield Export(
                client,
                home,
                ledger,
                stop,
                progress,
                processed_ids,
                quota_bytes=settings.quota_bytes,
                metadata=settings.metadata,
                exported_media=settings.exported_media,
                rescue_days=settings.rescue_days,
                api_connections=settings.api_connections,
                clock=clock,
                engine=_engine(settings),
                voice=settings.voice,
                keeping=settings.keeping,
                keys=settings.keys,
            )
        finally:
            # Before the client closes: what waits for it has to know.
            stop.set()


def _engine(settings: Settings) -> Engine:
    files = 1 if settings.is_strict else GROUP_FILES
    limits = ReaderLimits(peers=settings.peers)
    return Engine(
        settings.connections,
        settings.reserve_bytes,
        files,
        policy=settings.policy,
        new_reader=lambda: MediaReader(limits),
    )


def _require_extras(settings: Settings) -> None:
    if settings.voice == "silero":
        require_silero()
    if settings.keys.recipients:
        imported()
    if settings.keys.identity is not None:
        require_keys(settings.keys.identity)
