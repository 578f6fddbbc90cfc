"""What a backfill costs beside its work, launched as the UI does it: webserver, daemon, queue.

Run it with ``python benchmarks/backfill.py [days [days per run …]]``: 14 by default, in runs of 7
days and of 1. The organization is simulated and small, so that what remains is Dagster: starting
runs, loading the code, writing events. Ten minutes and more on two cores.

Afterwards each asset's page is asked for as the UI does: which days there are and how they stand,
and the last 100 events with their numbers, which it plots.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator

ROOT = Path(__file__).parent.parent
FIRST = date(2026, 1, 1)
DEFAULT_DAYS, MODES = 14, (7, 1)
CALLS, PER_MINUTE = 10, 60_000
START_S, STOP_S, POLL_S = 300, 60, 1.0
_LOADED = "{workspaceOrError{... on Workspace{locationEntries{loadStatus}}}}"
_LAUNCH = """mutation($p: LaunchBackfillParams!){launchPartitionBackfill(backfillParams: $p)
{__typename ... on LaunchBackfillSuccess{backfillId} ... on PythonError{message}}}"""
_STATUS = """query($id: String!){partitionBackfillOrError(backfillId: $id)
{... on PartitionBackfill{status}}}"""
_RUNS = """{runsOrError(limit: 2000){... on Runs{results
{runId creationTime startTime endTime status}}}}"""
_EVENTS = """query($key: AssetKeyInput!){assetOrError(assetKey: $key){... on Asset
{assetMaterializations(limit: 2000){metadataEntries
{label ... on FloatMetadataEntry{floatValue}}}}}}"""


_PAGE = """query($key: AssetKeyInput!){assetNodeOrError(assetKey: $key){... on AssetNode
{partitionKeyConnection(limit: 500, ascending: true){results} assetPartitionStatuses{__typename
... on TimePartitionStatuses{ranges{startKey endKey status}}}
assetMaterializations(limit: 100){partition metadataEntries
{label ... on FloatMetadataEntry{floatValue} ... on IntMetadataEntry{intValue}}}}}}"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one backfill took, in seconds.

    Attributes:
        wall: From the click to its end.
        work: Sum over all stages and days of what the stages themselves took.
        run: Median over its runs, from their start to their end.
        queued: Median over its runs, from their creation to their start.
        page: What the page of an asset asks of the webserver, the slowest of all assets.
    """

    wall: float
    work: float
    runs: int
    run: float
    all_runs: float
    queued: float
    page: float


def main(count: int = DEFAULT_DAYS, *modes: int) -> None:
    """Run a backfill in each mode, and print them side by side."""
    found = {per_run: _measured(count, per_run) for per_run in modes or MODES}
    print(f"{count} days, {len(STAGES)} stages, {CALLS} calls a day")
    print(f"{'days per run':>14}{'runs':>6}{'wall s':>8}{'run s':>7}{'queued s':>10}", end="")
    print(f"{'of them work, s':>17}{'overhead per day, s':>21}{'asset page s':>14}")
    for per_run, one in found.items():
        overhead = (one.all_runs - one.work) / count
        print(
            f"{per_run:>14}{one.runs:>6}{one.wall:>8.0f}{one.run:>7.1f}{one.queued:>10.1f}", end=""
        )
        print(f"{one.work:>17.1f}{overhead:>21.2f}{one.page:>14.2f}")


def _measured(count: int, per_run: int) -> Figures:
    options = Options(world="plain", calls_per_day=CALLS, requests_per_minute=PER_MINUTE)
    with Simulator(options) as simulator, tempfile.TemporaryDirectory(prefix="backfill-") as data:
        home = Path(data) / "dagster"
        home.mkdir()
        shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
        environ = {
            **os.environ,
            **simulator.environment,
            "RECORDINGS_DATA": data,
            "RECORDINGS_FIRST_DAY": FIRST.isoformat(),
            "RECORDINGS_DAYS_PER_RUN": str(per_run),
            "DAGSTER_HOME": str(home),
            "PYTHONWARNINGS": "ignore",
        }
        with _dagster(environ) as url:
            return _backfilled(url, [(FIRST + timedelta(n)).isoformat() for n in range(count)])


def _backfilled(url: str, days: Sequence[str]) -> Figures:
    tables = [*STAGES, "words", "speech_events", "audio_channels", "transcript_agreement"]
    selection = [{"path": [name]} for name in tables]
    began = time.monotonic()
    params = {"assetSelection": selection, "partitionNames": days}
    launched = _ask(url, _LAUNCH, p=params)["launchPartitionBackfill"]
    if "backfillId" not in launched:
        sys.exit(f"the backfill was not launched: {launched}")
    while True:
        time.sleep(POLL_S)
        found = _ask(url, _STATUS, id=launched["backfillId"])["partitionBackfillOrError"]
        if found["status"].startswith(("COMPLETED", "FAILED", "CANCELED")):
            break
    wall = time.monotonic() - began
    runs = _ask(url, _RUNS)["runsOrError"]["results"]
    if found["status"] != "COMPLETED_SUCCESS" or {run["status"] for run in runs} != {"SUCCESS"}:
        sys.exit(f"the backfill ended {found['status']}: {runs}")
    took = [run["endTime"] - run["startTime"] for run in runs]
    queued = median(run["startTime"] - run["creationTime"] for run in runs)
    work = sum(_work(url, stage) for stage in STAGES)
    page = max(_page(url, name) for name in tables)
    return Figures(wall, work, len(runs), median(took), sum(took), queued, page)


def _page(url: str, table: str) -> float:
    """Return how long an asset's page takes."""
    began = time.monotonic()
    found = _ask(url, _PAGE, key={"path": [table]})["assetNodeOrError"]
    if not found["assetMaterializations"]:
        sys.exit(f"{table}: no day was materialized")
    return time.monotonic() - began


def _work(url: str, stage: str) -> float:
    """Return what a stage took, over all days."""
    asset = _ask(url, _EVENTS, key={"path": [stage]})["assetOrError"]
    entries = [
        entry for event in asset["assetMaterializations"] for entry in event["metadataEntries"]
    ]
    return sum(entry["floatValue"] for entry in entries if entry["label"] == "seconds")


@contextmanager
def _dagster(environ: Mapping[str, str]) -> Generator[str]:
    """Run webserver, daemon and code for the length of a ``with`` block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["-m", "dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    log = Path(environ["DAGSTER_HOME"]) / "dev.log"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, *command],
            env=dict(environ),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}/graphql"
        _wait_for(url, process)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            entries = _ask(url, _LOADED)["workspaceOrError"]["locationEntries"]
            if entries and all(entry["loadStatus"] == "LOADED" for entry in entries):
                return
        time.sleep(POLL_S)
    sys.exit("Dagster did not start")


def _ask(url: str, query: str, **variables: Any) -> Any:  # noqa: ANN401 (JSON)
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 (our own server)
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (our own server)
        found = json.load(answer)
    if found.get("errors"):
        sys.exit(f"GraphQL: {found['errors']}")
    return found["data"]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
