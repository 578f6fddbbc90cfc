"""One trial: exports into one directory, the first of which goes wrong, and what has to be left."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.deep_check import examine_archive
from tests.crash.faults import DAY, KILLED, Ended, Fault, FaultServer, Mode
from tests.crash.witness import Witness

# Three calls of some seconds and one of more than a block, which is continued after a cut.
_WORLD = """
calls_per_day = 3
[seconds]
median = 6
spread = 1.0
shortest = 1
longest = 30
[share]
pcm = 0.4
two_files = 0.3
"""
_FAULTS = """
[[fault]]
route = "media"
cut = 30_000
how = "close"
share = 0.3
times = 1
"""


@contextmanager
def small_source(folder: Path) -> Generator[Simulator]:
    """Serve a day that takes a second to export."""
    world, faults = folder / "world.toml", folder / "faults.toml"
    world.write_text(_WORLD)
    faults.write_text(_FAULTS)
    options = Options(world=str(world), faults=str(faults), requests_per_minute=10**6)
    with Simulator(options) as started:
        yield started


@dataclass(frozen=True, slots=True)
class Trial:
    """Exports into one directory, the first of which goes wrong."""

    server: FaultServer
    simulator: Simulator
    data: Path
    is_core: bool = True

    def run(self, fault: Fault, at: int, again_at: int) -> Ended:
        """Let a call go wrong, kill the run that recovers as well, recover, and look."""
        shutil.rmtree(self.data, ignore_errors=True)
        witness = self.witness
        ended = self.export(fault, at)
        witness.look()
        if ended.code == 0:
            witness.look_at_the_end()
        elif fault.mode in (Mode.ERROR_ONCE, Mode.ERROR_FROM):
            assert "Traceback" not in ended.said
            assert "could not be written" in ended.said or "is not writable" in ended.said
        if again_at:
            self.export(KILLED, again_at)
            witness.look()
        self.recovers(witness)
        return ended

    @property
    def witness(self) -> Witness:
        """Return a witness who has seen nothing yet."""
        return Witness(self.simulator, DAY, self.data)

    def recovers(self, witness: Witness) -> None:
        """Export without a fault: everything is there, and nothing else."""
        last = self.server.export(self.simulator, self.data, is_core=self.is_core)
        assert last.code == 0, last.said
        witness.look_at_the_end()
        assert witness.left_behind() == []
        with open_archive(self.data, clock=lambda: datetime(2026, 2, 3, tzinfo=UTC)) as archive:
            found = examine_archive(archive)
        assert [str(v) for some in found.violations.values() for v in some] == []

    def clean_calls(self) -> int:
        """Export without a fault; return how many calls changed a file."""
        ended = self.server.export(self.simulator, self.data, is_core=self.is_core)
        assert ended.code == 0, ended.said
        return ended.calls

    def export(self, fault: Fault, at: int) -> Ended:
        """Export; the ``at``-th call that changes a file goes wrong."""
        return self.server.export(self.simulator, self.data, fault, at, is_core=self.is_core)
