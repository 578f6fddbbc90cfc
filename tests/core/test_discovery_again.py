"""What a batch tells of recordings, and what of an older look it leaves alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recordings_pipeline.core.discovery import index_row, recordings_from_batch
from recordings_pipeline.core.model import Conversation, Media, Recording

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
CALL = Conversation(
    id="c",
    start=START,
    end=START,
    medium="voice",
    direction="inbound",
    division_ids=(),
    queue_id=None,
    agent_ids=(),
    participant_count=2,
    leg_count=2,
    transfer_count=0,
    hold_ms=None,
    wrap_up_code=None,
    ani=None,
    dnis=None,
    codecs=frozenset(),
    recorded_ids=("m",),
)
READ = Recording("r", "c", "m", "audio", "Trunk", "AVAILABLE", delete_time=START)
NAMED = replace(READ, media_subtype=None, delete_time=None, has_metadata=False)


def test_a_batch_changes_nothing_of_what_metadata_said_before() -> None:
    before = index_row(CALL, READ, None)

    assert index_row(CALL, NAMED, before) == before


def test_what_only_a_batch_named_has_no_metadata_until_it_is_read() -> None:
    before = index_row(CALL, NAMED, None)

    assert index_row(CALL, NAMED, before)["has_metadata"] is False
    assert index_row(CALL, READ, before)["has_metadata"] is True


@pytest.mark.parametrize(
    ("known", "is_told"),
    [((), True), (("r",), True), (("r", "gone"), False)],
    ids=["new", "known", "another one was known"],
)
def test_a_batch_without_a_known_recording_leaves_a_question_open(
    known: tuple[str, ...],
    is_told: bool,  # noqa: FBT001
) -> None:
    delivered = [Media("c", "r", None, "audio/wav", has_error=False)]

    assert (recordings_from_batch(CALL, delivered, known) == [NAMED]) is is_told
