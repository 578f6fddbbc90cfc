"""How fast the simulator answers, next to nginx serving the same bytes from disk in the same run.

Run it with ``python benchmarks/simulator.py``; it needs ``wrk`` and ``nginx``.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import httpx

from benchmarks.nginx import nginx_program, nginx_serving
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.plan import plan_of
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.signing import signed
from recordings_pipeline.simulator.world import World

DAY = date(2026, 1, 31)
CALLS = 100_000
PROCESSES, CONNECTIONS, SECONDS = 2, 16, 5
NOBODY = "00000000-0000-4000-8000-000000000000"


def main() -> None:
    """Measure and print a table."""
    found = {"wrk": shutil.which("wrk"), "nginx": nginx_program()}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} missing: apt-get install wrk nginx-light")
    print(f"busy world, {CALLS:,} calls a day, {PROCESSES} server processes, one wrk thread,")
    print(f"{CONNECTIONS} connections, {SECONDS} s each; server and client share the machine\n")
    print(f"{'calls made a second, one core':<46}{_calls_made():>12,.0f}")
    print(f"{'recordings planned a second, one core':<46}{_plans_made():>12,.0f}")
    options = Options(
        world="busy", calls_per_day=CALLS, processes=PROCESSES, requests_per_minute=10**9
    )
    with Simulator(options) as simulator:
        _api(simulator)
        _media(simulator)
        print(f"{'memory of a server process, MB (largest)':<46}{_memory_mb():>12,.0f}")


def _calls_made() -> float:
    world, count = World(2, shape_named("busy").with_calls(CALLS)), 3_000
    world.columns(DAY)
    started = time.perf_counter()
    for index in range(count):
        world.call(DAY, index)
    return count / (time.perf_counter() - started)


def _plans_made() -> float:
    world, count = World(2, shape_named("busy").with_calls(CALLS)), 150
    scores = [c.first.score for c in world.calls(DAY)[: 2 * count] if c.first and c.first.score]
    started = time.perf_counter()
    for score in scores[:count]:
        plan_of(score)
    return count / (time.perf_counter() - started)


def _api(simulator: Simulator) -> None:
    token = _token(simulator)
    call = _an_ordinary_call(simulator)
    conversation = f"/api/v2/conversations/{call.conversation_id}"
    speech = f"/api/v2/speechandtextanalytics/conversations/{call.conversation_id}"
    questions = {
        "tokens/me": "/api/v2/tokens/me",
        "recordingmetadata": f"{conversation}/recordingmetadata",
        "transcripturl": f"{speech}/communications/{call.communication_id}/transcripturl",
        "conversation details": f"/api/v2/analytics/conversations/{call.conversation_id}/details",
        "no such conversation": f"/api/v2/conversations/{NOBODY}/recordingmetadata",
    }
    for name, path in questions.items():
        answers, _ = _wrk(simulator.base_url + path, {"Authorization": f"Bearer {token}"})
        print(f"{'answers a second: ' + name:<46}{answers:>12,.0f}")
    pages = _pages_a_second(simulator, token)
    print(f"{'pages of 100 conversations a second':<46}{pages:>12,.1f}")


def _pages_a_second(simulator: Simulator, token: str) -> float:
    """Read different pages one after the other, so that each has to be made."""
    count = 30
    interval = "2026-01-30T00:00:00.000Z/2026-01-31T00:00:00.000Z"
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        started = time.perf_counter()
        for number in range(1, count + 1):
            paging = {"pageSize": 100, "pageNumber": number}
            http.post(
                f"{simulator.base_url}/api/v2/analytics/conversations/details/query",
                json={"interval": interval, "paging": paging},
            ).raise_for_status()
        return count / (time.perf_counter() - started)


def _media(simulator: Simulator) -> None:
    """Serve the same two-minute call from the simulator and from nginx."""
    call = _an_ordinary_call(simulator)
    content = simulator.media(str(call.recording_id))
    path = f"/media/{call.recording_id}/1"
    url = signed(simulator.media_url, path, int(time.time()) + 3_600)
    _, ours = _wrk(url, {})
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "call.wav").write_bytes(content)
        with nginx_serving(Path(name)) as server:
            _, theirs = _wrk(f"{server.plain_url}/call.wav", {})
    print(f"{'media MB/s, file of ' + f'{len(content) / 1e6:.1f} MB':<46}{ours / 1e6:>12,.0f}")
    print(f"{'the same by nginx':<46}{theirs / 1e6:>12,.0f}")
    print(f"{'ratio':<46}{ours / theirs:>12.2f}")


def _an_ordinary_call(simulator: Simulator) -> Call:
    """Return a call of about two minutes whose recording is plain."""
    return next(
        call
        for call in simulator.world.calls(DAY)
        if call.is_transcribed
        and call.first is not None
        and call.first.codec == "ulaw"
        and call.first.file_state == "AVAILABLE"
        and (call.first.channels, call.first.file_count) == (2, 1)
        and 110_000 < call.length_ms < 140_000
    )


def _token(simulator: Simulator) -> str:
    names = simulator.environment
    answer = httpx.post(
        f"{simulator.base_url}/oauth/token",
        auth=(names["GENESYS_CLIENT_ID"], names["GENESYS_CLIENT_SECRET"]),
        data={"grant_type": "client_credentials"},
        timeout=60,
    )
    return str(answer.json()["access_token"])


def _wrk(url: str, headers: Mapping[str, str]) -> tuple[float, float]:
    """Ask for a URL as fast as it goes; return answers and bytes a second."""
    httpx.get(url, headers=dict(headers), timeout=60)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    command += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout  # noqa: S603 (our own command)
    answers = re.search(r"Requests/sec:\s+([\d.]+)", text)
    moved = re.search(r"([\d.]+)([KMG]?B) read", text)
    seconds = re.search(r"requests in ([\d.]+)s", text)
    if not (answers and moved and seconds):
        sys.exit(f"wrk said nothing we understand:\n{text}")
    unit = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[moved[2]]
    return float(answers[1]), float(moved[1]) * unit / float(seconds[1])


def _memory_mb() -> float:
    """Return the resident size of the largest server process."""
    sizes = []
    for status in Path("/proc").glob("[0-9]*/status"):
        text = status.read_text() if status.exists() else ""
        if "simulator.server" in (status.parent / "cmdline").read_text().replace("\0", " "):
            found = re.search(r"VmRSS:\s+(\d+) kB", text)
            sizes.append(int(found[1]) / 1_000 if found else 0.0)
    return max(sizes)


if __name__ == "__main__":
    main()
