"""What every stage's test may ask for: an export at work, and the truth about its calls."""

from collections.abc import Callable, Generator
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

DAY = Day.from_key("2026-01-31")
Open = Callable[..., Export]


@pytest.fixture
def opened(tmp_path: Path) -> Generator[Open]:
    """Open exports into the test's directory; they close with the test."""
    with ExitStack() as stack:

        def begin(simulator: Simulator, **more: str) -> Export:
            return stack.enter_context(open_export(settings_of(simulator, tmp_path, **more)))

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
