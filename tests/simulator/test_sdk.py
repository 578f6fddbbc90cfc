"""The official SDK, with its own transport, finds nothing to be surprised at."""

import json
from typing import Any

import pytest

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.simulator.schema import operations
from tests.simulator.sdk import METHODS, Organization
from tests.simulator.visits import INTERVAL, NOTHING_YET, NOW, is_short, special_calls

NOBODY = "00000000-0000-4000-8000-000000000000"
# What the SDK has no method of this kind for: it logs in by `get_client_credentials_token`.
WITHOUT_METHOD = {"POST /oauth/token"}


@pytest.fixture
def organization(start: Start) -> Organization:
    return Organization(start(now=NOW, permissions=EVERY_PERMISSION))


@pytest.mark.parametrize("world", [pytest.param("small", marks=pytest.mark.slow), "hostile"])
def test_the_sdk_reads_every_answer_whole(start: Start, world: str) -> None:
    simulator = start(world=world, calls_per_day=None, now=NOW, permissions=EVERY_PERMISSION)
    calls = special_calls(simulator)
    organization = Organization(simulator)

    _analytics(organization, calls)
    for call in calls:
        _recordings(organization, call)
        _speech(organization, call)
    _jobs(organization)
    _directory(organization)
    _tokens(organization)

    assert organization.surprises == {}
    # Nobody's recording is lost in the small world.
    untold = {"get_orphanrecording"} if world == "small" else set()
    assert METHODS.keys() - organization.called == untold


def test_the_sdk_has_a_method_for_every_operation() -> None:
    without = {name for name, operation in operations().items() if not operation.sdk}

    assert without == WITHOUT_METHOD
    assert all(path.partition(".")[2] for path in METHODS.values())


def test_a_recording_under_way_is_an_empty_list_with_202(start: Start) -> None:
    simulator = start(now=NOW, permissions=EVERY_PERMISSION)
    organization = Organization(simulator)
    call = special_calls(simulator)[-1]
    ask = ("get_conversation_recordings", call.conversation_id)

    first, first_status = organization.ask(*ask, format_id="WAV"), organization.status
    second, second_status = organization.ask(*ask, format_id="WAV"), organization.status

    assert (first, first_status) == ([], 202)
    assert second_status == 200
    assert second[0].media_uris["S"].media_uri.startswith(simulator.media_url)
    assert second[0].output_duration_ms == call.recordings[0].duration_ms


def test_times_of_a_call_are_null_in_its_metadata(start: Start) -> None:
    simulator = start(now=NOW)
    call = special_calls(simulator)[-1]

    (found,) = Organization(simulator).ask(
        "get_conversation_recordingmetadata", call.conversation_id
    )

    assert (found.start_time, found.end_time) == (None, None)
    assert found.archive_date.tzinfo is not None


def test_a_refusal_is_an_api_exception_with_the_platform_s_error(
    organization: Organization,
) -> None:
    error = organization.refusal("get_conversation_recordingmetadata", NOBODY)

    assert error.status == 404
    assert json.loads(error.body)["code"] == "conversation.not.found"
    assert error.headers["ININ-Correlation-Id"] == json.loads(error.body)["contextId"]


def test_a_token_that_was_given_back_is_refused(organization: Organization) -> None:
    organization.ask("delete_tokens_me")

    assert organization.refusal("get_tokens_me").status == 401


def test_the_sdk_waits_as_long_as_it_is_told_and_asks_again(start: Start) -> None:
    simulator = start(now=NOW, faults="rate-limited")

    Organization(simulator).ask("get_tokens_me")

    assert simulator.traffic.rate_limited == 1


def _analytics(organization: Organization, calls: list[Call]) -> None:
    ask = organization.ask
    query: dict[str, Any] = {"interval": INTERVAL, "paging": {"pageSize": 100, "pageNumber": 1}}
    ask("post_analytics_conversations_details_query", query)
    ask("post_analytics_conversations_details_query", {**query, "interval": NOTHING_YET})
    ids = [call.conversation_id for call in calls]
    ask("get_analytics_conversations_details", id=ids)
    for one in ids:
        ask("get_analytics_conversation_details", one)
    ask("get_analytics_conversations_details_jobs_availability")
    body = organization.sdk.AsyncConversationQuery()
    body.interval = INTERVAL
    job = ask("post_analytics_conversations_details_jobs", body).job_id
    states: list[str] = []
    while not states or states[-1] != "FULFILLED":
        states.append(ask("get_analytics_conversations_details_job", job).state)
    assert states == ["QUEUED", "PENDING", "FULFILLED"]
    ask("get_analytics_conversations_details_job_results", job, page_size=1_000)
    ask("delete_analytics_conversations_details_job", job)


def _recordings(organization: Organization, call: Call) -> None:
    ask, conversation = organization.ask, call.conversation_id
    ask("get_conversation_recordingmetadata", conversation)
    times = 2 if is_short(call) else 0
    for _ in range(times):
        ask("get_conversation_recordings", conversation, media_formats=["WAV", "MP3"])
    for recording in call.recordings:
        both = (conversation, recording.id)
        if call.available > NOW or call.is_lost:
            continue
        ask("get_conversation_recordingmetadata_recording_id", *both)
        ask("get_conversation_recording_annotations", *both)
        for _ in range(times):
            ask("get_conversation_recording", *both, format_id="WAV")
        if times:
            ask("put_conversation_recording", *both, {"archiveDate": "2027-01-01T00:00:00.000Z"})


def _speech(organization: Organization, call: Call) -> None:
    names = ("", "_categories", "_sentiments")
    stem = "get_speechandtextanalytics_conversation"
    questions = [(f"{stem}{name}", (call.conversation_id,)) for name in names]
    leg = (call.conversation_id, call.communication_id)
    urls = [(f"{stem}_communication_{name}", leg) for name in ("transcripturl", "transcripturls")]
    for method, ids in [*questions, *urls]:
        try:
            organization.ask(method, *ids)
        except organization.sdk.rest.ApiException as error:
            assert error.status == 404  # noqa: PT017 (not transcribed: the usual answer)


def _jobs(organization: Organization) -> None:
    ask = organization.ask
    items = [{"conversationId": NOBODY}]
    batch = ask("post_recording_batchrequests", {"batchDownloadRequestList": items}).id
    while ask("get_recording_batchrequest", batch).status != "Completed":
        pass
    query = {"action": "ARCHIVE", "conversationQuery": {"interval": INTERVAL}}
    job = ask("post_recording_jobs", query).id
    while ask("get_recording_job", job).state != "READY":
        pass
    ask("put_recording_job", job, {"state": "PROCESSING"})
    ask("get_recording_job_failedrecordings", job)
    ask("get_recording_jobs", state="PROCESSING")
    ask("delete_recording_job", job)
    since = {"dateSince": INTERVAL.partition("/")[0], "uploadStatus": "Success"}
    report = ask("post_recording_uploads_reports", since).id
    while ask("get_recording_uploads_report", report).state != "Completed":
        pass
    ask("get_recordings_retention_query", 1)
    ask("get_recordings_screensessions_details")
    ask("get_recording_settings")
    for found in ask("get_orphanrecordings", has_conversation=False, media="Call").entities[:1]:
        ask("get_orphanrecording", found.id)


def _directory(organization: Organization) -> None:
    ask = organization.ask
    ask("get_organizations_me")
    ask("get_organizations_limits_namespaces")
    ask("get_organizations_limits_namespace", "recording")
    ask("get_organizations_limits_namespace_defaults", "platform.api")
    ask("get_routing_queues", page_size=2)
    ask("get_authorization_divisions")
    user = ask("get_users").entities[0].id
    ask("get_user", user)
    ask("get_users", id=[user, NOBODY])
    query = {"interval": INTERVAL, "granularity": "Day"}
    execution = ask("post_usage_query", query).execution_id
    while ask("get_usage_query_execution_id_results", execution).query_status != "Complete":
        pass
    ask("get_usage_events_definitions")
    ask("post_usage_events_query", body={"interval": INTERVAL})
    start, _, end = INTERVAL.partition("/")
    when = {"type": "DATE_RANGE", "fields": ["conversationStartTime"]}
    criteria = [{**when, "startValue": start, "endValue": end}]
    ask(
        "post_speechandtextanalytics_transcripts_search",
        {"types": ["transcripts"], "query": criteria},
    )


def _tokens(organization: Organization) -> None:
    organization.ask("get_tokens_me")
    organization.ask("head_tokens_me")
    organization.ask("delete_tokens_me")
