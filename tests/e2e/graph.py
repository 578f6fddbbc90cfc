"""What the UI asks the webserver, asked without the UI: a GraphQL client that waits."""

import json
import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from recordings_pipeline.core.schemas import SCHEMAS

_Found = TypeVar("_Found")
POLL_S = 0.2
# A busy machine loads the code in half a minute, and a backfill is looked at every 30 s.
PATIENCE_S = 180.0
LOCATION = {"repositoryName": "__repository__", "repositoryLocationName": "recordings_pipeline"}
_WORKER = re.compile(r"Started process for run \(pid: (\d+)\)")
_RUNS = """query($f: RunsFilter){runsOrError(filter: $f){... on Runs{results{
runId status jobName tags{key value}}}}}"""
_LOGS = """query($id: ID!, $after: String){logsForRun(runId: $id, afterCursor: $after){
... on EventConnection{cursor hasMore events{... on MessageEvent{message}}}}}"""
_LAUNCH = """mutation($p: ExecutionParams!){launchRun(executionParams: $p){__typename
... on LaunchRunSuccess{run{runId}} ... on PythonError{message}}}"""
_BACKFILL = """mutation($p: LaunchBackfillParams!){launchPartitionBackfill(backfillParams: $p){
__typename ... on LaunchBackfillSuccess{backfillId} ... on PythonError{message}}}"""
_BACKFILL_STATUS = """query($id: String!){partitionBackfillOrError(backfillId: $id){
... on PartitionBackfill{status}}}"""
_TERMINATE = """mutation($id: String!){terminateRun(runId: $id){__typename
... on TerminateRunFailure{message} ... on PythonError{message}}}"""
_RELOAD = """mutation($name: String!){reloadRepositoryLocation(repositoryLocationName: $name){
__typename ... on WorkspaceLocationEntry{loadStatus}}}"""
_EVENTS = """query($key: AssetKeyInput!, $days: [String!]){assetOrError(assetKey: $key){
... on Asset{assetMaterializations(limit: 2000, partitions: $days){partition}}}}"""
_CHECKS = """query($key: AssetKeyInput!){assetNodes(assetKeys: [$key]){assetChecksOrError{
... on AssetChecks{checks{name executionForLatestMaterialization{status evaluation{description
metadataEntries{label ... on TableMetadataEntry{table{records}}}}}}}}}}"""
_START_SENSOR = """mutation($s: SensorSelector!){startSensor(sensorSelector: $s){__typename
... on PythonError{message}}}"""
_TICKS = """query($s: SensorSelector!){sensorOrError(sensorSelector: $s){
... on Sensor{sensorState{ticks(limit: 20){status runIds runKeys}}}}}"""
_LOADED = """{workspaceOrError{... on Workspace{locationEntries{
locationOrLoadError{__typename}}}}}"""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the list of runs shows it."""

    id: str
    status: str
    job: str
    tags: dict[str, str]


def wait_until(look: Callable[[], _Found], what: str, seconds: float = PATIENCE_S) -> _Found:
    """Look again and again until there is something to see, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: not {what}"
        time.sleep(POLL_S)
    return found


class Graph:
    """A webserver, asked as a browser asks it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=60)

    def close(self) -> None:
        self._client.close()

    def ask(self, query: str, **variables: object) -> Any:  # noqa: ANN401 (JSON)
        """Return the answer's data, of which there is one field."""
        body = {"query": query, "variables": variables}
        answer = self._client.post("/graphql", json=body).json()
        assert not answer.get("errors"), answer["errors"]
        (found,) = answer["data"].values()
        return found

    def is_loaded(self) -> bool:
        """Say whether the webserver is there and has the code."""
        try:
            entries = self.ask(_LOADED).get("locationEntries", [])
        except (httpx.TransportError, ValueError):
            return False
        kinds = [(entry["locationOrLoadError"] or {}).get("__typename") for entry in entries]
        return kinds == ["RepositoryLocation"]

    def launch(self, day: str, job: str = "export_day") -> str:
        """Launch a job for a day, and return the run's id."""
        params = {
            "selector": {**LOCATION, "jobName": job},
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": day}]},
        }
        launched = self.ask(_LAUNCH, p=params)
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def backfill(self, days: Sequence[str]) -> str:
        """Materialize every asset for some days, as *Materialize all* does; return its id."""
        assets = [{"path": [name]} for name in SCHEMAS]
        launched = self.ask(_BACKFILL, p={"assetSelection": assets, "partitionNames": days})
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        return str(launched["backfillId"])

    def backfill_ends(self, backfill_id: str, seconds: float = PATIENCE_S) -> str:
        """Wait for a backfill's end, and return how it ended."""

        def look() -> str:
            status = str(self.ask(_BACKFILL_STATUS, id=backfill_id)["status"])
            return "" if status in ("REQUESTED", "CANCELING", "FAILING") else status

        return wait_until(look, f"the end of backfill {backfill_id}", seconds)

    def runs(self, **tags: str) -> list[Run]:
        """Return the runs with some tags, ``/`` written as two underscores; the newest first."""
        wanted = [{"key": n.replace("__", "/"), "value": value} for n, value in tags.items()]
        return [
            Run(
                run["runId"],
                run["status"],
                run["jobName"],
                {tag["key"]: tag["value"] for tag in run["tags"]},
            )
            for run in self.ask(_RUNS, f={"tags": wanted})["results"]
        ]

    def status(self, run_id: str) -> str:
        (found,) = self.ask(_RUNS, f={"runIds": [run_id]})["results"]
        return str(found["status"])

    def is_status(self, run_id: str, *statuses: str, seconds: float = PATIENCE_S) -> str:
        """Wait until a run has one of some statuses, and return it."""

        def look() -> str:
            status = self.status(run_id)
            assert status in statuses or status not in ("FAILURE", "CANCELED", "SUCCESS"), status
            return status if status in statuses else ""

        return wait_until(look, f"{' or '.join(statuses)}: run {run_id}", seconds)

    def messages(self, run_id: str) -> list[str]:
        """Return the text of every event of a run."""
        found: list[str] = []
        after = None
        while True:
            page = self.ask(_LOGS, id=run_id, after=after)
            found += [str(event.get("message")) for event in page["events"]]
            if not page["hasMore"]:
                return found
            after = page["cursor"]

    def worker(self, run_id: str) -> int:
        """Wait until a run has a process, and return its number."""

        def look() -> int:
            told = [m for text in self.messages(run_id) for m in _WORKER.findall(text)]
            return int(told[-1]) if told else 0

        return wait_until(look, f"a process of run {run_id}")

    def retry_of(self, run_id: str) -> Run:
        """Wait until the daemon has started a killed run once more, and return the new one."""
        found = wait_until(lambda: self.runs(dagster__parent_run_id=run_id), "started once more")
        return found[0]

    def terminate(self, run_id: str) -> None:
        ended = self.ask(_TERMINATE, id=run_id)
        assert ended["__typename"] == "TerminateRunSuccess", ended

    def reload(self) -> str:
        """Reload the code, and return how that went."""
        return str(self.ask(_RELOAD, name=LOCATION["repositoryLocationName"])["loadStatus"])

    def materialized(self, asset: str, days: Collection[str]) -> list[str]:
        """Return the day of each materialization of an asset."""
        found = self.ask(_EVENTS, key={"path": [asset]}, days=list(days))
        return [event["partition"] for event in found["assetMaterializations"]]

    def checks(self, asset: str) -> dict[str, dict[str, Any]]:
        """Return the last result of each check of an asset."""
        (node,) = self.ask(_CHECKS, key={"path": [asset]})
        checks = node["assetChecksOrError"]["checks"]
        return {check["name"]: check["executionForLatestMaterialization"] for check in checks}

    def gaps(self, asset: str, check: str) -> list[dict[str, str]]:
        """Return what a check lists as missing."""
        entries = self.checks(asset)[check]["evaluation"]["metadataEntries"]
        (table,) = (entry["table"] for entry in entries if entry["label"] == "gaps")
        return [json.loads(record) for record in table["records"]]

    def start_sensor(self, name: str) -> None:
        started = self.ask(_START_SENSOR, s={**LOCATION, "sensorName": name})
        assert started["__typename"] == "Sensor", started

    def ticks(self, name: str) -> list[dict[str, Any]]:
        """Return a sensor's last ticks, the newest first."""
        found = self.ask(_TICKS, s={**LOCATION, "sensorName": name})
        ticks: list[dict[str, Any]] = found["sensorState"]["ticks"]
        return ticks

    def sensor_requests(self, name: str) -> str:
        """Wait until a tick has requested a run, and return the run's id."""
        look = self.ticks
        runs = wait_until(
            lambda: [run_id for tick in look(name) for run_id in tick["runIds"]], "a requested run"
        )
        return str(runs[0])
