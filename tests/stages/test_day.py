"""Stages run in order, one process at a time, and the audit log keeps up."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.actions import FINISHED, STARTED
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    Busy,
    PreflightFailed,
    ServerFailed,
    Unreachable,
)
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.core.sentences import sentence_of
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import export_day, run_stage
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start, settings_of
from tests.sealed import sealed_events
from tests.stages.conftest import DAY, Open

NEXT_DAY = Day.from_key("2026-02-01")


def test_the_stages_run_in_order_and_each_report_comes_when_it_is_ready(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    known = frozenset(str(call.recording_id) for call in simulator.world.calls(DAY.date))
    export = replace(opened(simulator), processed_ids=known)
    reports = export_day(export, DAY)

    first = next(reports)
    published = [path.parts[-3] for path in export.home.path(layout.TABLES).rglob("*.parquet")]
    rest = list(reports)

    assert published == [first.stage]
    assert [report.stage for report in (first, *rest)] == list(STAGES)
    assert all(export.home.path(report.path).is_file() for report in (first, *rest))


def test_a_day_somebody_works_on_is_left_alone_and_another_is_not(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator)

    with export.home.day_lock(DAY):
        with pytest.raises(Busy, match=str(DAY)):
            run_stage(export, "recording_index", DAY)
        asked = simulator.traffic.api_requests
        report = run_stage(export, "recording_index", NEXT_DAY)

    assert asked == 0
    assert report.row_count == 4
    assert run_stage(export, "recording_index", DAY).row_count == 4


def test_a_stage_that_fails_leaves_a_complete_audit_log(start: Start, opened: Open) -> None:
    export = opened(start(calls_per_day=4))
    index_day(export, DAY)

    with pytest.raises(PreflightFailed):
        run_stage(replace(export, quota_bytes=1), "audio_files", DAY)

    events = sealed_events(export.home.root)
    assert [e["seq"] for e in events] == [e["seq"] for e in export.ledger.events.after(0, 10_000)]
    assert [e["action"] for e in events if e["action"] in (STARTED, FINISHED)] == [
        STARTED,
        FINISHED,
    ]


def spends(export: Export) -> list[tuple[str, str]]:
    """Return the stages that took API calls, and how they ended."""
    log = sealed_events(export.home.root)
    return [(e["object_id"], e["outcome"]) for e in log if e["action"] == "api.spent"]


def test_what_a_stage_took_of_the_allowance_is_in_the_audit_log(start: Start, opened: Open) -> None:
    simulator = start(world="plain", calls_per_day=4)
    export = opened(simulator)

    for stage in ("recording_index", "diarization", "recording_index"):
        run_stage(export, stage, DAY)

    assert spends(export) == [(f"recording_index/{DAY}", "done")] * 2
    first, again = (
        e["reason"] for e in export.ledger.events.after(0, 10_000) if e["action"] == "api.spent"
    )
    spent = simulator.traffic.api_requests + simulator.traffic.logins
    assert sum(int(text.partition(" ")[0]) for text in (first, again)) == spent
    assert again == "1 calls, waited 0.0 s, 0 times 429: 1 GET /api/v2/tokens/me"


def test_what_a_stage_took_before_it_failed_is_in_the_audit_log(start: Start, opened: Open) -> None:
    export = opened(start(permissions=frozenset()))

    with pytest.raises(PreflightFailed):
        run_stage(export, "recording_index", DAY)

    assert spends(export) == [(f"recording_index/{DAY}", "failed")]


def test_what_a_person_should_know_is_logged_as_a_warning(
    start: Start, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    export = opened(start(calls_per_day=6, transcript_url_lifetime_s=0))
    run_stage(export, "recording_index", DAY)
    caplog.clear()

    with caplog.at_level(logging.INFO, "recordings_pipeline"):
        report = run_stage(export, "transcripts", DAY)

    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert ("INFO", f"transcripts {DAY}: 0 rows") in told
    assert ("WARNING", f"transcripts {DAY}: {report.warnings[0]}") in told


def asked_of(simulator: Simulator) -> int:
    return simulator.traffic.api_requests + simulator.traffic.logins


def test_every_stage_adds_what_it_asked_to_the_calls_of_the_day(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator)

    reports = list(export_day(export, DAY))

    standing = export.ledger.days.standing(DAY)
    spent = {report.stage: report.throughput.api_calls for report in reports}
    assert spent["recording_index"]
    assert spent["transcripts"]
    assert standing is not None
    assert standing.spent_calls == sum(spent.values()) == asked_of(simulator)


def test_a_day_that_failed_before_it_was_indexed_keeps_what_it_spent(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator)

    with pytest.raises(PreflightFailed):
        run_stage(replace(export, quota_bytes=1), "recording_index", DAY)

    standing = export.ledger.days.standing(DAY)
    assert standing is not None
    assert not standing.is_settled
    assert standing.spent_calls == asked_of(simulator) > 0


def test_a_stage_that_fails_while_its_log_cannot_be_sealed_says_both(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    anchor = tmp_path / "anchor"
    anchor.mkdir()

    def fail(*_: object) -> None:
        (anchor / "head.json").write_bytes(b"no head")
        raise Unreachable("api", "it was reset")

    keeping = Keeping(None, anchor)
    export = replace(opened(start(calls_per_day=4)), progress=fail, keeping=keeping)

    with pytest.raises(Unreachable) as failed:
        run_stage(export, "recording_index", DAY)

    assert sentence_of(failed.value).startswith("no answer from api: it was reset; besides, ")
    assert "holds a file that is no head" in sentence_of(failed.value)
    assert sealed_events(export.home.root)[-1]["action"] == FINISHED


def test_the_report_of_a_day_names_what_else_went_wrong(start: Start, tmp_path: Path) -> None:
    anchor, data = tmp_path / "anchor", tmp_path / "data"
    anchor.mkdir()

    def fail(*_: object) -> None:
        (anchor / "head.json").write_bytes(b"no head")
        raise ServerFailed("GET /", 500)

    settings = settings_of(start(calls_per_day=4), data, RECORDINGS_AUDIT_ANCHOR_DIR=str(anchor))
    with RecordingExporter(settings, progress=fail) as exporter:
        report = exporter.export_range(DAY.start, DAY.end)

    assert report.failures[DAY].startswith("GET /: HTTP 500")
    assert "; besides, RECORDINGS_AUDIT_ANCHOR_DIR" in report.failures[DAY]
