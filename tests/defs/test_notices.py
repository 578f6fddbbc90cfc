"""Failed runs and checks are told once, in order, and not before anybody wanted to know."""

import json
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import dagster as dg
import pytest

from recordings_pipeline.core.notices import SECRET, URL
from recordings_pipeline.defs.notices import MOST_RUNS_PER_TICK, Notifier, failures, notifier

KEY = "a secret of 24 bytes or more"


@dataclass
class Inbox:
    """Takes notices, unless it is told to answer otherwise."""

    status: int = 204
    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def inbox() -> Generator[Inbox]:
    box = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if box.status == 204:
                box.taken.append({**json.loads(body), "id": self.headers["webhook-id"]})
            self.send_response(box.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.url = f"http://127.0.0.1:{server.server_port}/in"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield box
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp() as found:
        yield found


@dg.op(config_schema={"why": str})
def broken(context: dg.OpExecutionContext) -> None:
    if context.op_config["why"] == "bug":
        raise KeyError("0151 the number of a customer")
    raise dg.Failure(description=context.op_config["why"])


@dg.job
def fails() -> None:
    broken()


@dg.asset(check_specs=[dg.AssetCheckSpec("is_whole", asset="thing")])
def thing(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
    severity = dg.AssetCheckSeverity(context.run.tags.get("severity", "ERROR"))
    passed = context.run.tags.get("passed") == "yes"
    result = dg.AssetCheckResult(passed=passed, severity=severity)
    return dg.MaterializeResult(check_results=[result])


def fail(instance: dg.DagsterInstance, why: str) -> None:
    config = {"ops": {"broken": {"config": {"why": why}}}}
    fails.execute_in_process(run_config=config, instance=instance, raise_on_error=False)


def tick(instance: dg.DagsterInstance, inbox: Inbox, cursor: str | None) -> str:
    context = dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        resources={"notifier": Notifier(url=inbox.url, secret=KEY)},
    )
    result = failures(context)
    assert isinstance(result, dg.SensorResult)
    assert result.cursor is not None
    return result.cursor


def test_what_failed_before_anybody_wanted_to_know_is_not_told(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    fail(instance, "long ago")

    tick(instance, inbox, tick(instance, inbox, None))

    assert inbox.taken == []


def test_a_failed_run_is_told_once_with_its_reason(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    cursor = tick(instance, inbox, None)
    fail(instance, "the disk is full")

    cursor = tick(instance, inbox, cursor)
    tick(instance, inbox, cursor)

    (notice,) = inbox.taken
    assert notice["type"] == "recordings.run_failed"
    assert notice["text"] == "fails: broken: the disk is full"


def test_of_an_error_nobody_expected_only_the_name_is_told(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    cursor = tick(instance, inbox, None)
    fail(instance, "bug")

    tick(instance, inbox, cursor)

    assert "0151" not in json.dumps(inbox.taken)
    assert "Error" in inbox.taken[0]["text"]


def test_a_failed_check_is_told_and_a_passed_one_is_not(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    cursor = tick(instance, inbox, None)
    for passed in ("yes", "no"):
        dg.materialize([thing], instance=instance, tags={"passed": passed})

    tick(instance, inbox, cursor)

    (notice,) = inbox.taken
    assert notice["type"] == "recordings.check_failed"
    assert "check is_whole of thing" in notice["text"]


def test_a_check_that_only_warns_is_for_whoever_looks(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    cursor = tick(instance, inbox, None)
    dg.materialize([thing], instance=instance, tags={"passed": "no", "severity": "WARN"})

    tick(instance, inbox, cursor)

    assert inbox.taken == []


def test_what_could_not_be_delivered_is_told_by_a_later_tick_under_the_same_id(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    cursor = tick(instance, inbox, None)
    fail(instance, "first")
    fail(instance, "second")
    inbox.status = 500

    stayed = tick(instance, inbox, cursor)
    inbox.status = 204
    tick(instance, inbox, stayed)

    assert stayed == cursor
    assert [notice["text"][-5:] for notice in inbox.taken] == ["first", "econd"]
    assert len({notice["id"] for notice in inbox.taken}) == 2


def test_a_flood_of_failures_is_spread_over_ticks(
    instance: dg.DagsterInstance, inbox: Inbox
) -> None:
    cursor = tick(instance, inbox, None)
    for number in range(MOST_RUNS_PER_TICK + 1):
        fail(instance, str(number))

    cursor = tick(instance, inbox, cursor)
    first = len(inbox.taken)
    tick(instance, inbox, cursor)

    assert (first, len(inbox.taken)) == (MOST_RUNS_PER_TICK, MOST_RUNS_PER_TICK + 1)


def test_without_an_address_a_tick_says_what_to_set() -> None:
    context = dg.build_sensor_context(resources={"notifier": Notifier()})

    result = failures(context)

    assert isinstance(result, dg.SkipReason)
    assert URL in str(result.skip_message)


def test_the_definitions_hold_the_names_of_the_variables_and_not_their_values() -> None:
    found = notifier({URL: "https://hooks.example.com/secret", SECRET: KEY})

    assert KEY not in repr(found)
    assert "hooks" not in str(found.__dict__)
