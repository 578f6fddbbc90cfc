"""Everything that we write of what was said."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from recordings_pipeline.core.interchange.ctm import ctm
from recordings_pipeline.core.interchange.plain_json import plain_json
from recordings_pipeline.core.interchange.rttm import rttm
from recordings_pipeline.core.interchange.srt import srt
from recordings_pipeline.core.interchange.webvtt import webvtt
from recordings_pipeline.core.page import Look, Shown, page
from recordings_pipeline.core.speech import Speaker, Transcript
from recordings_pipeline.core.spoken import Said, SpokenConversation, SpokenRecording

LOOK = Look("<title>$title</title>$policy $heading $facts $recordings $style $script", "", "")
START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def exported(found: Transcript, speakers: Sequence[Speaker]) -> None:
    """Write a transcript in every form; fail where a stranger's words would be more than words."""
    recording = SpokenRecording(
        id=found.recording_id,
        communication_id=found.communication_id,
        start=START,
        said=tuple(map(Said, found.phrases, speakers)),
        events=found.events,
    )
    conversation = SpokenConversation(
        id=found.conversation_id,
        day="2026-01-31",
        start=START,
        direction=None,
        queue_name=None,
        ani=None,
        dnis=None,
        names={},
        recordings=(recording,),
    )
    for write in (srt, webvtt, ctm, rttm):
        write(conversation).encode()
    json.loads(plain_json(conversation).encode())
    html = page(conversation, [Shown(recording, "", ())], LOOK)
    html.encode()
    assert "<script" not in html.lower()
    assert "<img" not in html.lower()
