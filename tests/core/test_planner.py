"""What an export will take, and when it cannot work."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.holdings import Holdings
from recordings_pipeline.core.plan_facts import Basis, DayFacts, Terms, basis_from
from recordings_pipeline.core.planner import plan_from, refusals

GB = 1_000_000_000
DAY, NEXT_DAY = Day.from_key("2026-01-31"), Day.from_key("2026-02-01")
FACTS = DayFacts(
    day=DAY,
    is_settled=False,
    conversation_count=1_200,
    recorded_count=1_000,
    written_share=0.05,
    mean_s=100.0,
)
TERMS = Terms(
    now=datetime(2026, 3, 1, tzinfo=UTC),
    available_until=None,
    metadata="when_needed",
    per_minute=300,
    reserve=0.2,
    url_lifetime_s=3_600,
    free_bytes=100 * GB,
    used_bytes=0,
    quota_bytes=None,
    reserve_bytes=GB,
)
ONE_CALL_A_MINUTE = replace(TERMS, per_minute=1, reserve=0.0)


def test_a_new_day_is_predicted_from_what_the_source_counts() -> None:
    (day,) = plan_from([FACTS], TERMS, Basis(recordings=1.1)).days

    assert day.recordings == 1_100 + 60
    assert day.calls["transcripts"] == 1_100
    assert day.calls["batches"] == 11
    assert day.coming_bytes == 1_000 * 100 * 16_000


def test_the_length_of_earlier_conversations_beats_that_of_the_first_hundred() -> None:
    (day,) = plan_from([FACTS], TERMS, Basis(mean_s=120.0)).days

    assert day.coming_bytes == 1_000 * 120 * 16_000


def test_what_the_ledger_holds_is_not_counted_again() -> None:
    held = Holdings(
        counts={"exported": 900, "retry": 100},
        size_bytes=GB,
        listed_count=1_060,
        final_count=1_060,
        done_count=900,
        transcript_count=1_000,
    )

    (day,) = plan_from([replace(FACTS, held=held)], TERMS, Basis()).days

    assert day.recordings == 1_060
    assert day.calls["metadata"] == day.calls["transcripts"] == 0
    assert day.calls["batches"] == 1
    assert day.coming_bytes == 100 * 100 * 16_000


def test_a_settled_day_costs_one_call_and_what_is_left_to_fetch() -> None:
    held = Holdings(counts={"exported": 990, "forbidden": 10})
    settled = replace(FACTS, is_settled=True, recorded_count=0, held=held)

    (day,) = plan_from([settled], TERMS, Basis()).days

    assert day.recordings == 1_000
    assert {kind: count for kind, count in day.calls.items() if count} == {
        "checks": 1,
        "batches": 1,
        "polls": 3,
    }
    assert day.is_final


@pytest.mark.parametrize(
    ("available_until", "expected"),
    [(None, 12), (DAY.end - timedelta(seconds=1), 12), (DAY.end, 7)],
    ids=["nobody knows", "behind", "complete"],
)
def test_a_job_reads_a_large_day_that_the_data_lake_has(
    available_until: datetime | None, expected: int
) -> None:
    terms = replace(TERMS, available_until=available_until)

    (day,) = plan_from([FACTS], terms, Basis()).days

    assert day.calls["conversations"] == expected


@pytest.mark.parametrize(
    ("now", "available_until", "is_final"),
    [
        (DAY.end + timedelta(hours=48), None, True),
        (DAY.end + timedelta(hours=47), None, False),
        (DAY.end + timedelta(hours=48), DAY.start, False),
    ],
    ids=["the delay has passed", "too young", "analytics lag behind"],
)
def test_a_day_that_this_run_cannot_settle_is_provisional(
    now: datetime,
    available_until: datetime | None,
    is_final: bool,  # noqa: FBT001
) -> None:
    plan = plan_from([FACTS], replace(TERMS, now=now, available_until=available_until), Basis())

    assert plan.provisional == (() if is_final else (DAY,))


def test_only_the_first_unsettled_day_pays_for_names_and_login() -> None:
    settled = replace(FACTS, is_settled=True)
    days = [settled, replace(FACTS, day=NEXT_DAY), replace(FACTS, day=Day.from_key("2026-02-02"))]

    plan = plan_from(days, TERMS, Basis())

    assert [day.calls["checks"] for day in plan.days] == [1, 11, 6]


def test_hours_count_without_the_reserve_and_downloads_come_on_top() -> None:
    basis = Basis(download_bytes_per_s=1_600_000)

    plan = plan_from([FACTS], TERMS, basis)

    assert plan.allowance_time == timedelta(minutes=plan.call_count / 240)
    assert plan.download_time == timedelta(seconds=1_000)
    assert plan.completion == TERMS.now + plan.allowance_time + timedelta(seconds=1_000)


def test_how_long_media_take_is_not_known_before_anything_was_fetched() -> None:
    assert plan_from([FACTS], TERMS, Basis()).download_time is None
    assert plan_from([], TERMS, Basis()).download_time == timedelta()


@pytest.mark.parametrize(
    ("quota_bytes", "headroom"),
    [(None, 100 * GB - GB), (50 * GB, 40 * GB)],
    ids=["the disk and its reserve", "the quota"],
)
def test_headroom_is_what_the_tighter_limit_leaves(quota_bytes: int | None, headroom: int) -> None:
    terms = replace(TERMS, used_bytes=10 * GB, quota_bytes=quota_bytes)

    plan = plan_from([FACTS], terms, Basis())

    assert plan.headroom_bytes == headroom - plan.coming_bytes


@pytest.mark.parametrize(
    ("terms", "check"),
    [
        (TERMS, None),
        (replace(TERMS, free_bytes=2 * GB), "free space"),
        (replace(TERMS, reserve_bytes=100 * GB), "free space"),
        (replace(TERMS, quota_bytes=GB), "quota"),
        (replace(TERMS, url_lifetime_s=0.5), "URL lifetime"),
        (replace(ONE_CALL_A_MINUTE, url_lifetime_s=240), None),
        (replace(ONE_CALL_A_MINUTE, url_lifetime_s=239), "URL lifetime"),
    ],
    ids=[
        "good",
        "a full disk",
        "a large reserve",
        "a quota",
        "no call in time",
        "four in time",
        "three in time",
    ],
)
def test_what_cannot_work_is_refused_with_what_to_do(terms: Terms, check: str | None) -> None:
    few = replace(FACTS, recorded_count=900, conversation_count=900, written_share=0.0)
    plan = plan_from([few], terms, Basis())

    problems = refusals(plan)

    assert [problem.partition(":")[0] for problem in problems] == ([check] if check else [])
    assert all("; " in problem for problem in problems)


@pytest.mark.parametrize(("per_minute", "is_refused"), [(2, False), (1, True)])
def test_a_day_that_takes_longer_than_a_day_is_refused(
    per_minute: int,
    is_refused: bool,  # noqa: FBT001
) -> None:
    terms = replace(TERMS, per_minute=per_minute, reserve=0.0, metadata="always")
    plan = plan_from([FACTS], terms, Basis())

    assert [problem[:14] for problem in refusals(plan)] == ["API allowance:"] * is_refused
    assert 24 * 60 < plan.call_count < 2 * 24 * 60


def test_earlier_days_replace_what_is_assumed() -> None:
    held = Holdings(
        counts={"exported": 100, "forbidden": 10},
        size_bytes=8_000_000,
        listed_count=100,
        batched_count=100,
        odd_count=2,
        exported_count=80,
        exported_s=4_000.0,
        download_s=40.0,
    )

    assert basis_from([held, Holdings(), held]) == Basis(
        odd_share=0.02,
        recordings=1.1,
        mean_s=50.0,
        bytes_per_s=2_000.0,
        download_bytes_per_s=1_600_000.0,
        day_count=2,
    )


def test_without_earlier_days_assumptions_stay() -> None:
    assert basis_from([Holdings()]) == Basis()
    assert basis_from([Holdings(counts={"forbidden": 1})]) == Basis(day_count=1)
