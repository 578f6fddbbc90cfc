"""An event is one text, of fields that were thought about, tied to the event before."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from recordings_pipeline.core.audit.lines import (
    FIELDS,
    GENESIS,
    chained,
    continues,
    event_body,
    harmless,
    sealed_bodies,
    unchained,
)
from recordings_pipeline.storage.ledger_tables import events

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
EVENT = {"seq": 7, "action": "recording.exported", "object_id": "é", "event_time": NOW}


def test_an_event_has_one_text_whatever_the_order_of_its_fields() -> None:
    told = (
        b'{"action":"recording.exported","event_time":"2026-02-03T04:05:06.000000+00:00",'
        b'"object_id":"\\u00e9","seq":7,"v":1}'
    )

    assert event_body(EVENT) == told
    assert event_body(dict(reversed(EVENT.items()))) == told


def test_what_is_unknown_or_empty_is_left_out_and_a_zero_is_not() -> None:
    body = event_body({**EVENT, "reason": "", "sha256": None, "size_bytes": 0})

    assert json.loads(body).keys() == {*EVENT, "size_bytes", "v"}


def test_an_event_has_no_field_that_nobody_thought_about() -> None:
    with pytest.raises(ValueError, match="agent_name"):
        event_body({**EVENT, "agent_name": "Ada"})


def test_the_ledger_keeps_no_other_field_than_those_of_the_closed_list() -> None:
    assert {column.name for column in events.columns} == FIELDS


@pytest.mark.parametrize(
    "text",
    [
        "https://host/x?Signature=abc",
        "s3://bucket/key",
        "tel:+493012345",
        "tel:030123456",
        "sip:ada@example.org",
        "ada@example.org",
        "+49 30 123456",
        "+1(555)0123456",
    ],
)
def test_addresses_and_numbers_that_lead_to_somebody_are_replaced(text: str) -> None:
    assert harmless(f"failed for {text}, again") in {
        "failed for (removed), again",
        "failed for (removed) again",
    }


@pytest.mark.parametrize(
    "text",
    [
        "1 calls, waited 0.0 s, 0 times 429: 1 GET /api/v2/tokens/me",
        "stopped after 12345678 of 22345678 bytes: reset",
        "replayed by a person: was noise",
        "audio/date=2026-01-31/a/b.wav: a link",
    ],
)
def test_reasons_of_ours_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_anybody_can_follow_the_chain_with_sha256() -> None:
    body = event_body(EVENT)

    line, chain = chained(GENESIS, body)

    assert chain == hashlib.sha256(GENESIS.encode() + body).hexdigest()
    assert json.loads(line) == {**json.loads(body), "chain": chain}
    assert unchained(line) == (body, chain)


def test_who_did_it_stands_where_sorted_keys_put_it() -> None:
    body = event_body({**EVENT, "actor": "a.smith@corp.example, said root"})

    line, chain = chained(GENESIS, body)

    assert json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")).encode() == line
    assert unchained(line) == (body, chain)
    assert continues(GENESIS, line)


@pytest.mark.parametrize("actor", ['a","chain":"b', "a\\", "é"])
def test_who_did_it_is_plain_text(actor: str) -> None:
    with pytest.raises(ValueError, match="no plain text"):
        chained(GENESIS, event_body({**EVENT, "actor": actor}))


def test_a_line_continues_only_the_one_it_was_made_after() -> None:
    first, chain = chained(GENESIS, event_body(EVENT))
    second, _ = chained(chain, event_body({**EVENT, "seq": 8}))

    assert continues(GENESIS, first)
    assert continues(chain, second)
    assert not continues(GENESIS, second)
    assert not continues(GENESIS, first.replace(b"exported", b"missing"))
    assert not continues(GENESIS, b"{}")


def test_a_number_within_a_reason_is_not_taken_for_the_event_s() -> None:
    body = event_body({**EVENT, "reason": '"seq":1,'})

    assert sealed_bodies(chained(GENESIS, body)[0] + b"\n") == {7: body}
