"""What a stage, a day and a range of days have to say when they are done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from recordings_pipeline.core.completeness import open_count, unexplained
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.throughput import Throughput

STAGES = (
    "recording_index",
    "audio_files",
    "transcripts",
    "voice_activity",
    "diarization",
    "conversation_metrics",
)


@dataclass(frozen=True, slots=True)
class TableReport:
    """One published table of a day; the path is relative to the data directory."""

    name: str
    row_count: int
    path: PurePosixPath


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage's work on one day.

    Attributes:
        row_count: Rows of the published table.
        path: The table's file, relative to the data directory.
        counts: What the stage counted: recordings by outcome, communications by state, …
        warnings: Sentences a person should read.
        gaps: Recordings that should be there and are not, and that fail the day.
        provisional_because: Why the day may still change; empty when it is settled, and of other
            stages than the index.
        others: The tables that were published beside the first.
        audit_head: Head of the audit log that was sealed when the stage was done.
    """

    stage: str
    day: Day
    row_count: int
    path: PurePosixPath
    counts: Mapping[str, int]
    throughput: Throughput
    warnings: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    provisional_because: tuple[str, ...] = ()
    others: tuple[TableReport, ...] = ()
    audit_head: str = ""


@dataclass(frozen=True, slots=True)
class DayFailed:
    """A day that could not be finished, and why."""

    day: Day
    problem: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export of a range of days did.

    Attributes:
        stages: One report per stage and day, in the order they ran.
        failures: Why a day could not be finished, by day; empty when all went well.
        throughput: What the range moved and cost, stages that failed included.
    """

    stages: tuple[StageReport, ...]
    failures: Mapping[Day, str] = field(default_factory=dict)
    throughput: Throughput = field(default_factory=Throughput)

    @property
    def outcomes(self) -> dict[str, int]:
        """Recordings by outcome, over all days."""
        audio = [report.counts for report in self.stages if report.stage == "audio_files"]
        return {
            str(outcome): count
            for outcome in Outcome
            if (count := sum(counts.get(str(outcome), 0) for counts in audio))
        }

    @property
    def audit_head(self) -> str:
        """Head of the audit log after the last stage that was done; empty without any."""
        return self.stages[-1].audit_head if self.stages else ""

    @property
    def gaps(self) -> tuple[tuple[Day, Gap], ...]:
        """Recordings that should be there and are not, with their day."""
        return tuple((report.day, gap) for report in self.stages for gap in report.gaps)

    @property
    def is_all_there(self) -> bool:
        """Whether no day failed and no recording may still come, not even from the source."""
        return not self.failures and not self.gaps and open_count(self.outcomes) == 0

    @property
    def is_complete(self) -> bool:
        """Whether no day failed, none has a gap, and no recording is left to fetch now.

        A deferral leaves a range complete: it waits for the source, not for us.
        """
        left = unexplained(self.outcomes) + self.outcomes.get(str(Outcome.RETRY), 0)
        return not self.failures and not self.gaps and left == 0
