"""While a stage runs, Dagster's log says how far it has come."""

import threading
from dataclasses import replace

import dagster as dg
import pytest

from recordings_pipeline.core.headway import Headway
from recordings_pipeline.defs import progress
from recordings_pipeline.defs.progress import logging_headway

UNDER_WAY = Headway("audio_files", 1, 4, 2_000_000, 1.0, 2e6, 8, 300)


def test_lines_come_while_work_goes_on_as_soon_as_there_is_something_to_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "LOG_S", 0.001)
    news: list[Headway | None] = [None, replace(UNDER_WAY, total=0), UNDER_WAY]
    is_over = threading.Event()

    def look() -> Headway | None:
        if len(news) > 1:
            return news.pop(0)
        is_over.set()
        return news[0]

    @dg.op
    def work(context: dg.OpExecutionContext) -> None:
        with logging_headway(context.log, look):
            assert is_over.wait(30)

    @dg.job(executor_def=dg.in_process_executor)
    def job() -> None:
        work()

    with dg.instance_for_test() as instance:
        run = job.execute_in_process(instance=instance)
        said = [record.user_message for record in instance.all_logs(run.run_id)]

    first = "recordings: not counted yet, 2 MB, 2 MB/s, allowance 8 of 300"
    then = "1 of 4 recordings, 2 MB, 2 MB/s, about 3 s left, allowance 8 of 300"
    lines = [line for line in said if "allowance" in line]
    assert lines[0] == first
    assert set(lines[1:]) == {then}
