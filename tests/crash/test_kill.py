"""An export that is killed wherever it may be: the next one finishes, and moves nothing twice."""

import os
import random
import signal
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from recordings_pipeline.core.concurrency import FIRST_LIMIT
from recordings_pipeline.core.days import Day
from recordings_pipeline.stages.transfers import LOOPS
from recordings_pipeline.storage.part_file import CHECKPOINT_BYTES
from tests.crash.scene import Begin, Moment, Say, Scene, Sweep, moments
from tests.crash.witness import Witness
from tests.trust_results import record

SEED = 1
# Of the slow run; `RECORDINGS_KILLS=1000 make test-crash` for so many.
MANY = int(os.environ.get("RECORDINGS_KILLS", "200"))
FIRST_DAY = Day(date(2026, 1, 1))
# A run that is killed early has as many downloads as it begins with. What has come of a file is
# written down after a second, or once it is 4 MB; before that a kill costs all of it. So a kill may
# cost a file of usual size on each connection: 7 MB on days like these. 200 kills on a machine with
# six times as much to do as it could cost 3.3 to 4.8 MB each.
CONNECTIONS = LOOPS * FIRST_LIMIT
MOST_BYTES_OF_A_DAY = 1.05
# After so many the day is left to finish, whether or not the kills have let it come forward.
MOST_KILLS_OF_A_DAY = 60


@pytest.mark.parametrize(
    "sweep",
    [
        pytest.param(Sweep(5, calls=40, most_files=10, longest_s=0.6), id="five"),
        pytest.param(
            Sweep(MANY, calls=300, most_files=25, longest_s=2.5), id="many", marks=pytest.mark.slow
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
        in_flight = CONNECTIONS * min(size // witness.file_count, CHECKPOINT_BYTES)
        assert moved <= MOST_BYTES_OF_A_DAY * size + killed * in_flight
        assert left == []
        kills, day = kills + killed, Day(day.date + timedelta(days=1))
    told = f"seed {SEED}, {kills} kills, 0 violations"
    record("kills", f"{sweep.times} kill -9", "passed", told, kills)


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
