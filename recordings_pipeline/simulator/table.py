"""Every address of the platform that is simulated: who may ask, and who answers."""

from dataclasses import dataclass

from recordings_pipeline.simulator.asking import Handler, Refusal
from recordings_pipeline.simulator.endpoints import (
    analytics,
    batches,
    bulk_jobs,
    details_jobs,
    directory,
    recordings,
    retention,
    speech,
    tokens,
)
from recordings_pipeline.simulator.options import (
    ANNOTATIONS,
    CONVERSATIONS,
    EVENTS,
    JOBS,
    ORPHANS,
    QUEUES,
    RECORDINGS,
    RETENTIONS,
    SCREENS,
    SENTIMENT,
    SPEECH,
    UPLOADS,
    USAGE,
)

_ADD_JOB, _VIEW_JOB, _EDIT_JOB, _DELETE_JOB = JOBS
_ADD_REPORT, _VIEW_REPORT = UPLOADS


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address.

    Attributes:
        label: What fault plans call it.
        all_of: Permissions that are all needed.
        any_of: Permissions of which one suffices; empty for none.
        is_slow: Whether it may have to encode sound, for seconds: others do not wait for it.
    """

    method: str
    path: str
    label: str
    handler: Handler
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    is_slow: bool = False

    def require(self, granted: frozenset[str]) -> None:
        """Refuse whoever lacks a permission.

        Raises:
            Refusal: One is missing; the message names it.
        """
        lacking = [name for name in self.all_of if name not in granted]
        if lacking:
            message = f"Missing the following permission(s): {', '.join(lacking)}"
            raise Refusal(403, "missing.permissions", message)
        if self.any_of and not granted & {*self.any_of}:
            message = f"Missing any of the following permissions: {', '.join(self.any_of)}"
            raise Refusal(403, "missing.any.permissions", message)


_ANALYTICS = "/api/v2/analytics/conversations"
_JOBS = f"{_ANALYTICS}/details/jobs"
_CONVERSATION = "/api/v2/conversations/{conversation}"
_RECORDING = f"{_CONVERSATION}/recordings/{{recording}}"
_BULK = "/api/v2/recording/jobs"
_REPORTS = "/api/v2/recording/uploads/reports"
_SPEECH = "/api/v2/speechandtextanalytics"
_TOLD = f"{_SPEECH}/conversations/{{conversation}}"
_LEG = f"{_TOLD}/communications/{{communication}}"
_LIMITS = "/api/v2/organizations/limits/namespaces"
_SEE = (RECORDINGS, "recording:recordingSegment:view")
_LISTEN = (*_SEE, "recording:snippetRecording:view", SCREENS)
_CHANGE = tuple(
    f"recording:{kind}:{what}"
    for kind in ("recording", "screenRecording", "snippetRecording")
    for what in ("view", "editRetention", "restore")
)
_ANALYSE = (CONVERSATIONS, "analytics:agentConversationDetail:view")

TABLE = (
    Endpoint("GET", "/api/v2/tokens/me", "token", tokens.token_info),
    Endpoint("HEAD", "/api/v2/tokens/me", "token", tokens.token_info),
    Endpoint("DELETE", "/api/v2/tokens/me", "token", tokens.revoke_token),
    Endpoint(
        "POST", f"{_ANALYTICS}/details/query", "details", analytics.details_query, any_of=_ANALYSE
    ),
    Endpoint(
        "GET", f"{_ANALYTICS}/details", "details-by-id", analytics.details_by_ids, any_of=_ANALYSE
    ),
    Endpoint(
        "GET",
        f"{_ANALYTICS}/{{conversation}}/details",
        "details-of-one",
        analytics.details_of_one,
        any_of=_ANALYSE,
    ),
    Endpoint("POST", _JOBS, "details-job", details_jobs.submit_job, any_of=_ANALYSE),
    Endpoint(
        "GET", f"{_JOBS}/availability", "availability", details_jobs.availability,
        all_of=(CONVERSATIONS,),
    ),
    Endpoint("GET", f"{_JOBS}/{{job}}", "job-status", details_jobs.job_status, any_of=_ANALYSE),
    Endpoint("DELETE", f"{_JOBS}/{{job}}", "drop-job", details_jobs.drop_job, any_of=_ANALYSE),
    Endpoint(
        "GET", f"{_JOBS}/{{job}}/results", "results", details_jobs.job_results, any_of=_ANALYSE
    ),
    Endpoint(
        "GET", f"{_CONVERSATION}/recordingmetadata", "recordingmetadata",
        recordings.list_metadata, any_of=_LISTEN,
    ),
    Endpoint(
        "GET", f"{_CONVERSATION}/recordingmetadata/{{recording}}", "recordingmetadata",
        recordings.one_metadata, any_of=_LISTEN,
    ),
    Endpoint(
        "GET", f"{_CONVERSATION}/recordings", "recordings", recordings.list_recordings,
        any_of=_LISTEN, is_slow=True,
    ),
    Endpoint(
        "GET", _RECORDING, "recording", recordings.one_recording, any_of=_LISTEN, is_slow=True
    ),
    Endpoint(
        "PUT", _RECORDING, "change-recording", recordings.change_recording, any_of=_CHANGE,
        is_slow=True,
    ),
    Endpoint(
        "GET", f"{_RECORDING}/annotations", "annotations", recordings.list_annotations,
        any_of=(ANNOTATIONS, *_LISTEN),
    ),
    Endpoint("GET", "/api/v2/recording/settings", "settings", recordings.settings),
    Endpoint(
        "POST", "/api/v2/recording/batchrequests", "submit", batches.submit_batch, any_of=_LISTEN
    ),
    Endpoint("GET", "/api/v2/recording/batchrequests/{job}", "poll", batches.poll_batch),
    Endpoint(
        "GET", "/api/v2/recordings/retention/query", "retention", retention.retention_query,
        all_of=(RECORDINGS,),
    ),
    Endpoint(
        "GET", "/api/v2/recordings/screensessions/details", "screens", recordings.screen_sessions,
        all_of=(SCREENS,),
    ),
    Endpoint("GET", "/api/v2/orphanrecordings", "orphans", retention.orphans, all_of=(ORPHANS,)),
    Endpoint(
        "GET", "/api/v2/orphanrecordings/{orphan}", "orphan", retention.one_orphan,
        all_of=(ORPHANS,),
    ),
    Endpoint("POST", _REPORTS, "report", retention.submit_report, all_of=(_ADD_REPORT,)),
    Endpoint(
        "GET", f"{_REPORTS}/{{report}}", "report-status", retention.poll_report,
        all_of=(_VIEW_REPORT,),
    ),
    Endpoint("POST", _BULK, "bulk-job", bulk_jobs.submit_job, all_of=(_ADD_JOB,)),
    Endpoint("GET", _BULK, "bulk-jobs", bulk_jobs.list_jobs, all_of=(_VIEW_JOB,)),
    Endpoint("GET", f"{_BULK}/{{job}}", "bulk-job-status", bulk_jobs.one_job, all_of=(_VIEW_JOB,)),
    Endpoint(
        "PUT", f"{_BULK}/{{job}}", "start-bulk-job", bulk_jobs.start_job,
        all_of=(_EDIT_JOB, *RETENTIONS), is_slow=True,
    ),
    Endpoint(
        "DELETE", f"{_BULK}/{{job}}", "cancel-bulk-job", bulk_jobs.cancel_job,
        all_of=(_DELETE_JOB,),
    ),
    Endpoint(
        "GET", f"{_BULK}/{{job}}/failedrecordings", "failed-recordings",
        bulk_jobs.failed_recordings, all_of=(_VIEW_JOB,),
    ),
    Endpoint(
        "GET", f"{_LEG}/transcripturl", "transcripturl", speech.transcript_url,
        all_of=(RECORDINGS, SPEECH),
    ),
    Endpoint(
        "GET", f"{_LEG}/transcripturls", "transcripturls", speech.transcript_urls, any_of=_SEE
    ),
    Endpoint(
        "GET", _TOLD, "metrics", speech.conversation_metrics, all_of=(RECORDINGS, SPEECH)
    ),
    Endpoint("GET", f"{_TOLD}/categories", "categories", speech.categories, all_of=(SPEECH,)),
    Endpoint("GET", f"{_TOLD}/sentiments", "sentiments", speech.sentiments, all_of=(SENTIMENT,)),
    Endpoint(
        "POST", f"{_SPEECH}/transcripts/search", "search", speech.search,
        any_of=(CONVERSATIONS, *_SEE),
    ),
    Endpoint("GET", "/api/v2/organizations/me", "organization", directory.organization),
    Endpoint("GET", _LIMITS, "namespaces", directory.namespaces),
    Endpoint("GET", f"{_LIMITS}/{{namespace}}", "limits", directory.limits),
    Endpoint(
        "GET", f"{_LIMITS}/{{namespace}}/defaults", "default-limits", directory.default_limits
    ),
    Endpoint("GET", "/api/v2/routing/queues", "queues", directory.queues, all_of=(QUEUES,)),
    Endpoint("GET", "/api/v2/users", "users", directory.users),
    Endpoint("GET", "/api/v2/users/{user}", "user", directory.one_user),
    Endpoint("GET", "/api/v2/authorization/divisions", "divisions", directory.divisions),
    Endpoint(
        "POST", "/api/v2/usage/query", "usage", directory.query_usage,
        any_of=("oauth:client:view", USAGE),
    ),
    Endpoint(
        "GET", "/api/v2/usage/query/{execution}/results", "usage-results",
        directory.usage_results, any_of=("oauth:client:view", USAGE),
    ),
    Endpoint(
        "GET", "/api/v2/usage/events/definitions", "event-definitions",
        directory.event_definitions, all_of=(EVENTS,),
    ),
    Endpoint(
        "POST", "/api/v2/usage/events/query", "events", directory.query_events, all_of=(EVENTS,)
    ),
)  # fmt: skip
