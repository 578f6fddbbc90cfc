"""Where contestants run: each in a folder of its own, on warm files, and every byte is checked."""

import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.racing.contestants import SYNCS, Contestant, Job
from benchmarks.racing.corpus import Corpus, problems_of
from benchmarks.racing.measuring import Program, ProgramFailed, Run, measured

ROOT = Path(__file__).parents[2]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Course:
    """What is downloaded, and from where.

    Attributes:
        server: Process id of the server.
        authority: What has to be trusted for it; None over plain HTTP.
    """

    corpus: Corpus
    base_url: str
    server: int
    authority: Path | None = None


class Track:
    """A folder on the disk that is measured.

    Args:
        tries: Runs that decide on the setting of a contestant.
    """

    def __init__(self, folder: Path, tries: int = 1) -> None:
        self._folder = folder
        self._tries = tries
        self._count = 0

    def run(self, contestant: Contestant, course: Course) -> Run:
        """Let one download everything, and check what it did.

        Raises:
            ProgramFailed: It did not end well, or what it left is not what was served.
        """
        self._count += 1
        work = self._folder / f"{self._count}-{contestant.name}"
        job = Job(course.corpus, course.base_url, course.authority, work / "files", work)
        job.folder.mkdir(parents=True)
        sync = SYNCS[contestant.sync] if contestant.sync else None
        run = measured(
            Program(
                contestant.set_up(job),
                _environment(course.authority),
                work / "log",
                says_ready=contestant.says_ready,
                finish=partial(sync, job.folder) if sync else None,
            ),
            course.server,
        )
        told = _digests(job.folder / "digests") if contestant.says_ready else None
        if problems := problems_of(course.corpus, job.folder, told):
            shown = "; ".join(problems[:_SHOWN])
            raise ProgramFailed(f"{contestant.name}: {len(problems)} wrong files: {shown}")
        _empty(work)
        return run

    def log_of_last(self) -> str:
        """Return what the last one said on standard error."""
        return next(self._folder.glob(f"{self._count}-*/log")).read_text()

    def race(
        self, contestants: Sequence[Contestant], course: Course, rounds: int
    ) -> Mapping[str, list[Run]]:
        """Let each run once a round, and another one begin every round."""
        runs: dict[str, list[Run]] = {contestant.name: [] for contestant in contestants}
        for contestant in in_turns(contestants, rounds):
            os.sync()  # what the last run left to write is not this one's
            runs[contestant.name].append(self.run(contestant, course))
        return runs

    def fastest(self, contestants: Sequence[Contestant], course: Course) -> Contestant:
        """Let each run some times, and return whose best time is the best."""
        times = dict.fromkeys(contestants, math.inf)
        for contestant in in_turns(contestants, self._tries):
            os.sync()
            times[contestant] = min(times[contestant], self.run(contestant, course).wall_s)
        for contestant, wall in times.items():
            said = f"{contestant.name} {contestant.setting}"
            print(f"  tried {said:<90}{wall:>8.3f} s", file=sys.stderr)
        return min(times, key=lambda contestant: times[contestant])


def in_turns(contestants: Sequence[Contestant], rounds: int) -> Iterator[Contestant]:
    """Yield everyone once a round; who begins changes, so that nobody always runs warm."""
    for number in range(rounds):
        start = number % len(contestants)
        yield from (*contestants[start:], *contestants[:start])


def _environment(authority: Path | None) -> dict[str, str]:
    trust = {} if authority is None else {"SSL_CERT_FILE": str(authority)}
    return {"PYTHONPATH": str(ROOT), **trust}


def _digests(path: Path) -> dict[str, str]:
    return dict(line.split() for line in path.read_text().splitlines())


def _empty(folder: Path) -> None:
    """Give the space back, but not the files: all go at the very end.

    ext4 searches past inodes it has just deleted: making 1,000 files right after 20,000 were
    deleted took 1.2 s instead of 0.17.
    """
    for path in folder.rglob("*.wav"):
        os.truncate(path, 0)
