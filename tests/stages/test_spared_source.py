"""I10: a whole day, refused for its rate now and then, asks the source no more than it allows."""

import json
import time

import pytest

from recordings_pipeline.core.invariants.runs import Manners, Question, source_is_spared
from recordings_pipeline.stages.day import run_stage
from tests.conftest import Start
from tests.hosts import Answer, Heard, Serve, changed
from tests.stages.conftest import DAY, Open

PER_WINDOW, WINDOW_S, CONNECTIONS = 300, 60.0, 1


@pytest.mark.slow
def test_a_day_that_is_refused_now_and_then_asks_no_more_than_is_allowed(
    start: Start, serve: Serve, opened: Open
) -> None:
    simulator = start(world="plain", calls_per_day=8, requests_per_minute=60_000)
    passed = changed(simulator, "nothing", lambda answer: answer)
    asked: list[Question] = []

    def reply(heard: Heard) -> Answer:
        at_s = time.monotonic()
        if len(asked) % 14 == 13:
            asked.append(Question(at_s, retry_after_s=1.0))
            return Answer(429, b"{}", {"Retry-After": "1"})
        answer = passed(heard)
        is_submit = heard.method == "POST" and heard.path.endswith("batchrequests")
        items = json.loads(heard.body)["batchDownloadRequestList"] if is_submit else ()
        wanted = frozenset(item["conversationId"] for item in items)
        asked.append(Question(at_s, wanted=wanted))
        return answer

    login = changed(simulator, "nothing", lambda answer: answer)
    mine = {name: text for name, text in simulator.environment.items() if "CLIENT" in name}
    export = opened(serve(reply, login), RECORDINGS_API_CONNECTIONS="1", **mine)
    for stage in ("recording_index", "audio_files"):
        run_stage(export, stage, DAY)

    assert sum(question.retry_after_s > 0 for question in asked) > 0
    assert sum(bool(question.wanted) for question in asked) > 0
    assert list(source_is_spared(asked, Manners(PER_WINDOW, WINDOW_S, CONNECTIONS))) == []
