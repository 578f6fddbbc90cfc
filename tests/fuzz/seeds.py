"""What the parsers are meant to read: answers and files of the simulator."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

import httpx

from recordings_pipeline.core.audit.lines import GENESIS
from recordings_pipeline.core.audit.manifest import Head, entry_line, sealed, segment_of
from recordings_pipeline.core.days import Day
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.options import EVERY_PERMISSION, Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.sounds import sound_of
from tests.fuzz.targets import ID, NAMES
from tests.listening import conversation

DAY = Day.from_key("2026-01-31")
# A parser of headers or indexes learns nothing from minutes of sound.
SECONDS = 2


def seeds(target: str) -> list[bytes]:
    """Return good files for a target."""
    found = _SEEDS[target]()
    assert found
    return found


@lru_cache(maxsize=1)
def _answers() -> Mapping[str, bytes]:
    """Ask a simulator every kind of question; answers by the route."""
    options = Options(
        world="small", calls_per_day=30, requests_per_minute=60_000, permissions=EVERY_PERMISSION
    )
    with Simulator(options) as simulator, httpx.Client(base_url=simulator.base_url) as http:
        environment = simulator.environment
        who = (environment["GENESYS_CLIENT_ID"], environment["GENESYS_CLIENT_SECRET"])
        login = http.post("/oauth/token", auth=who, data={"grant_type": "client_credentials"})
        http.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        return {"login": login.content, **_asked(http, simulator)}


def _asked(http: httpx.Client, simulator: Simulator) -> dict[str, bytes]:
    span = f"{DAY.start:%Y-%m-%dT%H:%M:%S.000Z}/{DAY.end:%Y-%m-%dT%H:%M:%S.000Z}"
    query = {"interval": span, "paging": {"pageSize": 5, "pageNumber": 1}}
    calls = [call for call in simulator.world.calls(DAY.date) if call.recording_id][:5]
    whose = calls[0].conversation_id
    items = [{"conversationId": call.conversation_id} for call in calls]
    found = {
        "me": http.get("/api/v2/tokens/me"),
        "details": http.post("/api/v2/analytics/conversations/details/query", json=query),
        "metadata": http.get(f"/api/v2/conversations/{whose}/recordingmetadata"),
        "settings": http.get("/api/v2/recording/settings"),
        "limits": http.get("/api/v2/organizations/limits/namespaces/platform.api"),
        "queues": http.get("/api/v2/routing/queues"),
        "orphans": http.get("/api/v2/orphanrecordings"),
        "submit": http.post(
            "/api/v2/recording/batchrequests", json={"batchDownloadRequestList": items}
        ),
    }
    poll = f"/api/v2/recording/batchrequests/{found['submit'].json()['id']}"
    for _ in range(20):
        found["batch"] = http.get(poll)
    leg = f"{whose}/communications/{calls[0].communication_id}"
    base = "/api/v2/speechandtextanalytics/conversations"
    found["links"] = http.get(f"{base}/{leg}/transcripturls")
    link = found["links"].json()["urls"][0]["url"]
    found["transcript"] = httpx.get(link)
    return {name: answer.raise_for_status().content for name, answer in found.items()}


def _replies() -> list[bytes]:
    return [body for name, body in _answers().items() if name != "transcript"]


def _headers() -> list[bytes]:
    lines = (
        "Content-Type: audio/wav",
        "Content-Length: 100",
        'ETag: "abc"',
        "Content-Range: bytes 5-9/10",
        "Retry-After: 3",
        "Date: Sat, 31 Jan 2026 12:00:00 GMT",
        "Content-Encoding: gzip",
        "Transfer-Encoding: chunked",
    )
    late = "Retry-After: Sat, 31 Jan 2026 12:00:09 GMT"
    return ["\n".join(lines).encode(), "\n".join((*lines[:4], lines[5], late)).encode()]


def _transcripts() -> list[bytes]:
    whole = json.loads(_answers()["transcript"])
    whole |= {"conversationId": ID, "communicationId": ID, "recordingId": ID}
    for run in whole.get("transcripts", []):
        run["phrases"] = run.get("phrases", [])[:4]
        run.pop("recordingId", None)
    return [json.dumps(whole).encode()]


def _sounds() -> list[bytes]:
    call = conversation(3, SECONDS)
    return [bytes(sound_of(call, kind, channels=2).read()) for kind in Format]


def _webm() -> list[bytes]:
    return [sound for sound in _sounds() if sound.startswith(b"\x1aE\xdf\xa3")]


def _journals() -> list[bytes]:
    line = {
        "id": "0" * 32,
        "kind": "arrived",
        "name": f"audio/date=2026-01-31/{ID}/{ID}.wav",
        "size_bytes": 5,
        "arrived_time": "2026-01-31T12:00:00.000000+00:00",
    }
    refused = {**line, "kind": "refused", "name": "incoming/a.wav", "reason": "a pipe, not a file"}
    cursor = {"journal": "abc", "byte": 5, "asked": {"2026-01-31": "k"}, "is_owed": True}
    lines = [json.dumps(found).encode() + b"\n" for found in (line, refused)]
    return [lines[0], lines[0] + lines[1], json.dumps(cursor).encode()]


def _records() -> list[bytes]:
    record = {
        "recording": ID, "etag": '"a"', "total": 9, "size": 5, "sha256": "0" * 64, "attempt": 1,
        "name": None, "boot": "",
    }  # fmt: skip
    return [json.dumps(record).encode(), json.dumps([record]).encode()]


def _configurations() -> list[bytes]:
    values = dict.fromkeys(NAMES, "") | {
        "GENESYS_CLIENT_ID": "id",
        "GENESYS_CLIENT_SECRET": "hush-hush-hush",
        "GENESYS_REGION": "eu_central_1",
        "RECORDINGS_QUOTA_GB": "500",
        "RECORDINGS_CODECS": "wav,opus,wav/g729",
        "RECORDINGS_MEDIA": "call,chat",
    }
    base = {**values, "GENESYS_REGION": "", "GENESYS_BASE_URL": "https://api.mypurecloud.de"}
    return ["\n".join(found.values()).encode() for found in (values, base)]


def _paths() -> list[bytes]:
    vendor = f"o/year=2026/month=1/day=31/hour=12/conversation_id={ID}/"
    names = (f"{ID}.wav", f"{ID}.wav_metadata.json", f"{ID}-{ID}.transcript.json", f"{ID}-2.wav")
    return [
        *(f"{vendor}{name}".encode() for name in names),
        f"audio/date=2026-01-31/{ID}/{ID}.wav".encode(),
        ID.encode(),
    ]


def _metadata() -> list[bytes]:
    return [json.dumps({"recordingId": ID, "conversationId": ID.upper()}).encode()]


def _stretches() -> list[bytes]:
    details = json.loads(_answers()["details"])
    found = [call["participants"] for call in details["conversations"][:3]]
    return [json.dumps(participants).encode() for participants in found]


def _audit() -> list[bytes]:
    event = {
        "seq": 1,
        "event_id": f"{ID}/1",
        "event_time": DAY.start,
        "action": "recording.exported",
        "object_id": ID,
        "outcome": "exported",
    }
    segment = segment_of(GENESIS, [event, {**event, "seq": 2, "event_id": f"{ID}/2"}])
    entry = replace(sealed(None, segment, DAY.end, "0" * 32), signature="0" * 128)
    line = entry_line(entry) + b"\n"
    return [line, segment.content, line + segment.content, str(Head(1, "0" * 64)).encode()]


_SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    "api_replies": _replies,
    "headers": _headers,
    "transcripts": _transcripts,
    "containers": _sounds,
    "webm_sound": _webm,
    "journal": _journals,
    "records": _records,
    "configuration": _configurations,
    "paths": _paths,
    "vendor_metadata": _metadata,
    "stretches": _stretches,
    "audit_log": _audit,
}
