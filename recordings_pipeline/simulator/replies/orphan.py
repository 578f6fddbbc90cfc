"""Recordings that the platform has without a conversation."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from recordings_pipeline.simulator.asking import instant
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.replies.recording import REGION, metadata, without_media
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.traits import ORPHANS

Json = dict[str, Any]
KEPT_DAYS = 30
# Found an hour after the call, by a search for what nobody has claimed.
_RECOVERED = timedelta(hours=1)
_BYTES_PER_MS = 16
# Of an orphan that says whose it is, by the number of its call.
_STATUSES = ("CONVERSATION_NOT_COMPLETE", "CONVERSATION_NOT_EVALUATED")
_UNTOLD = ("conversationId", "sessionId", "selfUri")


def orphan_calls(site: Site) -> Iterator[Call]:
    """Yield the conversations of whose recordings the platform has orphans now, newest first."""
    shape = site.world.shape
    possible = {*shape.shares, *(trait for traits in shape.pinned.values() for trait in traits)}
    if not possible & {*ORPHANS}:
        return
    today = site.start_of_today()
    for days in range(KEPT_DAYS):
        day = today - timedelta(days=days)
        columns = site.world.columns(day)
        found = np.logical_or.reduce([columns.has(trait) for trait in ORPHANS])
        for index in reversed(np.flatnonzero(found).tolist()):
            call = site.world.call(day, index)
            if is_orphan(site, call):
                yield call


def is_orphan(site: Site, call: Call) -> bool:
    """Say whether the platform has a conversation's recording as an orphan now."""
    return call.orphan_id is not None and call.ended + _RECOVERED <= site.now()


def orphan(site: Site, call: Call) -> Json:
    """Return an orphan recording; most do not say whose they are, none says which leg."""
    recording = call.recordings[0]
    held = without_media(metadata(site, call, recording))
    untold = _UNTOLD if call.has("adrift") else _UNTOLD[1:]
    return {
        "id": call.orphan_id,
        "createdTime": instant(recording.start),
        "recoveredTime": instant(call.ended + _RECOVERED),
        "providerType": "EDGE",
        "mediaSizeBytes": recording.duration_ms * _BYTES_PER_MS,
        "mediaType": "CALL",
        "mediaSubtype": "Trunk",
        "fileState": recording.file_state,
        "recording": {name: value for name, value in held.items() if name not in untold},
        "orphanStatus": (
            "NO_CONVERSATION" if call.has("adrift") else _STATUSES[call.index % len(_STATUSES)]
        ),
        "region": REGION,
        "selfUri": f"/api/v2/orphanrecordings/{call.orphan_id}",
    }
