"""A way through every operation of the platform, and what there is to find on it."""

from datetime import UTC, date, datetime
from typing import Any

import httpx

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.traits import TRAITS

DAY = date(2026, 1, 31)
# Two and a half days later: what is late by 30 hours is there, by 50 hours it is not.
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
# Media of longer recordings are not asked for: making them is what takes time.
MOST_MS = 45_000
INTERVAL = "2026-01-31T00:00:00.000Z/2026-02-01T00:00:00.000Z"
NOTHING_YET = "2026-03-01T00:00:00.000Z/2026-03-02T00:00:00.000Z"
ANALYTICS = "/api/v2/analytics/conversations"
LIMITS = "/api/v2/organizations/limits/namespaces"


def special_calls(simulator: Simulator) -> list[Call]:
    """Return one conversation of the day for every trait it has, and an ordinary one."""
    calls = simulator.world.calls(DAY)
    found = [next((call for call in calls if call.has(trait)), calls[-1]) for trait in TRAITS]
    unique = {call.conversation_id: call for call in [*found, calls[-1]]}
    return list(unique.values())


def is_short(call: Call) -> bool:
    """Say whether the media of a conversation are made in no time."""
    return all(recording.duration_ms <= MOST_MS for recording in call.recordings)


def visit_everything(http: httpx.Client, simulator: Simulator) -> None:
    """Ask every operation for what is there, and for the page where nothing is."""
    calls = special_calls(simulator)
    _details(http, calls)
    _details_job(http)
    for call in calls:
        _conversation(http, call)
    _recordings(http, calls)
    _batch(http, calls)
    _bulk_jobs(http)
    _reports(http)
    _directory(http)
    _search(http)
    _usage(http)
    http.head("/api/v2/tokens/me")
    http.get("/api/v2/tokens/me")


def _details(http: httpx.Client, calls: list[Call]) -> None:
    query: dict[str, Any] = {"interval": INTERVAL, "paging": {"pageSize": 100, "pageNumber": 1}}
    pages = -(-http.post(f"{ANALYTICS}/details/query", json=query).json()["totalHits"] // 100)
    for number in range(2, pages + 2):
        query["paging"]["pageNumber"] = number
        http.post(f"{ANALYTICS}/details/query", json=query)
    http.post(f"{ANALYTICS}/details/query", json={"interval": NOTHING_YET})
    ids = ",".join(call.conversation_id for call in calls)
    http.get(f"{ANALYTICS}/details", params={"id": ids})


def _details_job(http: httpx.Client) -> None:
    jobs = f"{ANALYTICS}/details/jobs"
    http.get(f"{jobs}/availability")
    job = http.post(jobs, json={"interval": INTERVAL}).json()["jobId"]
    while http.get(f"{jobs}/{job}").json()["state"] != "FULFILLED":
        pass
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        page = http.get(f"{jobs}/{job}/results", params={"pageSize": "150", **cursor}).json()
        cursor = {"cursor": page["cursor"]} if "cursor" in page else None
    http.delete(f"{jobs}/{job}")


def _conversation(http: httpx.Client, call: Call) -> None:
    base = f"/api/v2/conversations/{call.conversation_id}"
    told = f"/api/v2/speechandtextanalytics/conversations/{call.conversation_id}"
    http.get(f"{ANALYTICS}/{call.conversation_id}/details")
    listed = http.get(f"{base}/recordingmetadata").json()
    for recording in listed if isinstance(listed, list) else []:
        http.get(f"{base}/recordingmetadata/{recording['id']}")
        http.get(f"{base}/recordings/{recording['id']}/annotations")
        for name in ("transcripturl", "transcripturls"):
            found = http.get(f"{told}/communications/{recording['sessionId']}/{name}")
            assert found.status_code in (200, 404)
    for path in (told, f"{told}/categories", f"{told}/sentiments"):
        http.get(path)


def _recordings(http: httpx.Client, calls: list[Call]) -> None:
    """Ask for media twice: the first answer is 202; uncompressed, which is made at once."""
    for call in calls:
        if not is_short(call):
            continue
        base = f"/api/v2/conversations/{call.conversation_id}/recordings"
        for query in ({"formatId": "WAV"}, {"formatId": "WAV"}, {"mediaFormats": "NONE,WAV"}):
            http.get(base, params=query)
        for recording in call.recordings:
            one = f"{base}/{recording.id}"
            for _ in range(2):
                http.get(one, params={"formatId": "WAV"})
            http.put(one, json={"archiveDate": "2027-01-01T00:00:00.000Z"})
    http.get("/api/v2/recording/settings")
    http.get("/api/v2/recordings/screensessions/details")
    retention = "/api/v2/recordings/retention/query"
    for days in (39, 9_000):
        first = http.get(retention, params={"retentionThresholdDays": days}).json()
        if "nextUri" in first:
            http.get(first["nextUri"])


def _batch(http: httpx.Client, calls: list[Call]) -> None:
    path = "/api/v2/recording/batchrequests"
    items = [{"conversationId": call.conversation_id} for call in calls]
    items.append({"conversationId": "00000000-0000-4000-8000-000000000000"})
    job = http.post(path, json={"batchDownloadRequestList": items}).json()["id"]
    while http.get(f"{path}/{job}").json()["status"] != "Completed":
        pass


def _bulk_jobs(http: httpx.Client) -> None:
    path = "/api/v2/recording/jobs"
    query = {"action": "ARCHIVE", "conversationQuery": {"interval": INTERVAL}}
    http.get(path)
    first, second = (http.post(path, json=query).json()["id"] for _ in range(2))
    http.delete(f"{path}/{second}")
    while http.get(f"{path}/{first}").json()["state"] != "READY":
        pass
    http.put(f"{path}/{first}", json={"state": "PROCESSING"})
    while http.get(f"{path}/{first}").json()["state"] != "FULFILLED":
        pass
    http.get(f"{path}/{first}/failedrecordings")
    http.get(f"{path}/{first}/failedrecordings", params={"pageNumber": 9})
    http.get(path, params={"state": "FULFILLED"})


def _reports(http: httpx.Client) -> None:
    path = "/api/v2/recording/uploads/reports"
    body = {"dateSince": "2026-01-31T00:00:00.000Z", "uploadStatus": "Success"}
    report = http.post(path, json=body).json()["id"]
    while http.get(f"{path}/{report}").json()["state"] != "Completed":
        pass
    listed = http.get("/api/v2/orphanrecordings").json()["entities"]
    http.get("/api/v2/orphanrecordings", params={"hasConversation": "true"})
    for found in listed[:1]:
        http.get(f"/api/v2/orphanrecordings/{found['id']}")


def _directory(http: httpx.Client) -> None:
    http.get("/api/v2/organizations/me")
    for name in http.get(LIMITS).json()["entities"]:
        http.get(f"{LIMITS}/{name}")
        http.get(f"{LIMITS}/{name}/defaults")
    for path in ("routing/queues", "users", "authorization/divisions"):
        for number in (1, 2):
            http.get(f"/api/v2/{path}", params={"pageNumber": number})
    user = http.get("/api/v2/users").json()["entities"][0]["id"]
    http.get(f"/api/v2/users/{user}")


def _search(http: httpx.Client) -> None:
    start, _, end = INTERVAL.partition("/")
    when = {"type": "DATE_RANGE", "fields": ["conversationStartTime"]}
    criteria = [{**when, "startValue": start, "endValue": end}]
    for types, number in ((["transcripts"], 1), (["transcripts_metadata"], 40)):
        http.post(
            "/api/v2/speechandtextanalytics/transcripts/search",
            json={"types": types, "pageNumber": number, "query": criteria},
        )


def _usage(http: httpx.Client) -> None:
    query = {"interval": INTERVAL, "granularity": "Day", "metrics": ["Status200", "Requests"]}
    execution = http.post("/api/v2/usage/query", json=query).json()["executionId"]
    path = f"/api/v2/usage/query/{execution}/results"
    while http.get(path).json()["queryStatus"] != "Complete":
        pass
    http.get("/api/v2/usage/events/definitions")
    http.post("/api/v2/usage/events/query", json={"interval": INTERVAL})


def visit_jobs(http: httpx.Client) -> dict[str, list[str]]:
    """Leave one thing of every kind that is asked for once and read later; return their ids."""
    interval = {"interval": INTERVAL}
    items = {"batchDownloadRequestList": [{"conversationId": "x"}]}
    export = {"action": "EXPORT", "integrationId": "x", "conversationQuery": interval}
    since = {"dateSince": INTERVAL.partition("/")[0]}
    details = http.post(f"{ANALYTICS}/details/jobs", json=interval).json()["jobId"]
    batch = http.post("/api/v2/recording/batchrequests", json=items).json()["id"]
    bulk = http.post("/api/v2/recording/jobs", json=export).json()["id"]
    report = http.post("/api/v2/recording/uploads/reports", json=since).json()["id"]
    usage = http.post("/api/v2/usage/query", json=interval).json()["executionId"]
    for _ in range(3):
        http.get(f"{ANALYTICS}/details/jobs/{details}")
        http.get(f"/api/v2/recording/jobs/{bulk}")
    orphans = http.get("/api/v2/orphanrecordings").json()["entities"]
    users = http.get("/api/v2/users").json()["entities"]
    return {
        "jobId": [details, batch, bulk],
        "reportId": [report],
        "executionId": [usage],
        "orphanId": [orphan["id"] for orphan in orphans],
        "userId": [user["id"] for user in users],
    }
