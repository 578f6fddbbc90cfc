"""Transcripts are asked for once, kept as they came, and published from what is kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import raw_transcript_path
from recordings_pipeline.core.model import Outcome, TranscriptState, Verdict
from recordings_pipeline.core.transcript_clock import PENDING_DELAY
from recordings_pipeline.simulator.options import PERMISSIONS, RECORDINGS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.stages.transcripts import transcribe_day
from recordings_pipeline.storage.raw import keep_raw, read_raw
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

RAW = PurePosixPath("raw/transcripts")
TRANSCRIPT = (
    "GET /api/v2/speechandtextanalytics/conversations/{id}/communications/{id}/transcripturls"
)
TODAY = Day(datetime.now(UTC).date())


def kept_of(export: Export) -> Path:
    """Return the path of one kept transcript file."""
    return min(export.home.path(RAW).rglob("*.gz"))


def states(export: Export, day: Day = DAY) -> dict[str, TranscriptState]:
    return {id_: found.state for id_, found in export.ledger.transcripts.of_day(day).items()}


def legs(simulator: Simulator, day: Day, *, transcribed: bool) -> set[str]:
    calls = simulator.world.calls(day.date)
    return {c.communication_id for c in calls if c.plan and c.is_transcribed is transcribed}


def file_of(recording_id: str, exported: datetime) -> dict[str, object]:
    """Return the manifest's row of a file."""
    text = dict.fromkeys(("path", "sha256", "container", "content_type"), "x")
    numbers = dict.fromkeys(("file_number", "size_bytes", "download_ms"), 1)
    named = {"recording_id": recording_id, "is_resumed": False, "exported_time": exported}
    return {**text, **numbers, **named}


def indexed(export: Export, day: Day = DAY) -> Export:
    index_day(export, day)
    return export


def test_an_absent_transcript_is_a_state_and_no_failure(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = indexed(opened(simulator))

    report = transcribe_day(export, DAY)

    absent = {id_ for id_, state in states(export).items() if state is TranscriptState.NONE}
    assert absent == legs(simulator, DAY, transcribed=False)
    assert report.counts["none"] == len(absent) > 0
    assert report.warnings == ()


def test_a_repeated_stage_asks_nothing_and_rebuilds_the_same_table(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export = indexed(opened(simulator))
    path = export.home.path(transcribe_day(export, DAY).path)
    before, asked = path.read_bytes(), simulator.traffic.api_requests
    path.unlink()

    report = transcribe_day(export, DAY)

    assert path.read_bytes() == before
    assert simulator.traffic.api_requests == asked
    assert (report.throughput.bytes_moved, report.throughput.api_calls) == (0, 0)


def test_a_young_day_asks_again_for_what_was_absent_only(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=30, now=TODAY.end + timedelta(hours=1))
    export = indexed(opened(simulator), TODAY)
    first = transcribe_day(export, TODAY)

    soon = transcribe_day(export, TODAY)
    later = transcribe_day(replace(export, clock=lambda: export.now() + PENDING_DELAY), TODAY)

    absent = len(legs(simulator, TODAY, transcribed=False))
    assert first.counts["pending"] == absent > 0
    assert [report.throughput.api_calls for report in (soon, later)] == [0, absent]
    assert later.throughput.bytes_moved == 0


@pytest.mark.parametrize("came_again", [False, True], ids=["no news", "its recording came late"])
def test_an_absent_transcript_is_asked_for_again_when_a_recording_came_since(
    start: Start,
    opened: Open,
    came_again: bool,  # noqa: FBT001
) -> None:
    simulator = start(calls_per_day=6)
    export = indexed(opened(simulator))
    first = transcribe_day(export, DAY)
    absent = legs(simulator, DAY, transcribed=False)
    found = export.ledger.standings(DAY).values()
    late = next(standing for standing in found if standing.communication_id in absent)
    if came_again:
        files = [file_of(late.recording_id, export.now())]
        export.ledger.settle(
            late.recording_id, Verdict(Outcome.EXPORTED), export.now(), files=files
        )

    again, last = (transcribe_day(export, DAY) for _ in range(2))

    assert again.throughput.api_calls == int(came_again)
    assert last.throughput.api_calls == 0
    assert first.counts == again.counts == last.counts


def test_a_transcript_that_could_not_be_fetched_comes_with_the_next_run(
    start: Start, opened: Open
) -> None:
    expired = indexed(opened(start(calls_per_day=6, transcript_url_lifetime_s=0)))
    first = transcribe_day(expired, DAY)

    second = transcribe_day(opened(start(calls_per_day=6)), DAY)

    assert first.warnings == ("4 transcripts could not be fetched: run the day again",)
    assert (first.row_count, first.counts["failed"]) == (0, 4)
    assert second.counts["fetched"] == 4
    assert "failed" not in second.counts


def test_a_forbidden_transcript_names_the_permission(start: Start, opened: Open) -> None:
    indexed(opened(start(calls_per_day=6)))
    export = opened(start(calls_per_day=6, permissions=PERMISSIONS - {RECORDINGS}))

    report = transcribe_day(export, DAY)

    assert set(states(export).values()) == {TranscriptState.FORBIDDEN}
    assert report.warnings == (f"transcripts are forbidden: grant {RECORDINGS} in every division",)


def test_what_is_not_as_documented_is_counted_and_named_without_its_content(
    start: Start, opened: Open
) -> None:
    export = indexed(opened(start(calls_per_day=6)))
    whole = transcribe_day(export, DAY)
    path = kept_of(export)
    payload = json.loads(read_raw(path))
    del payload["transcripts"][0]["phrases"][0]["offset"]
    del payload["transcripts"][0]["phrases"][0]["startTimeMs"]
    payload["transcripts"][0]["phrases"][1]["mood"] = "secret"
    keep_raw(path, json.dumps(payload).encode())

    report = transcribe_day(export, DAY)

    assert report.row_count == whole.row_count - 1
    assert report.counts["drift"] == 2
    (warning,) = report.warnings
    assert "transcripts[].phrases[]: no place on the clock (1)" in warning
    assert "transcripts[].phrases[].mood: new member (1)" in warning
    assert "secret" not in warning


@pytest.mark.parametrize("damage", [b"no gzip", b""], ids=["other bytes", "empty"])
def test_a_damaged_file_is_set_aside_and_asked_for_again_by_the_same_run(
    start: Start, opened: Open, damage: bytes
) -> None:
    export = indexed(opened(start(calls_per_day=6)))
    table = export.home.path(transcribe_day(export, DAY).path)
    before, path = table.read_bytes(), kept_of(export)
    content = path.read_bytes()
    path.write_bytes(damage)

    report, again = transcribe_day(export, DAY), transcribe_day(export, DAY)

    aside = f"quarantine/date={DAY}/damaged/{path.name}"
    assert export.home.path(PurePosixPath(aside)).read_bytes() == damage
    assert (path.read_bytes(), table.read_bytes()) == (content, before)
    assert report.throughput.calls_by_route == {TRANSCRIPT: 1}
    (warning,) = report.warnings
    assert warning.startswith(f"raw/transcripts/date={DAY}/{path.name} cannot be read back (")
    assert warning.endswith(f"it was set aside in {aside} and asked for again")
    assert (again.warnings, again.throughput.api_calls) == ((), 0)


def test_a_damaged_file_that_the_source_does_not_send_leaves_the_rest_published(
    start: Start, opened: Open
) -> None:
    export = indexed(opened(start(calls_per_day=6)))
    whole = transcribe_day(export, DAY)
    path = kept_of(export)
    path.write_bytes(b"no gzip")

    expired = opened(start(calls_per_day=6, transcript_url_lifetime_s=0))
    report = transcribe_day(expired, DAY)

    assert 0 < report.row_count < whole.row_count
    assert report.counts["failed"] == 1
    moved, failed = report.warnings
    assert path.name in moved
    assert failed == "1 transcripts could not be fetched: run the day again"
    assert transcribe_day(opened(start(calls_per_day=6)), DAY).row_count == whole.row_count


def test_a_kept_file_that_was_removed_is_asked_for_again(start: Start, opened: Open) -> None:
    export = indexed(opened(start(calls_per_day=6)))
    path = export.home.path(transcribe_day(export, DAY).path)
    before, kept = path.read_bytes(), kept_of(export)
    kept.unlink()

    transcribe_day(export, DAY)

    assert kept.exists()
    assert path.read_bytes() == before


def test_two_recordings_of_one_communication_cost_a_call_and_have_a_file_each(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    world = tmp_path / "snippets.toml"
    seconds = "median = 20\nspread = 0.1\nshortest = 15\nlongest = 30\n"
    pinned = '[pinned]\n0 = ["snippet"]\n'
    world.write_text(f"calls_per_day = 1\n[seconds]\n{seconds}{pinned}")
    export = indexed(opened(start(world=str(world))))

    report = transcribe_day(export, DAY)

    standings = export.ledger.transcripts.of_day(DAY).values()
    (ids,) = (s.recording_ids for s in standings if len(s.recording_ids) > 1)
    kept = [path.name.partition(".")[0] for path in export.home.path(RAW).rglob("*.gz")]
    rows = read_rows(export.home.path(report.path))
    found = [row["recording_id"] for row in rows]
    assert report.throughput.calls_by_route[TRANSCRIPT] == len(standings) == len(kept) - 1
    assert set(ids) < set(kept) == set(found)
    export.home.path(raw_transcript_path(DAY, ids[0])).unlink()
    assert transcribe_day(export, DAY).throughput.calls_by_route == {TRANSCRIPT: 1}
    assert read_rows(export.home.path(report.path)) == rows
