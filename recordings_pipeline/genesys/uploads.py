"""How do uploads of recordings stand at the source?"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from recordings_pipeline.core import wire
from recordings_pipeline.core.gaps import UploadStatus
from recordings_pipeline.core.model import UploadReport
from recordings_pipeline.core.unanswered import NO_ANSWER, Unanswered, unanswered
from recordings_pipeline.genesys.client import GenesysClient, json_of
from recordings_pipeline.genesys.small_file import read_small

# The format of the report is not published, so that we read from it what cannot be mistaken: ids.
_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DEADLINE_S = 30.0
_SLOWEST_POLL_S, _POLL_GROWTH = 5.0, 1.5
MOST_BYTES = 50_000_000

Uploads = Mapping[UploadStatus, frozenset[str]]


def uploads_since(
    client: GenesysClient, since: datetime, statuses: Iterable[UploadStatus]
) -> Uploads | Unanswered:
    """Return ids of conversations by the status of their uploads since an instant.

    A status costs about three calls. Other ids of a report come along and do no harm: they are no
    conversation's.

    Returns:
        Why nobody can tell, where a report failed, is too slow or too large, or the permissions
        ``recording:uploadReport:add`` and ``recording:uploadReport:view`` are missing.
    """
    found = {}
    try:
        for status in statuses:
            report = _report(client, since, status)
            if report.url is None:
                how = "failed" if report.is_over else f"took longer than {_DEADLINE_S:.0f} s"
                return Unanswered(f"the source's report on uploads {how}")
            content = read_small(report.url, client.peers, most_bytes=MOST_BYTES, stop=client.stop)
            found[status] = frozenset(id_.decode() for id_ in _ID.findall(content))
    except NO_ANSWER as error:
        return unanswered(error)
    return found


def _report(client: GenesysClient, since: datetime, status: UploadStatus) -> UploadReport:
    request = {"dateSince": since.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "uploadStatus": str(status)}
    reply = client.sdk.recording.post_recording_uploads_reports(request)
    report = wire.upload_report(json_of(reply, "upload report"))
    waited, pause = 0.0, client.poll_s
    while report.url is None and not report.is_over and waited < _DEADLINE_S:
        client.wait(pause)
        waited += pause
        pause = max(pause, min(pause * _POLL_GROWTH, _SLOWEST_POLL_S))
        reply = client.sdk.recording.get_recording_uploads_report(report.id)
        report = wire.upload_report(json_of(reply, "upload report"))
    return report
