"""A tick reads and asks for so much and no more, and looks itself where nobody watches."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core.arrivals import INCOMING, Position, position_from
from recordings_pipeline.defs.sensors import MOST_DAYS_PER_TICK
from recordings_pipeline.stages.noticing import MOST_LINES, notice
from recordings_pipeline.watch.heartbeat import only_watcher
from tests.arriving import asked, day, journaled, name, tick, told, watched
from tests.watching import journal_of, line_count, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return watched(tmp_path)


def test_more_days_than_a_tick_may_ask_for_are_asked_for_by_the_next(root: Path) -> None:
    journaled(root, map(name, range(MOST_DAYS_PER_TICK + 1)))

    first = tick(root)
    second = tick(root, first.cursor)

    assert [len(asked(result)) for result in (first, second)] == [MOST_DAYS_PER_TICK, 1]
    assert asked(first) + asked(second) == [day(n) for n in range(MOST_DAYS_PER_TICK + 1)]


def test_before_anybody_watched_there_is_nothing_to_do(tmp_path: Path) -> None:
    result = tick(tmp_path)

    assert asked(result) == []
    assert not list(tmp_path.iterdir())


def test_what_is_left_in_the_drop_folder_is_tried_again_every_hour(root: Path) -> None:
    put(root, "incoming/r.wav")
    position = Position(looked=f"{datetime.now(UTC):%Y-%m-%dT%H}")
    later = datetime.now(UTC) + timedelta(hours=1)

    now = notice(root, position, datetime.now(UTC), most_days=9)
    hour = notice(root, now.position, later, most_days=9)
    same = notice(root, hour.position, later, most_days=9)

    assert [list(found.due) for found in (now, hour, same)] == [[], [INCOMING], []]


def test_without_a_watcher_a_tick_looks_itself_and_a_watcher_takes_over(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path, name(number))

    result = tick(tmp_path)
    while not position_from(result.cursor).byte:  # they may still grow
        result = tick(tmp_path, result.cursor)

    assert asked(result) == [day(0), day(1), day(2)]
    assert line_count(tmp_path) == 3


def test_a_watcher_that_hangs_keeps_a_tick_from_writing_its_journal(tmp_path: Path) -> None:
    put(tmp_path, name(0))

    with only_watcher(tmp_path):
        assert asked(tick(tmp_path)) == []

    assert not journal_of(tmp_path).exists()


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)], ids=str)
def test_a_tick_on_a_flood_takes_less_than_five_seconds_and_loses_nothing(
    root: Path, count: int
) -> None:
    journaled(root, (name(n % 28, n) for n in range(count)))
    cursor: str | None = None
    took: list[float] = []
    runs: list[str | None] = []

    while len(took) <= count // MOST_LINES + 1:
        began = time.monotonic()
        result = tick(root, cursor)
        cursor = result.cursor
        took.append(time.monotonic() - began)
        runs += asked(result)
        assert len(cursor or "") < 1_000

    assert max(took) < 5
    assert {day(n) for n in range(28)} <= set(runs)
    assert len(told(root)) == count
