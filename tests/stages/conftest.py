"""What every stage's test may ask for: an export at work, and the truth about its calls."""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import Export, open_export
from tests.conftest import settings_of
from tests.hosts import Answer, Heard, Host, Reply, reply_json

DAY = Day.from_key("2026-01-31")
Open = Callable[..., Export]


@pytest.fixture
def opened(tmp_path: Path) -> Generator[Open]:
    """Open exports into the test's directory; they close with the test."""
    with ExitStack() as stack:

        def begin(host: Simulator | Host, **more: str) -> Export:
            return stack.enter_context(open_export(settings_of(host, tmp_path, **more)))

        yield begin


def standing_of(call: Call, recording_id: str | None = None) -> Standing:
    """Return a recording nobody has tried to fetch yet."""
    return Standing(
        recording_id=recording_id or str(call.recording_id),
        conversation_id=call.conversation_id,
        communication_id=call.communication_id,
        verdict=Verdict(Outcome.DISCOVERED),
        retry_time=None,
        row={"file_state": call.file_state, "media": "audio"},
    )


def platform(recording_id: str, media: Mapping[str, Answer]) -> Reply:
    """Answer batch requests with one recording's files, by path and in order, and send those."""

    def reply(heard: Heard) -> Answer:
        if heard.path in media:
            return media[heard.path]
        if heard.method == "POST":
            return reply_json({"id": recording_id})
        address = f"http://{heard.headers['host']}"
        files = [
            {"recordingId": recording_id, "resultUrl": address + path, "contentType": "audio/wav"}
            for path in media
        ]
        return reply_json({"status": "Completed", "results": files})

    return reply
