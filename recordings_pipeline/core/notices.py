"""What people are told when nobody is looking: a failed run, or a check that failed.

A notice goes out as a webhook by the open convention of the same name: JSON, an id, a time and a
signature over all three, so that a receiver can tell ours from anybody's, and an old one from a new
one. A member ``text`` is what chat services show of an incoming webhook.

Source: Standard Webhooks specification, "Signature scheme" and "Webhook headers".
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from recordings_pipeline.core.addresses import checked_url
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import Secret

URL, SECRET = "RECORDINGS_WEBHOOK_URL", "RECORDINGS_WEBHOOK_SECRET"
_ENCODED = "whsec_"
# 24 bytes are the least the specification asks of a secret.
_LEAST_SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know.

    Attributes:
        id: The same whenever the same thing is told again, so that a receiver can drop it.
        kind: ``run_failed`` or ``check_failed``.
        subject: Name of the job, or of the check with its asset.
        day: The partition; None for all days.
        run_id: Where to look in Dagster.
        text: What happened, in sentences without personal data.
    """

    id: str
    kind: str
    subject: str
    day: str | None
    run_id: str
    text: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where notices go, and the key that signs them."""

    url: str
    key: Secret


def receiver_from(environ: Mapping[str, str]) -> Receiver | None:
    """Return where notices go; None when nobody wants them.

    Raises:
        ConfigurationError: The address is wrong, or the secret is missing or too short.
    """
    url, secret = (environ.get(name, "").strip() for name in (URL, SECRET))
    if not url:
        return None
    if len(_key(secret)) < _LEAST_SECRET_BYTES:
        problem = (
            f"has to be {_LEAST_SECRET_BYTES} bytes or longer: notices are signed with it, and "
            "the receiver checks them"
        )
        raise ConfigurationError(SECRET, problem)
    return Receiver(checked_url(URL, url, "https://hooks.example.com/recordings"), Secret(secret))


def body_of(notice: Notice) -> bytes:
    """Write a notice as JSON."""
    where = "" if notice.day is None else f" of {notice.day}"
    payload = {
        "type": f"recordings.{notice.kind}",
        "timestamp": notice.time.isoformat(),
        "data": {"subject": notice.subject, "day": notice.day, "run_id": notice.run_id},
        "text": f"{notice.subject}{where}: {notice.text}",
    }
    return json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()


def signed_headers(key: Secret, notice_id: str, sent: datetime, body: bytes) -> dict[str, str]:
    """Sign a body; whoever repeats it later than its time allows is found out."""
    seconds = str(int(sent.timestamp()))
    message = b".".join((notice_id.encode(), seconds.encode(), body))
    digest = hmac.digest(_key(key.reveal()), message, hashlib.sha256)
    return {
        "content-type": "application/json",
        "webhook-id": notice_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    """Read a secret: base64 behind ``whsec_``, as receivers hand it out, or plain text."""
    if not secret.startswith(_ENCODED):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_ENCODED), validate=True)
    except binascii.Error:
        raise ConfigurationError(SECRET, "is no base64 behind whsec_") from None
