"""Two exports of one day into one directory: the second is sent away, the first is not harmed."""

from datetime import date

from recordings_pipeline.core.days import Day
from tests.crash.scene import Begin, Moment

DAY = Day(date(2026, 1, 31))
# At this rate the first run takes seconds, and the second finds it at work.
BYTES_PER_S = 200_000
# What the host says when it asks for patience.
ERROR_BYTES = 1_000


def test_two_exports_of_the_same_day_exclude_each_other(begin: Begin) -> None:
    scene = begin(20, BYTES_PER_S)
    witness = scene.witness(DAY)
    first, is_at_work = scene.started(witness, Moment(files=1, questions=0, later_s=0))
    assert is_at_work

    second = scene.start(witness)
    code = second.code()

    assert not first.ends_within(0), "the first was to be at work meanwhile"
    assert code == 1
    assert f"{DAY} is being exported by another process: wait for it" in second.output
    witness.look()
    assert first.code() == 0, first.output
    witness.look_at_the_end()
    assert witness.left_behind() == []
    assert scene.moved_bytes() <= witness.size_bytes + ERROR_BYTES
