"""Which uploads of recordings are still under way at the source?"""

import re
from collections.abc import Mapping
from datetime import datetime

from recordings_pipeline.core import wire
from recordings_pipeline.core.errors import PermissionMissing
from recordings_pipeline.genesys.client import GenesysClient, json_of
from recordings_pipeline.genesys.media import MediaReader, Sink

# The format of the report is not published, so that we read from it what cannot be mistaken: ids.
_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_POLLS, _POLL_S = 60, 0.5
MOST_BYTES = 50_000_000
_OK = 200


def pending_conversations(client: GenesysClient, since: datetime) -> frozenset[str]:
    """Return ids of conversations whose uploads are pending since an instant.

    Other ids of the report come along and do no harm: they are no conversation's. Without the
    permission ``recording:uploadReport:add`` nobody can tell, and the answer is empty.
    """
    request = {"dateSince": since.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "uploadStatus": "Pending"}
    try:
        reply = client.sdk.recording.post_recording_uploads_reports(request)
        report = wire.upload_report(json_of(reply, "upload report"))
        for _ in range(_POLLS):
            if report.url is not None or report.is_over:
                break
            client.wait(_POLL_S)
            reply = client.sdk.recording.get_recording_uploads_report(report.id)
            report = wire.upload_report(json_of(reply, "upload report"))
    except PermissionMissing:
        return frozenset()
    if report.url is None:
        return frozenset()
    reader = MediaReader(client.stop)
    content = bytearray()

    def begin(status: int, _headers: Mapping[str, str]) -> Sink | None:
        return receive if status == _OK else None

    def receive(data: bytes) -> None:
        if len(content) < MOST_BYTES:
            content.extend(data)

    try:
        reader.read(report.url, {"Accept-Encoding": "identity"}, begin)
    finally:
        reader.close()
    return frozenset(found.decode() for found in _ID.findall(bytes(content)))
