"""An export that is killed wherever it may be: the next one finishes, and moves nothing twice."""

import random
import signal
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from recordings_pipeline.core.concurrency import FIRST_LIMIT
from recordings_pipeline.core.days import Day
from recordings_pipeline.genesys.answers import GATHERED_BYTES
from recordings_pipeline.stages.transfers import LOOPS
from recordings_pipeline.storage.part_file import BLOCK_BYTES
from tests.crash.scene import Begin, Moment, Say, Scene, Sweep, moments
from tests.crash.witness import Witness

SEED = 1
FIRST_DAY = Day(date(2026, 1, 1))
# A run that is killed early has as many downloads as it begins with. What has come of each is
# handed over once so much has gathered and written down once it fills a block, both of one size:
# half of it is lost on average, 4.2 MB a kill. 200 kills lost 1.3 to 2.2 MB each: three files in
# four are smaller than a block, which leaves 3.6 MB, and not every kill finds all at work.
CONNECTIONS = LOOPS * FIRST_LIMIT
UNKEPT_BYTES_PER_CONNECTION = max(GATHERED_BYTES, BLOCK_BYTES) // 2
IN_FLIGHT_BYTES_PER_KILL = CONNECTIONS * UNKEPT_BYTES_PER_CONNECTION
MOST_BYTES_OF_A_DAY = 1.05
# After so many the day is left to finish, whether or not the kills have let it come forward.
MOST_KILLS_OF_A_DAY = 60


@pytest.mark.parametrize(
    "sweep",
    [
        pytest.param(Sweep(5, calls=40, most_files=10, longest_s=0.6), id="five"),
        pytest.param(
            Sweep(200, calls=300, most_files=25, longest_s=2.5), id="200", marks=pytest.mark.slow
        ),
    ],
)
def test_a_killed_export_is_finished_by_the_next_and_no_byte_is_moved_twice(
    sweep: Sweep, begin: Begin, say: Say
) -> None:
    scene = begin(sweep.calls)
    chosen = moments(sweep, random.Random(SEED))
    kills, day = 0, FIRST_DAY

    while kills < sweep.times:
        witness, before = scene.witness(day), scene.moved_bytes()
        most = min(sweep.times - kills, MOST_KILLS_OF_A_DAY)
        killed = kill_until_done(scene, witness, chosen, most)

        moved, size = scene.moved_bytes() - before, witness.size_bytes
        left = witness.left_behind()
        twice_kb = (moved - size) / max(killed, 1) / 1e3
        say(
            f"{day}: seed {SEED}, {killed} kills, moved {moved / size:.4f} of {size / 1e6:.1f} MB:"
            f" {twice_kb:.1f} kB twice a kill; {len(left)} files left behind"
        )
        witness.look_at_the_end()
        assert size <= moved
        assert moved <= MOST_BYTES_OF_A_DAY * size + killed * IN_FLIGHT_BYTES_PER_KILL
        assert left == []
        kills, day = kills + killed, Day(day.date + timedelta(days=1))


def kill_until_done(scene: Scene, witness: Witness, chosen: Iterator[Moment], most: int) -> int:
    """Run a day again and again, and return how often it was killed before it was done."""
    for killed in range(most):
        run, is_under_way = scene.started(witness, next(chosen))
        if is_under_way:
            run.send(signal.SIGKILL)
        code = run.code()
        witness.look()
        if code != -signal.SIGKILL:
            assert code == 0, run.output
            return killed
    last = scene.start(witness)
    assert last.code() == 0, last.output
    return most
