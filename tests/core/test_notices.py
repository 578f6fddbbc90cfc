"""A notice says what failed, and who sent it."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.notices import (
    SECRET,
    URL,
    Notice,
    body_of,
    receiver_from,
    signed_headers,
)
from recordings_pipeline.core.secrets import Secret

NOW = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
KEY = "a secret of 24 bytes or more"
NOTICE = Notice("run-1", "run_failed", "export_day", "2026-01-31", "1", "the disk is full", NOW)


def test_a_notice_can_be_read_by_programs_and_by_people() -> None:
    found = json.loads(body_of(NOTICE))

    assert found == {
        "type": "recordings.run_failed",
        "timestamp": "2026-02-03T04:05:00+00:00",
        "data": {"subject": "export_day", "day": "2026-01-31", "run_id": "1"},
        "text": "export_day of 2026-01-31: the disk is full",
    }


def test_a_receiver_who_knows_the_secret_can_check_the_signature() -> None:
    body = body_of(NOTICE)

    headers = signed_headers(Secret(KEY), NOTICE.id, NOW, body)

    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(KEY.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_the_signature_of_the_specification_s_example_comes_out() -> None:
    key = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent = datetime.fromtimestamp(1_614_265_330, UTC)

    headers = signed_headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", sent, b'{"test": 2432232314}')

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "change",
    [{"notice_id": "run-2"}, {"sent": NOW + timedelta(seconds=1)}, {"body": b"{}"}],
    ids=["another id", "another time", "another body"],
)
def test_what_is_changed_on_the_way_is_found_out(change: dict[str, object]) -> None:
    parts = {"notice_id": NOTICE.id, "sent": NOW, "body": body_of(NOTICE)}

    one, other = (signed_headers(Secret(KEY), **p) for p in (parts, {**parts, **change}))  # type: ignore[arg-type]

    assert one["webhook-signature"] != other["webhook-signature"]


@pytest.mark.parametrize(
    ("url", "secret", "variable"),
    [
        ("https://hooks.example.com/x", "", SECRET),
        ("https://hooks.example.com/x", "short", SECRET),
        ("https://hooks.example.com/x", "whsec_not base64", SECRET),
        ("http://hooks.example.com/x", KEY, URL),
        ("hooks.example.com", KEY, URL),
    ],
    ids=["no secret", "a short secret", "no base64", "not encrypted", "no address"],
)
def test_what_cannot_be_sent_safely_is_a_wrong_setting(
    url: str, secret: str, variable: str
) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        receiver_from({URL: url, SECRET: secret})


def test_without_an_address_nobody_is_told() -> None:
    assert receiver_from({SECRET: KEY}) is None
