"""A source, the processes that export from it, and when one of them is interrupted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from recordings_pipeline.core.days import Day
from recordings_pipeline.simulator.server import Simulator
from tests.crash.processes import Processes, Run
from tests.crash.witness import Witness

POLL_S = 0.005
# Of all moments; the others come while files arrive.
SHARE_ANYWHERE = 0.25
# Within which a file of the usual size arrives, and is put down.
LATER_S = 0.15


@dataclass(frozen=True, slots=True)
class Sweep:
    """How often runs are interrupted, and when.

    Attributes:
        times: How often, altogether.
        calls: Conversations of a day.
        most_files: Most files that a run may ask for before that.
        longest_s: Until when after its beginning a run is interrupted that is so anywhere.
    """

    times: int
    calls: int
    most_files: int
    longest_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """So much later than a run has made so many requests: told by its progress, not by a clock.

    Attributes:
        files: Requests for files.
        questions: Requests of the API.
    """

    files: int
    questions: int
    later_s: float


def moments(sweep: Sweep, chance: Random, *, questions: int = 0) -> Iterator[Moment]:
    """Choose moments without end, all of them after so many questions."""
    while True:
        if chance.random() < SHARE_ANYWHERE:
            yield Moment(0, questions, chance.uniform(0, sweep.longest_s))
        else:
            files = chance.randint(1, sweep.most_files)
            yield Moment(files, questions, chance.uniform(0, LATER_S))


@dataclass(frozen=True, slots=True)
class Scene:
    """A source, and a folder for exports."""

    simulator: Simulator
    processes: Processes
    folder: Path

    def witness(self, day: Day) -> Witness:
        """Return a witness of a day that is exported into a directory of its own."""
        return Witness(self.simulator, day, self.folder / day.key)

    def start(self, witness: Witness) -> Run:
        """Start an export of the witness's day."""
        return self.processes.start(self.simulator, witness.day, witness.data)

    def started(self, witness: Witness, moment: Moment) -> tuple[Run, bool]:
        """Start an export and wait for a moment; say whether it came before the run was over."""
        files, questions = self._requests()
        goal = (files + moment.files, questions + moment.questions)
        run = self.start(witness)
        while any(made < wanted for made, wanted in zip(self._requests(), goal, strict=True)):
            if run.ends_within(POLL_S):
                return run, False
        return run, not run.ends_within(moment.later_s)

    def moved_bytes(self) -> int:
        """Return the bytes of files that the source has sent so far."""
        traffic = self.simulator.traffic
        return traffic.media_bytes - traffic.media_unsent_bytes

    def _requests(self) -> tuple[int, int]:
        traffic = self.simulator.traffic
        return traffic.media_requests, traffic.api_requests


Begin = Callable[..., Scene]
Say = Callable[[str], None]
