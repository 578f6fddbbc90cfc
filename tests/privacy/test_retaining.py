"""What was kept long enough goes, and what is held stays."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.holding import Person
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.retention import first_day_kept, keep_days
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.holding import hold
from recordings_pipeline.stages.retaining import plan, retain
from tests.cli.conftest import Enter
from tests.privacy.conftest import DAY, actions, export, paths_of, someone, tables_of


@pytest.mark.parametrize(
    ("now", "first"), [("2026-01-31T00:00", "2026-01-01"), ("2026-01-31T23:59", "2026-01-01")]
)
def test_the_time_runs_from_the_end_of_a_day(now: str, first: str) -> None:
    assert first_day_kept(datetime.fromisoformat(now).replace(tzinfo=UTC), 30) == Day.from_key(
        first
    )


@pytest.mark.parametrize("text", ["0", "-1", "a", "1.5", "999999"])
def test_a_rule_is_a_number_of_days(text: str) -> None:
    with pytest.raises(ConfigurationError, match="RECORDINGS_KEEP_DAYS is not a whole number"):
        keep_days({"RECORDINGS_KEEP_DAYS": text})


def test_a_day_goes_but_for_what_is_held_and_does_not_come_back(
    archive: Archive, simulator: Simulator
) -> None:
    data, call, other = archive.home.root, someone(simulator), someone(simulator, 5)
    hold(archive, [call.conversation_id], "CASE-4", Person("alice"))
    before, events = paths_of(data, call), len(actions(data))

    told = list(plan(archive, 30))
    untouched = actions(data)
    done = list(retain(archive, 30, "a person"))
    export(simulator, data)

    assert told == done
    assert len(untouched) == events
    assert done[0].day == DAY
    assert (done[0].held, done[0].left) == ({"hold 1: CASE-4": 1}, {})
    assert done[0].conversation_count > 1
    assert (paths_of(data, call), paths_of(data, other), tables_of(data, other)) == (
        before,
        [],
        set(),
    )
    assert next(iter(retain(archive, 30, "a person"))).conversation_count == 0
    counts = archive.ledger.totals.counts(DAY)
    assert counts == {str(Outcome.EXPORTED): 1, str(Outcome.ERASED): done[0].recording_count}
    assert list(data.glob("audio/date=*/*/*")) == [data / before[0] / Path(before[1]).name]


def test_what_is_young_stays(archive: Archive) -> None:
    assert list(plan(archive, 3_650)) == []
    assert list(retain(archive, 3_650, "a person")) == []


def test_a_held_span_keeps_a_whole_day(archive: Archive) -> None:
    hold(archive, Span(DAY.date, DAY.date), "CASE-4", Person("alice"))

    (done,) = retain(archive, 1, "a person")

    assert done.conversation_count == 0


def test_retain_only_tells_unless_it_is_told_otherwise(
    data: Path, simulator: Simulator, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    call, ours = someone(simulator), ("--data", str(data))

    unset = enter("retain", *ours)
    told = enter("retain", *ours, RECORDINGS_KEEP_DAYS="30")
    left = paths_of(data, call)
    done = enter("retain", "--apply", *ours, RECORDINGS_KEEP_DAYS="30")
    again = enter("retain", "--apply", *ours, RECORDINGS_KEEP_DAYS="30")

    assert (unset, told, done, again) == (2, 0, 0, 0)
    assert left
    assert paths_of(data, call) == []
    text = capsys.readouterr().out
    assert "conversations would go" in text
    assert "conversations erased" in text
    assert "nothing is older than 30 days" in text
