"""What fault plans call the addresses that can misbehave."""

# Every route of the API that asks for a token.
API = "api"
API_LABELS = (
    "annotations", "availability", "bulk-job", "bulk-job-status", "bulk-jobs", "cancel-bulk-job",
    "categories", "change-recording", "default-limits", "details", "details-by-id", "details-job",
    "details-of-one", "divisions", "drop-job", "event-definitions", "events", "failed-recordings",
    "job-status", "limits", "metrics", "namespaces", "organization", "orphan", "orphans", "poll",
    "queues", "recording", "recordingmetadata", "recordings", "report", "report-status", "results",
    "retention", "screens", "search", "sentiments", "settings", "start-bulk-job", "submit",
    "token", "transcripturl", "transcripturls", "usage", "usage-results", "user", "users",
)  # fmt: skip
LABELS = (API, "login", "media", "transcript", "report-file", *API_LABELS)
