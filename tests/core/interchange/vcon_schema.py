"""What draft-ietf-vcon-vcon-core-03 demands of the objects we write, as a JSON Schema of our own.

The draft comes with a schema, which is not copied: a draft's text is the IETF Trust's. This one is
written from sections 4.1 to 4.5, knows only what we write, and refuses everything else.
"""

_NUMBER = {"type": "integer", "minimum": 0}
_NUMBERS = {"type": "array", "items": _NUMBER, "minItems": 1}
_DATE = {"type": "string", "format": "date-time", "pattern": "Z$"}
_TEXT = {"type": "string", "minLength": 1}


def _object(required: tuple[str, ...], **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


_PARTY = _object(
    (),
    tel={"type": "string", "pattern": "^tel:"},
    name=_TEXT,
    uuid={"type": "string", "format": "uuid"},
    type={"enum": ["person", "bot", "organization"]},
)
_HISTORY = _object(
    ("party", "time", "event"),
    party=_NUMBER,
    time=_DATE,
    event={"enum": ["join", "drop", "hold", "unhold", "mute", "unmute"]},
)
_DIALOG = {
    **_object(
        ("type", "start", "parties"),
        type={"const": "recording"},
        start=_DATE,
        duration={"type": "number", "minimum": 0},
        parties={"type": "array", "items": {"anyOf": [_NUMBER, _NUMBERS, {"type": "null"}]}},
        originator=_NUMBER,
        mediatype={"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"},
        filename={"type": "string", "pattern": "^[^/]+$"},
        url={"type": "string", "format": "uri", "pattern": "^https://"},
        content_hash={"type": "string", "pattern": "^sha512-[A-Za-z0-9_-]{86}$"},
        party_history={"type": "array", "items": _HISTORY, "minItems": 1},
    ),
    "dependentRequired": {"url": ["content_hash"]},
}
_ANALYSIS = _object(
    ("type", "dialog", "vendor", "body", "encoding"),
    type={"enum": ["report", "transcript"]},
    dialog={"anyOf": [_NUMBER, _NUMBERS]},
    mediatype={"const": "application/json"},
    vendor=_TEXT,
    product=_TEXT,
    schema=_TEXT,
    body={"type": "object"},
    encoding={"const": "json"},
)
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        ("uuid", "created_at", "parties"),
        vcon={"const": "0.4.0"},
        uuid={"type": "string", "format": "uuid"},
        created_at=_DATE,
        subject=_TEXT,
        parties={"type": "array", "items": _PARTY, "minItems": 1},
        dialog={"type": "array", "items": _DIALOG},
        analysis={"type": "array", "items": _ANALYSIS},
        attachments={"type": "array", "maxItems": 0},
    ),
}
