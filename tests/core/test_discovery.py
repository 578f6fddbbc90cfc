"""What a batch tells, and when it cannot be trusted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import (
    EXTRA_LEGS,
    JOB_PAYS_FROM,
    WITHHOLDS,
    index_row,
    learned_from,
    needs_all_metadata,
    reads_by_job,
    recordings_from_batch,
    unlisted_ids,
)
from recordings_pipeline.core.model import Conversation, Media, Recording
from recordings_pipeline.core.secrets import signed_url

DAY = Day.from_key("2026-01-31")
START = datetime(2026, 1, 31, 9, tzinfo=UTC)
CALL = Conversation(
    id="c1",
    start=START,
    end=START + timedelta(minutes=3),
    medium="voice",
    direction="inbound",
    division_ids=("d1",),
    queue_id="q1",
    agent_ids=("u1", "u2"),
    participant_count=4,
    leg_count=4,
    transfer_count=1,
    hold_ms=None,
    wrap_up_code=None,
    ani="tel:+1",
    dnis="tel:+2",
    codecs=frozenset(),
    recorded_ids=("m1",),
)
CHAT = replace(CALL, medium="chat", recorded_ids=())
LISTED = Recording("r1", "c1", "m1", "audio", "Trunk", "AVAILABLE")


def media(recording_id: str = "r1", kind: str = "audio/wav", *, has_error: bool = False) -> Media:
    return Media("c1", recording_id, signed_url("https://x/y?s=1"), kind, has_error)


def test_one_file_of_the_only_recorded_leg_says_all_there_is() -> None:
    assert recordings_from_batch(CALL, [media()]) == [
        Recording("r1", "c1", "m1", "audio", None, "AVAILABLE", has_metadata=False)
    ]


def test_two_files_of_one_recording_are_one_recording() -> None:
    assert len(recordings_from_batch(CALL, [media(), media()]) or []) == 1


def test_a_chat_is_told_by_its_text() -> None:
    (found,) = recordings_from_batch(CHAT, [media(kind="application/json")]) or []

    assert (found.media, found.communication_id) == ("chat", None)


@pytest.mark.parametrize(
    ("conversation", "results"),
    [
        (CALL, []),
        (CALL, [media("r1"), media("r2")]),
        (CALL, [media(has_error=True)]),
        (CALL, [media(kind="video/webm")]),
        (replace(CALL, end=None), [media()]),
        (replace(CALL, recorded_ids=("m1", "m2")), [media()]),
        (replace(CALL, recorded_ids=()), [media()]),
        (CHAT, [media()]),
    ],
    ids=[
        "nothing came",
        "two recordings",
        "an error",
        "a screen",
        "still open",
        "two legs",
        "no leg",
        "audio of a chat",
    ],
)
def test_metadata_is_read_where_a_batch_leaves_a_question_open(
    conversation: Conversation, results: list[Media]
) -> None:
    assert recordings_from_batch(conversation, results) is None


@pytest.mark.parametrize(
    ("count", "until", "by_job"),
    [
        (JOB_PAYS_FROM, DAY.end, True),
        (JOB_PAYS_FROM - 1, DAY.end, False),
        (JOB_PAYS_FROM, DAY.end - timedelta(seconds=1), False),
        (JOB_PAYS_FROM, None, False),
    ],
    ids=["large and complete", "small", "not complete", "not known"],
)
def test_a_job_reads_large_days_behind_the_watermark(
    count: int,
    until: datetime | None,
    by_job: bool,  # noqa: FBT001
) -> None:
    assert reads_by_job(DAY, count, until) is by_job


@pytest.mark.parametrize(
    ("listed", "delivered", "learned"),
    [
        ([LISTED], {"r1"}, set()),
        ([LISTED], set(), {WITHHOLDS}),
        ([LISTED, replace(LISTED, id="r2", communication_id="m9")], {"r1", "r2"}, {EXTRA_LEGS}),
        ([replace(LISTED, file_state="DELETED")], set(), set()),
        ([replace(LISTED, media="screen", communication_id="m9")], {"r1"}, set()),
    ],
    ids=["nothing", "left out", "a leg nobody named", "deleted", "a screen"],
)
def test_the_ways_of_an_organization_show_in_its_metadata(
    listed: list[Recording], delivered: set[str], learned: set[str]
) -> None:
    assert learned_from(CALL, listed, delivered) == learned


def test_an_organization_that_hides_one_of_two_is_read_in_full() -> None:
    assert needs_all_metadata({EXTRA_LEGS, WITHHOLDS})
    assert not needs_all_metadata({EXTRA_LEGS})
    assert not needs_all_metadata({WITHHOLDS})


def test_a_recorded_leg_without_a_recording_is_unlisted() -> None:
    conversation = replace(CALL, recorded_ids=("m1", "m2"))

    assert unlisted_ids(conversation, [LISTED]) == ("m2",)


def test_what_only_metadata_tells_is_kept_when_a_batch_names_the_recording_again() -> None:
    known = index_row(CALL, replace(LISTED, delete_time=START), None)
    by_batch = replace(LISTED, media_subtype=None, has_metadata=False)

    row = index_row(CALL, by_batch, known)

    assert (row["media_subtype"], row["delete_time"]) == ("Trunk", START)
