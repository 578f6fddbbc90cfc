"""The same seed is the same world, byte for byte, in every process."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx

from recordings_pipeline.simulator.options import EVERY_PERMISSION, Options
from recordings_pipeline.simulator.server import Simulator

DAY = date(2026, 1, 31)
SAMPLE = 200
OPTIONS: dict[str, Any] = {
    "world": "hostile",
    "calls_per_day": 90,
    "requests_per_minute": 60_000,
    "permissions": EVERY_PERMISSION,
    "now": datetime(2026, 3, 1, tzinfo=UTC),
}
# Encoding takes a second a file; one of them is enough here.
MOST_COMPRESSED = 1


def digests() -> Iterator[str]:
    """Ask a fresh simulator for a sample of everything it has; yield a digest of each answer."""
    with Simulator(Options(**OPTIONS)) as simulator, httpx.Client(timeout=60) as http:
        http.headers["Authorization"] = f"Bearer {token(simulator, http)}"
        for path in paths(simulator):
            yield digest(http.get(simulator.base_url + path).content)
        yield from (digest(content) for content in media(simulator))


def token(simulator: Simulator, http: httpx.Client) -> str:
    names = simulator.environment
    answer = http.post(
        f"{simulator.base_url}/oauth/token",
        auth=(names["GENESYS_CLIENT_ID"], names["GENESYS_CLIENT_SECRET"]),
        data={"grant_type": "client_credentials"},
    )
    return str(answer.json()["access_token"])


def paths(simulator: Simulator) -> Iterator[str]:
    """Yield addresses whose answers hold no signed URL: those change with the clock."""
    yield "/api/v2/users"
    yield "/api/v2/recordings/retention/query?retentionThresholdDays=1&pageSize=100"
    for call in simulator.world.calls(DAY):
        yield f"/api/v2/analytics/conversations/{call.conversation_id}/details"
        yield f"/api/v2/conversations/{call.conversation_id}/recordingmetadata"


def media(simulator: Simulator) -> Iterator[bytes]:
    compressed = 0
    for call in simulator.world.calls(DAY):
        for recording in call.recordings[: call.length_ms < 120_000]:
            compressed += recording.codec not in ("ulaw", "pcm", "")
            if recording.codec in ("ulaw", "pcm", "") or compressed <= MOST_COMPRESSED:
                yield simulator.media(recording.id)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_two_runs_with_one_seed_answer_alike_to_the_last_byte() -> None:
    script = "from tests.simulator.test_seed import digests; print('\\n'.join(digests()))"

    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]

    first, second = (run.stdout.split() for run in runs)
    assert len(first) >= SAMPLE
    assert first == second
    assert len(set(first)) > SAMPLE / 2
