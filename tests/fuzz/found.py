"""Inputs that parsers of ours once fell over, by target."""

import json

ID = "00000000-0000-4000-8000-00000000000c"
_LIMIT = b"client.credentials.token.rate.per.minute"
_BATCH = {"id": "1", "results": []}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _line(**more: object) -> bytes:
    time = "2026-01-31T12:00:00+00:00"
    line = {"id": "0" * 32, "kind": "arrived", "name": "audio/a.wav", "size_bytes": 1}
    return _json({**line, "arrived_time": time, **more}) + b"\n"


def _record(**more: object) -> bytes:
    return _json([{"recording": ID, "etag": None, "total": 9, **more}])


_CALL = {"conversationId": ID, "conversationStart": "2026-01-31T12:00:00Z"}


def _call(**more: object) -> bytes:
    return _json({"totalHits": 1, "conversations": [{**_CALL, **more}]})


def _session(**more: object) -> bytes:
    return _call(participants=[{"purpose": "customer", "sessions": [more]}])


_MANIFEST_LINE = (
    b'{"algorithm":"ed25519","chain":"%s","event_count":2,"first_seq":1,"key":"%s","last_seq":2,'
    b'"number":1,"previous":"%s","root":"%s","sealed_time":"x","signature":"%s","size_bytes":5,'
    b'"v":1}\n'
) % tuple(b"0" * length for length in (64, 32, 64, 64, 128))


FOUND: tuple[tuple[str, str, bytes], ...] = (
    ("api_replies", "half a pair of surrogates", _call(originatingDirection="\ud800")),
    ("api_replies", "the same, not escaped", b'{"id": "\xed\xa0\x80"}'),
    ("api_replies", "an instant before the year 1",
     _call(conversationEnd="0001-01-01T00:00:00+01:00")),
    ("api_replies", "an instant after 9999", _call(conversationEnd="9999-12-31T23:59:59-01:00")),
    ("api_replies", "a list for a direction", _call(originatingDirection=[{}])),
    ("api_replies", "a number for divisions", _call(divisionIds=5)),
    ("api_replies", "an object for a number", _session(ani={"a": 1})),
    ("api_replies", "a number for codecs",
     _session(mediaType="voice", mediaEndpointStats=[{"codecs": 5}])),
    ("api_replies", "a text for a count", _json({**_BATCH, "expectedResultCount": "3"})),
    ("api_replies", "a list for a count", _json({**_BATCH, "expectedResultCount": [1]})),
    ("api_replies", "a count beyond 64 bits", _json({**_BATCH, "expectedResultCount": 10**30})),
    ("api_replies", "a link that is no address",
     _json({"results": [{"recordingId": ID, "resultUrl": "https://["}]})),
    ("api_replies", "a number for a link", _json({"results": [{"resultUrl": 5}]})),
    ("api_replies", "a next page that is no address", _json({"nextUri": "//[x"})),
    ("api_replies", "an infinite limit", b'{"entities": [{"key": "%s", "value": 1e999}]}' % _LIMIT),
    ("api_replies", "a list for a region", _json([{"id": ID, "region": ["x", None]}])),
    ("journal", "brackets without end", b"[" * 100_000 + b"\n"),
    ("journal", "a number for a name", _line(name=5)),
    ("journal", "a name that is nothing", _line(name=".")),
    ("journal", "half a pair of surrogates in a name", _line(name="audio/\ud800")),
    ("journal", "a text for a size", _line(size_bytes="1")),
    ("journal", "a size beyond 64 bits", _line(size_bytes=10**30)),
    ("journal", "a cursor whose requests are a number", _json({"asked": 5})),
    ("journal", "a cursor whose requests are a list", _json({"asked": ["x"]})),
    ("records", "a key that is longer than a name", _record(recording="a" * 300)),
    ("records", "a key with a zero", _record(recording="a\0b")),
    ("records", "brackets without end", b"[" * 100_000),
    ("audit_log", "brackets without end for a manifest", b"[" * 100_000),
    ("audit_log", "brackets without end for an event", _MANIFEST_LINE + b"[" * 100_000),
    ("audit_log", "an infinite number of an event", _MANIFEST_LINE + b'{"seq": 1e999}'),
)  # fmt: skip
