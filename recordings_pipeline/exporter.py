"""The pipeline for people without Dagster: same stages, same ledger, same tables."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from types import TracebackType
from typing import Self

from recordings_pipeline.core.days import Day, days_touched, span_of
from recordings_pipeline.core.errors import (
    ConfigurationError,
    Interrupted,
    LoginRefused,
    RecordingsError,
)
from recordings_pipeline.core.headway import Headway
from recordings_pipeline.core.lookback import days_to_look_at
from recordings_pipeline.core.reports import DayFailed, ExportReport, StageReport
from recordings_pipeline.core.sentences import sentence_of
from recordings_pipeline.core.settings import Settings, settings_from
from recordings_pipeline.core.verification import Verification, sample_from, total
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.day import export_day
from recordings_pipeline.stages.export import (
    Clock,
    Export,
    Progress,
    open_export,
    real_time,
    silent,
)
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.repair import repair, require_audio
from recordings_pipeline.stages.replay import choice_of, replay
from recordings_pipeline.stages.verify import Lot, verify

# What is wrong with these is wrong for every day, so the range ends at once.
_FATAL = (ConfigurationError, Interrupted, LoginRefused)

Report = Callable[[StageReport | DayFailed], None]


def unheard(_news: StageReport | DayFailed) -> None:
    """Tell nobody."""


class RecordingExporter:
    """Exports ranges of days.

    Use it as a context manager::

        with RecordingExporter.from_env() as exporter:
            report = exporter.export_range(start, end)
        print(report.outcomes)
    """

    def __init__(
        self,
        settings: Settings,
        *,
        progress: Progress = silent,
        report: Report = unheard,
        clock: Clock = real_time,
    ) -> None:
        """Configure an exporter; nothing is opened before its ``with`` block.

        Args:
            settings: Whose recordings, and where to.
            progress: Called with a stage's name, what is done and how much there is.
            report: Called when a stage is done or a day has failed, while the range goes on.
            clock: Says what time it is.
        """
        self._settings = settings
        self._progress = progress
        self._report = report
        self._clock = clock
        self._stack = ExitStack()
        self._open: Export | None = None

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        progress: Progress = silent,
        report: Report = unheard,
    ) -> Self:
        """Configure an exporter from environment variables.

        Raises:
            ConfigurationError: A variable is missing or wrong; the message names it.
        """
        settings = settings_from(os.environ if environ is None else environ)
        return cls(settings, progress=progress, report=report)

    def __enter__(self) -> Self:
        opened = open_export(self._settings, progress=self._progress, clock=self._clock)
        self._open = self._stack.enter_context(opened)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def look(self) -> Headway | None:
        """Say how far the stage at work has come; ask from any thread, as often as you like.

        Returns:
            Files, bytes, rate, time left and allowance; None before the first stage.
        """
        return self._opened().look()

    def export_range(
        self, start: datetime, end: datetime, processed_ids: Iterable[str] = ()
    ) -> ExportReport:
        """Export every UTC day that the half-open range touches, each as a whole.

        A day that fails does not stop the others; the report says why it failed.

        Args:
            start: First instant, with a time zone.
            end: First instant after the range, with a time zone.
            processed_ids: Recordings you have already; they are indexed, not fetched.

        Raises:
            ValueError: An instant has no time zone, or the range is empty.
            ConfigurationError: The settings or the data directory are wrong.
            LoginRefused: The credentials are wrong.
        """
        days = list(days_touched(start, end))
        return self._export(replace(self._opened(), processed_ids=frozenset(processed_ids)), days)

    def look_back(self) -> ExportReport:
        """Export the last days, and every older one that is not settled or not finished, once more.

        Only what came or went since the last time is fetched or changed. How many days are the
        last ones is a setting.

        Raises:
            ConfigurationError: The settings or the data directory are wrong.
            LoginRefused: The credentials are wrong.
        """
        export = self._opened()
        now = export.now()
        known = export.ledger.days.standings(date.min, now.date())
        left = export.ledger.totals.unfinished(now)
        days = days_to_look_at(now, date.min, self._settings.lookback_days, known, left)
        return self._export(export, days)

    def verify(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        sample: str = "100%",
        seed: int = 0,
        is_repairing: bool = False,
    ) -> Verification:
        """Compare the audio on disk with the ledger, byte by byte; the platform is not asked.

        Args:
            start: First instant, with a time zone; None for the first day there is.
            end: First instant after the range, with a time zone; None for the last day there is.
            sample: How many recordings are hashed, such as ``200`` or ``1%``.
            seed: Another one chooses another sample.
            is_repairing: Whether damaged files are set aside, so that the next export of their
                day fetches them again.

        Raises:
            ValueError: An instant has no time zone, or the sample makes no sense.
            ConfigurationError: All audio is gone, so that a disk seems to be missing.
        """
        archive, chosen = archive_of(self._opened()), sample_from(sample)
        if is_repairing:
            require_audio(archive)
        found = []
        for day, part in verify(archive, span_of(start, end), Lot(chosen, seed)):
            found.append(part)
            if is_repairing and day is not None and part.is_repairable:
                repair(archive, day, part.faults)
        return total(found)

    def replay(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        outcome: str = "quarantined",
        recording_id: str | None = None,
    ) -> ExportReport:
        """Make what has no file due again, and export those days.

        Bytes in quarantine are kept beside. What is excluded is replayed when the settings want it
        by now.

        Args:
            start: First instant, with a time zone; None for the first day there is.
            end: First instant after the range, with a time zone; None for the last day there is.
            outcome: What is replayed: ``quarantined``, ``excluded``, ``forbidden`` or ``retry``.
            recording_id: The only recording to replay; None for all.

        Raises:
            ValueError: An instant has no time zone.
            ConfigurationError: The recording that was named stands otherwise, or is not wanted.
        """
        export, span = self._opened(), span_of(start, end)
        choice = choice_of(export, outcome, recording_id)
        done = list(replay(archive_of(export), span, choice))
        busy = {one.day: one.problem for one in done if one.problem}
        report = self._export(export, [one.day for one in done if not one.problem])
        return replace(report, failures={**busy, **report.failures})

    def _export(self, export: Export, days: Iterable[Day]) -> ExportReport:
        reports: list[StageReport] = []
        failures: dict[Day, str] = {}
        measurement = Measurement(export.client)
        for day in days:
            try:
                for report in export_day(export, day):
                    reports.append(report)
                    self._report(report)
            except _FATAL:
                raise
            except RecordingsError as error:
                failures[day] = sentence_of(error)
                self._report(DayFailed(day, failures[day]))
        return ExportReport(tuple(reports), failures, measurement.taken())

    def _opened(self) -> Export:
        if self._open is None:
            raise RuntimeError("use the exporter in a with block: it holds files and connections")
        return self._open
