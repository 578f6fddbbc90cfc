"""What runs amount to: medians, ratios within a round, and whether a target is met."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.racing.contestants import Contestant
from benchmarks.racing.corpus import Corpus
from benchmarks.racing.measuring import Run

Runs = Mapping[str, Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was measured.

    Attributes:
        most: The largest value that meets it.
    """

    text: str
    value: float
    most: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.most

    def __str__(self) -> str:
        said = "yes" if self.is_met else "NO"
        value, most = f"{self.value:,.2f}{self.unit}", f"{self.most:,.2f}{self.unit}"
        return f"{self.text:<60}{value:>12}  (at most {most}: {said})"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a contestant's runs in one case amount to, by median; the peak is the largest.

    Attributes:
        ratio: Its wall time to ours in the same round.
        start_s: CPU time to start, in no other number.
    """

    name: str
    setting: str
    wall_s: float
    ratio: float
    megabytes_per_s: float
    files_per_s: float
    cpu_s_per_gb: float
    peak_mb: float
    start_s: float
    foreign_cores: float


def ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """Return the median of what ours takes when theirs takes 1, each within its round."""
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(mine.wall_s / other.wall_s for mine, other in pairs)


def best_of(runs: Runs, ours: str) -> str:
    """Name who has the shortest median time among the others."""
    others = [name for name in runs if name != ours]
    return min(others, key=lambda name: statistics.median(run.wall_s for run in runs[name]))


def summary(
    contestant: Contestant, runs: Sequence[Run], ours: Sequence[Run], corpus: Corpus
) -> Summary:
    """Sum up what one did with a corpus."""
    wall = statistics.median(run.wall_s for run in runs)
    return Summary(
        name=contestant.name,
        setting=contestant.setting,
        wall_s=wall,
        ratio=ratio(runs, ours),
        megabytes_per_s=corpus.size / wall / 1e6,
        files_per_s=len(corpus.items) / wall,
        cpu_s_per_gb=statistics.median(run.cpu_s for run in runs) / corpus.size * 1e9,
        peak_mb=max(run.peak_mb for run in runs),
        start_s=statistics.median(run.start_s for run in runs),
        foreign_cores=statistics.median(run.foreign_cores for run in runs),
    )


def table(title: str, rows: Sequence[Summary]) -> str:
    """Write a case's rows for people."""
    names = ("wall s", "to ours", "MB/s", "files/s", "CPU s/GB", "peak MB", "others")
    lines = [f"\n{title}", f"{'':<12}" + "".join(f"{name:>9}" for name in names) + "  with"]
    for row in rows:
        numbers = f"{row.wall_s:>9.3f}{row.ratio:>9.2f}{row.megabytes_per_s:>9,.0f}"
        numbers += f"{row.files_per_s:>9,.0f}{row.cpu_s_per_gb:>9.2f}{row.peak_mb:>9.0f}"
        lines.append(f"{row.name:<12}{numbers}{row.foreign_cores:>9.2f}  {row.setting}")
    return "\n".join(lines)
