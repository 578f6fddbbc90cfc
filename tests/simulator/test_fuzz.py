"""Whatever is asked, right or wrong, the simulator answers as the official description says.

schemathesis makes the requests from the description: such as fit it, and such as break it in one
place. Most of what it makes up names nothing that exists, so some of it is replaced by what this
world knows: ids, days, words of the query grammar.
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from recordings_pipeline.simulator.clients import CLIENT_ID, CLIENT_SECRET
from recordings_pipeline.simulator.options import EVERY_PERMISSION, Options
from recordings_pipeline.simulator.server import Simulator
from tests.simulator.schema import described, operation_at, operations, problems, problems_with
from tests.simulator.visits import INTERVAL, NOTHING_YET, NOW, is_short, special_calls, visit_jobs

LOGIN = f"{CLIENT_ID}:{CLIENT_SECRET}".encode()
RECORDED = {"type": "and", "predicates": [{"dimension": "recording", "operator": "exists"}]}
Operation = APIOperation[Any, Any, Any, Any]
Values = Mapping[str, list[Any]]
# An answer without a body has no type; the description gives one to every status.
CHECKS = [not_a_server_error, response_schema_conformance]
# What forgets something comes last.
NAMES = sorted(operations(), key=lambda name: (name.startswith("DELETE"), name))
# Operations with a parameter of a type that can be missed; any text can stand in an address.
BREAKABLE = [name for name in NAMES if operations()[name].is_breakable]
EXAMPLES, SWEEP_EXAMPLES = 4, 200
# Parts of a query that the simulator reads nothing of; making them up takes most of the time.
_UNREAD = ("evaluationFilters", "surveyFilters", "resolutionFilters", "aggregations")


@dataclass(slots=True)
class Target:
    """A simulator, the way in, and what there is to ask for."""

    simulator: Simulator
    session: requests.Session
    token: dict[str, str]
    known: Values

    def judged(self, case: schemathesis.Case[Any]) -> list[str]:
        """Send a request and return what is wrong with the answer."""
        headers = {} if case.path == "/oauth/token" else self.token
        url = self.simulator.base_url
        answer = case.call(base_url=url, session=self.session, headers=headers)
        typed = [content_type_conformance] if answer.content else []
        case.validate_response(answer, checks=[*CHECKS, *typed])
        # What was sent may lead elsewhere than what was meant: an id may be two dots.
        sent = answer.request
        operation = operation_at(str(sent.method), urlsplit(str(sent.url)).path)
        if operation is not None:
            if operation.name == "POST /api/v2/recording/jobs" and answer.status_code == 202:
                # No more than two may wait at a time.
                made = f"{url}{answer.json()['selfUri']}"
                self.session.delete(made, headers=self.token, timeout=10)
            return problems(operation, answer.status_code, answer.content)
        assert answer.status_code in (404, 405)
        return problems_with("ErrorBody", answer.json()) if answer.content else []


@pytest.fixture(scope="module")
def target() -> Generator[Target]:
    options = Options(
        world="hostile",
        calls_per_day=60,
        now=NOW,
        permissions=EVERY_PERMISSION,
        requests_per_minute=10_000_000,
    )
    with Simulator(options) as simulator, requests.Session() as session:
        login = session.post(
            f"{simulator.base_url}/oauth/token",
            auth=(CLIENT_ID, CLIENT_SECRET),
            data={"grant_type": "client_credentials"},
            timeout=10,
        )
        token = {"Authorization": f"Bearer {login.json()['access_token']}"}
        with httpx.Client(base_url=simulator.base_url, headers=token, timeout=60) as http:
            known = _known(simulator, http)
        yield Target(simulator, session, token, known)


@pytest.mark.parametrize("name", NAMES)
def test_requests_that_fit_are_answered_as_described(target: Target, name: str) -> None:
    _fuzz(target, QUICK[name], GenerationMode.POSITIVE, EXAMPLES)


@pytest.mark.parametrize("name", BREAKABLE)
def test_requests_that_do_not_fit_are_answered_as_described(target: Target, name: str) -> None:
    _fuzz(target, QUICK[name], GenerationMode.NEGATIVE, EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_requests_that_fit_are_answered_as_described(target: Target, name: str) -> None:
    _fuzz(target, WHOLE[name], GenerationMode.POSITIVE, SWEEP_EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKABLE)
def test_many_requests_that_do_not_fit_are_answered_as_described(target: Target, name: str) -> None:
    _fuzz(target, WHOLE[name], GenerationMode.NEGATIVE, SWEEP_EXAMPLES)


def _fuzz(target: Target, operation: Operation, mode: GenerationMode, examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        _ground(case, data.draw, target.known)
        assert target.judged(case) == [], case.as_curl_command()

    ask()


def _ground(case: schemathesis.Case[Any], draw: Callable[..., Any], known: Values) -> None:
    """Replace some of what was made up by what the world knows."""
    # A recording belongs to its conversation: drawn apart they would never meet.
    whole = draw(st.sampled_from(known["recording"]))
    for place in (case.path_parameters, case.query):
        for name in [name for name in place if name in known]:
            if draw(st.integers(0, 3)):
                place[name] = draw(st.sampled_from(known[name]))
        place.update({k: v for k, v in whole.items() if k in place and draw(st.integers(0, 5))})
    if case.path == "/oauth/token" and draw(st.booleans()):
        case.headers["Authorization"] = f"Basic {b64encode(LOGIN).decode()}"
    if isinstance(case.body, dict):
        case.body = _grounded(case.body, draw, known)


def _grounded(value: Any, draw: Callable[..., Any], known: Values, key: str = "") -> Any:  # noqa: ANN401
    if key in known and draw(st.integers(0, 3)):
        return draw(st.sampled_from(known[key]))
    if isinstance(value, dict):
        return {name: _grounded(item, draw, known, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_grounded(item, draw, known) for item in value]
    return value


def _known(simulator: Simulator, http: httpx.Client) -> Values:
    calls = [call for call in special_calls(simulator) if is_short(call)]
    recordings = [recording for call in calls for recording in call.recordings]
    start, _, end = INTERVAL.partition("/")
    known: dict[str, list[Any]] = {
        "recording": [
            {
                "conversationId": recording.conversation_id,
                "recordingId": recording.id,
                "communicationId": recording.communication_id,
            }
            for recording in recordings
        ],
        "conversationId": [call.conversation_id for call in calls],
        "recordingId": [recording.id for recording in recordings],
        "communicationId": [recording.communication_id for recording in recordings],
        "interval": [INTERVAL, INTERVAL, NOTHING_YET, f"{start}/{start}", f"{end}/{start}"],
        "namespaceName": ["recording", "platform.api"],
        "retentionThresholdDays": [0, 1, 39, 100_001],
        "cursor": ["2026-01-31.3", "0", "2026-01-31.", "x.1"],
        "dateSince": [start, NOW.isoformat(), "2090-01-01T00:00:00.000Z"],
        "archiveDate": [end],
        "actionDate": [end, "2026-02-01T00:00:00+01:00"],
        "screenRecordingActionDate": [end],
        "actionAge": [1],
        "screenRecordingActionAge": [1],
        "types": [["transcripts"]],
        "query": [[{"type": "DATE_RANGE", "startValue": start, "endValue": end}]],
        "grant_type": ["client_credentials"],
        "conversationQuery": [{"interval": INTERVAL, "segmentFilters": [RECORDED]}],
        "segmentFilters": [[RECORDED], []],
        "conversationFilters": [[], [{"type": "or"}]],
        "paging": [{"pageSize": 100, "pageNumber": 1}, {"pageSize": 25, "pageNumber": 9}],
        "operator": ["matches", "exists", "notExists"],
        "pageSize": [1, 25, 100],
        "pageNumber": [1, 2],
        "id": [",".join(call.conversation_id for call in calls[:3])],
    }
    return {**known, **visit_jobs(http)}


def _operations(description: Any) -> Mapping[str, Operation]:  # noqa: ANN401
    schema = schemathesis.openapi.from_dict(description)
    found = (result.ok() for result in schema.get_all_operations() if isinstance(result, Ok))
    return {operation.label: operation for operation in found}


def _without_security(description: Any) -> Any:  # noqa: ANN401
    """Leave tokens alone: without one there is nothing but 401, which has a test of its own."""
    return {key: value for key, value in description.items() if not key.startswith("security")}


def _without_unread(description: Any) -> Any:  # noqa: ANN401
    for model in description["definitions"].values():
        for name in _UNREAD:
            model.get("properties", {}).pop(name, None)
    return description


WHOLE = _operations(_without_security(described()))
QUICK = _operations(_without_unread(_without_security(described())))
