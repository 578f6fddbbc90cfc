"""An export that is asked to stop: it does so in good order, and the next one goes on."""

import random
import signal
import time
from datetime import date

import pytest

from recordings_pipeline.core.days import Day
from tests.crash.scene import Begin, Say, Sweep, moments

SEED = 2
DAY = Day(date(2026, 1, 31))
LONGEST_STOP_S = 10
INTERRUPTED = 130
# What was read is written down, so that no more is lost than what lay unread in the sockets.
CONNECTIONS = 32
UNREAD_BYTES_PER_CONNECTION = 64 * 1024
IN_FLIGHT_BYTES_PER_STOP = CONNECTIONS * UNREAD_BYTES_PER_CONNECTION


SWEEP = Sweep(25, calls=200, most_files=25, longest_s=2.0)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_stopped_export_parks_what_is_on_its_way_and_no_byte_is_moved_twice(
    number: signal.Signals, begin: Begin, say: Say
) -> None:
    scene = begin(SWEEP.calls)
    witness = scene.witness(DAY)
    # After its first question: before that nothing is under way.
    chosen = moments(SWEEP, random.Random(SEED), questions=1)
    stopped, longest_s = 0, 0.0

    for moment in (next(chosen) for _ in range(SWEEP.times)):
        run, is_under_way = scene.started(witness, moment)
        if is_under_way:
            run.send(number)
            sent = time.monotonic()
            assert run.ends_within(LONGEST_STOP_S), run.whereabouts()
            longest_s = max(longest_s, time.monotonic() - sent)
        code = run.code()
        witness.look()
        assert code in (0, INTERRUPTED), run.output
        stopped += code == INTERRUPTED
        assert run.output.count("interrupted: what was finished is kept") == stopped
    last = scene.start(witness)
    assert last.code() == 0, last.output

    twice = scene.moved_bytes() - witness.size_bytes
    say(
        f"{number.name}: seed {SEED}, {stopped} stops, {longest_s:.2f} s at most, "
        f"{twice / max(stopped, 1) / 1e3:.1f} kB twice a stop"
    )
    assert stopped > SWEEP.times / 2
    witness.look_at_the_end()
    assert 0 <= twice <= stopped * IN_FLIGHT_BYTES_PER_STOP
    assert witness.left_behind() == []
