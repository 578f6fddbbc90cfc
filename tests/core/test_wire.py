"""The platform's JSON becomes values, tolerantly where it changes."""

from typing import Any

import pytest

from recordings_pipeline.core import fields, wire, wire_analytics
from recordings_pipeline.core.errors import MalformedPayload

ID = "11111111-1111-4111-8111-111111111111"
START = "2026-01-31T10:00:00.000Z"


def test_an_empty_page_has_no_conversations_member() -> None:
    assert wire_analytics.conversations_page({"totalHits": 0}) == ([], 0)


@pytest.mark.parametrize(
    "page",
    [
        {"totalHits": None},
        {"totalHits": None, "conversations": []},
        {"conversations": None},
        {"conversations": [{"conversationId": ID, "conversationStart": START}]},
        {"totalHits": "3"},
        {"totalHits": True},
    ],
    ids=["null", "null beside a list", "null instead of a list", "none", "text", "a truth"],
)
def test_a_page_that_does_not_count_what_there_is_is_no_end(page: dict[str, Any]) -> None:
    with pytest.raises(MalformedPayload, match="totalHits is not a count"):
        wire_analytics.conversations_page(page)


@pytest.mark.parametrize("session_id", [None, "", 7, "../../etc", ID.replace("1", "A")])
def test_a_recorded_leg_without_an_id_is_refused(session_id: object) -> None:
    sessions = [{"recording": True, "sessionId": session_id}]
    item = {
        "conversationId": ID,
        "conversationStart": START,
        "participants": [{"sessions": sessions}],
    }

    with pytest.raises(MalformedPayload, match="sessionId"):
        wire_analytics.conversations_page({"conversations": [item], "totalHits": 1})


def test_an_open_conversation_has_no_end() -> None:
    item = {"conversationId": ID, "conversationStart": START}

    ((conversation,), _) = wire_analytics.conversations_page(
        {"conversations": [item], "totalHits": 1}
    )

    assert conversation.end is None
    assert not conversation.is_recorded


@pytest.mark.parametrize(
    "change",
    [
        {"conversationId": "../../etc"},
        {"conversationId": ID.replace("1", "A")},
        {"conversationStart": "2026-01-31T10:00:00"},
        {"conversationStart": None},
        {"participants": {}},
    ],
    ids=["path as id", "upper case id", "naive instant", "no start", "no list"],
)
def test_what_could_lose_a_recording_is_refused(change: dict[str, Any]) -> None:
    item = {"conversationId": ID, "conversationStart": START, "participants": [{}], **change}
    page = {"conversations": [item], "totalHits": 1}
    if change == {"participants": {}}:
        page["conversations"] = [{**item, "participants": "x"}]

    with pytest.raises(MalformedPayload):
        wire_analytics.conversations_page(page)


def test_a_file_state_of_the_future_survives() -> None:
    (recording,) = wire.recordings([{"id": ID, "fileState": "FROZEN", "news": 1}], ID)

    assert recording.file_state == "FROZEN"


@pytest.mark.parametrize(
    ("state", "is_completed"),
    [
        ({"status": "Completed", "expectedResultCount": 0, "resultCount": 0}, True),
        ({"status": "InProgress", "expectedResultCount": 2, "resultCount": 2}, False),
        ({"expectedResultCount": 0, "resultCount": 0}, False),
        ({"expectedResultCount": 2, "resultCount": 2}, True),
    ],
    ids=["status says so", "status beats counts", "old answer: 0 of 0", "old answer: all"],
)
def test_a_batch_is_complete_when_its_status_says_so(
    state: dict[str, Any],
    is_completed: bool,  # noqa: FBT001
) -> None:
    assert wire.batch_state(state).is_completed is is_completed


def test_a_signed_url_does_not_show_its_signature() -> None:
    result = {"resultUrl": "https://host/a?Signature=hush", "contentType": "Audio/OGG; codecs=opus"}

    (media,) = wire.batch_state({"results": [result]}).results

    assert "hush" not in f"{media} {media!r} {media.url}"
    assert media.content_type == "audio/ogg"


@pytest.mark.parametrize("body", [b"<html>", b"", b"{", b'{"a": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(MalformedPayload, match="answer: is not valid JSON"):
        fields.parsed(body, "answer")
