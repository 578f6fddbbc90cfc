"""A plan asks little, moves nothing, and is compared with what then happens."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.planner import refusals
from recordings_pipeline.core.status import DayStatus
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.planner import plan_days
from recordings_pipeline.stages.status import read_status
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

NEXT_DAY = Day.from_key("2026-02-01")
ASKED_ONCE = 4  # whose directory, allowance, lifetime of URLs, watermark
PAID = ("recording_index", "audio_files", "transcripts")


def test_a_plan_asks_two_questions_a_day_and_four_for_all(start: Start, opened: Open) -> None:
    simulator = start()
    export = opened(simulator)

    plan = plan_days(export, [DAY, NEXT_DAY], reserve=0.2)

    assert simulator.traffic.api_requests == ASKED_ONCE + 2 * 2
    assert simulator.traffic.media_requests == 0
    assert [day.day for day in plan.days] == [DAY, NEXT_DAY]
    assert export.ledger.standings(DAY) == {}
    assert refusals(plan) == ()


def test_a_conversation_from_the_day_before_is_not_counted(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=4)
    (late,) = (call for call in simulator.world.calls(DAY.date) if call.ended in NEXT_DAY)
    assert late.start in DAY

    plan = plan_days(opened(simulator), [NEXT_DAY], reserve=0.0)

    assert plan.days[0].facts.conversation_count == 4


def test_a_settled_day_is_asked_nothing_and_keeps_its_prediction(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator)
    plan_days(export, [DAY], reserve=0.0)
    run_stage(export, "recording_index", DAY)
    before, said = simulator.traffic.api_requests, export.ledger.days.standing(DAY)
    assert said is not None
    assert said.is_settled

    plan = plan_days(export, [DAY], reserve=0.0)

    assert simulator.traffic.api_requests - before == ASKED_ONCE - 1  # the lifetime is known
    assert plan.days[0].facts.is_settled
    assert export.ledger.days.standing(DAY) == said


def test_a_day_that_has_not_begun_is_left_out(start: Start, opened: Open) -> None:
    tomorrow = Day(datetime.now(UTC).date() + timedelta(days=2))

    plan = plan_days(opened(start()), [tomorrow], reserve=0.0)

    assert plan.days == ()
    assert plan.call_count == 0


def planned_and_done(simulator: Simulator, opened: Open, mode: str) -> DayStatus:
    export = opened(simulator, RECORDINGS_METADATA=mode)
    plan_days(export, [DAY], reserve=0.0)
    for stage in PAID:
        run_stage(export, stage, DAY)
    (status,) = read_status(export.home.root, DAY.date, DAY.date, export.now())
    return status


@pytest.mark.parametrize("mode", ["when_needed", "always"])
def test_an_ordinary_day_is_predicted_within_a_tenth(start: Start, opened: Open, mode: str) -> None:
    status = planned_and_done(start(calls_per_day=100), opened, mode)

    assert abs(status.recordings.error_percent or 0) <= 10
    assert abs(status.calls.error_percent or 0) <= 10


def test_bytes_are_learnt_from_the_days_before(start: Start, opened: Open) -> None:
    export = opened(start())
    run_stage(export, "recording_index", DAY)
    run_stage(export, "audio_files", DAY)
    held = export.ledger.totals.held(DAY)

    plan = plan_days(export, [NEXT_DAY], reserve=0.0)

    assert plan.basis.day_count == 1
    assert plan.basis.bytes_per_s == pytest.approx(held.size_bytes / held.exported_s)
    assert plan.basis.download_bytes_per_s is not None


def test_a_day_that_was_begun_is_planned_to_its_end(start: Start, opened: Open) -> None:
    export = opened(start())
    for stage in PAID:
        run_stage(export, stage, DAY)
    held = export.ledger.totals.held(DAY)
    calls = [call for call in start().world.calls(DAY.date) if call.recording_id]

    assert held.listed_count == held.final_count == len(calls) == held.recording_count
    assert held.done_count == len(calls)
    assert held.transcript_count == len(
        {s.communication_id for s in export.ledger.standings(DAY).values()}
    )
    assert 0 < held.odd_count < held.batched_count
