"""Two clocks that move together, ours and a simulator's, and what is kept on our side."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, TranscriptState
from recordings_pipeline.core.reports import STAGES, ExportReport
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.ledger import Ledger
from tests.conftest import settings_of

HOUR = timedelta(hours=1)
Json = dict[str, Any]
Work = Callable[[RecordingExporter], ExportReport]


class Times:
    """An organization and a data directory over some days.

    Attributes:
        now: What both clocks show.
    """

    def __init__(self, simulator: Simulator, data: Path, now: datetime) -> None:
        self.simulator = simulator
        self.data = data
        self.now = now

    def at(self, moment: datetime) -> "Times":
        """Move both clocks."""
        self._pull("clock", {"advance_s": (moment - self.now).total_seconds()})
        self.now = moment
        return self

    def plant(self, day: Day, what: str) -> Json:
        """Let a recording or a transcript turn up late."""
        return self._pull("plant", {"day": day.key, "what": what, "count": 1})

    def look_back(self, **more: str) -> ExportReport:
        return self._export(lambda exporter: exporter.look_back(), **more)

    def export(self, day: Day) -> ExportReport:
        return self._export(lambda exporter: exporter.export_range(day.start, day.end))

    def outcomes(self, day: Day) -> dict[str, Outcome]:
        """Return how the day's recordings stand, by id."""
        with closing(Ledger(self.data / layout.LEDGER)) as ledger:
            return {id_: found.verdict.outcome for id_, found in ledger.standings(day).items()}

    def told(self, day: Day) -> set[str]:
        """Return the day's conversations with a transcript."""
        with closing(Ledger(self.data / layout.LEDGER)) as ledger:
            found = ledger.transcripts.of_day(day).values()
        return {s.conversation_id for s in found if s.state is TranscriptState.FETCHED}

    def files(self) -> dict[Path, int]:
        """Return when each audio file was last changed."""
        found = (self.data / "audio").glob("date=*/*/*")
        return {path: path.stat().st_mtime_ns for path in found}

    def written(self, day: Day) -> dict[str, int]:
        """Return when each table of a day was last changed."""
        paths = {stage: self.data / layout.table_path(stage, day) for stage in STAGES}
        return {stage: path.stat().st_mtime_ns for stage, path in paths.items()}

    def _export(self, work: Work, **more: str) -> ExportReport:
        settings = settings_of(self.simulator, self.data, **more)
        with RecordingExporter(settings, clock=lambda: self.now) as exporter:
            return work(exporter)

    def _pull(self, lever: str, payload: Json) -> Json:
        answer = httpx.post(f"{self.simulator.base_url}/simulator/{lever}", json=payload)
        found: Json = answer.raise_for_status().json()
        return found
