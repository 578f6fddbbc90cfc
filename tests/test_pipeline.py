"""Three days through all stages over HTTP, compared with the simulator's own world."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline import ExportReport, RecordingExporter
from recordings_pipeline.core.errors import ConfigurationError, LoginRefused
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import PERMISSIONS, RECORDINGS, SENSITIVE
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start, settings_of
from tests.sealed import sealed_events

FIRST = datetime(2026, 1, 30, tzinfo=UTC)
DAYS = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1)]


def export(
    simulator: Simulator, data: Path, days: int = 1, processed_ids: Iterable[str] = ()
) -> ExportReport:
    with RecordingExporter(settings_of(simulator, data)) as exporter:
        return exporter.export_range(FIRST, FIRST + timedelta(days=days), processed_ids)


def rows(data: Path, stage: str, days: list[date]) -> list[dict[str, Any]]:
    paths = (data / "tables" / stage / f"date={day}" / "part-0.parquet" for day in days)
    return [row for path in paths for row in read_rows(path)]


def recorded(simulator: Simulator, days: list[date]) -> Iterator[Call]:
    for day in days:
        yield from (call for call in simulator.world.calls(day) if call.recording_id)


def test_every_table_says_what_the_world_knows(start: Start, tmp_path: Path) -> None:
    simulator = start(faults="cut-bodies/7,rate-limited/20")

    report = export(simulator, tmp_path, days=3)

    calls = {str(call.recording_id): call for call in recorded(simulator, DAYS)}
    assert report.failures == {}
    index = {row["recording_id"]: row for row in rows(tmp_path, "recording_index", DAYS)}
    assert index.keys() == calls.keys()
    for id_, row in index.items():
        call = calls[id_]
        agents = list(dict.fromkeys(leg.user_id for leg in call.legs if leg.user_id))
        assert row["conversation_start_time"] == call.start
        assert row["communication_id"] == call.communication_id
        assert row["queue_id"] == call.queue_id
        assert (row["agent_user_id"], row["agent_count"]) == (agents[0], len(agents))
    assert_manifest(simulator, tmp_path, calls)
    assert_speech(tmp_path, calls)
    assert simulator.traffic.resumed == simulator.traffic.cut_bodies > 0
    assert report.throughput.rate_limited_count == simulator.traffic.rate_limited > 0


def assert_manifest(simulator: Simulator, data: Path, calls: dict[str, Call]) -> None:
    manifest = {row["recording_id"]: row for row in rows(data, "audio_files", DAYS)}
    assert manifest.keys() == calls.keys()
    for id_, row in manifest.items():
        call = calls[id_]
        if call.file_state == "DELETED":
            assert row["outcome"] == "missing"
        elif call.is_sensitive:
            assert row["outcome"] == "forbidden"
        else:
            content = simulator.media(id_)
            assert row["outcome"] == "exported"
            assert (data / row["path"]).read_bytes() == content
            assert row["sha256"] == hashlib.sha256(content).hexdigest()
            assert row["size_bytes"] == len(content)


def assert_speech(data: Path, calls: dict[str, Call]) -> None:
    told = [call for call in calls.values() if call.is_transcribed and call.plan]
    expected = {
        (call.conversation_id, p.side, p.start_ms, p.end_ms, " ".join(w.text for w in p.words))
        for call in told
        if call.plan
        for p in call.plan.phrases
    }
    phrases = rows(data, "transcripts", DAYS)
    names = ("conversation_id", "side", "start_ms", "end_ms", "text")
    assert {tuple(row[name] for name in names) for row in phrases} == expected
    turns = [row for row in rows(data, "diarization", DAYS) if row["source"] == "transcript"]
    assert sum(row["phrase_count"] for row in turns) == len(expected)
    users = {leg.user_id for call in told for leg in call.legs if leg.user_id}
    assert {row["user_id"] for row in turns if row["user_id"]} == users
    metrics = {row["conversation_id"]: row for row in rows(data, "conversation_metrics", DAYS)}
    assert metrics.keys() == {call.conversation_id for call in calls.values()}
    transcribed = {id_ for id_, row in metrics.items() if row["is_transcribed"]}
    assert transcribed == {call.conversation_id for call in told}


def test_a_second_run_moves_nothing_and_adds_nothing_but_what_it_asked_for(
    start: Start, tmp_path: Path
) -> None:
    simulator = start()
    export(simulator, tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*") if "ledger" not in p.name}
    media = simulator.traffic.media_requests
    events = sealed_events(tmp_path)

    report = export(simulator, tmp_path)

    assert simulator.traffic.media_requests == media
    assert report.throughput.bytes_moved == 0
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*") if "ledger" not in p.name}
    untold = {path for path in before if path.suffix == ".lock"}
    # A table is made beside, and dropped when nothing changed.
    untold |= {tmp_path / "audit" / "manifest.jsonl", tmp_path / ".staging"}
    new = after.keys() - before.keys()
    assert {path.parent.name for path in new} <= {"segments"}
    assert {p: t for p, t in after.items() if p not in untold | new} == {
        p: t for p, t in before.items() if p not in untold
    }
    now = sealed_events(tmp_path)
    assert now[: len(events)] == events
    assert {event["action"] for event in now[len(events) :]} == {
        "api.spent",
        "stage.started",
        "stage.finished",
    }


def test_a_downloaded_call_is_not_fetched_for_a_caller_who_has_it(
    start: Start, tmp_path: Path
) -> None:
    simulator = start()
    mine = [str(call.recording_id) for call in recorded(simulator, DAYS[:1]) if call.is_exportable]

    report = export(simulator, tmp_path, processed_ids=mine)

    assert simulator.traffic.media_requests == 0
    assert report.outcomes == {"excluded": len(mine), "missing": 1}


def test_sensitive_recordings_come_with_the_permission(start: Start, tmp_path: Path) -> None:
    report = export(start(permissions=PERMISSIONS | {SENSITIVE}), tmp_path)

    assert "forbidden" not in report.outcomes


def test_what_was_forbidden_comes_once_the_permission_is_granted(
    start: Start, tmp_path: Path
) -> None:
    withheld = export(start(), tmp_path).outcomes["forbidden"]
    simulator = start(permissions=PERMISSIONS | {SENSITIVE})

    report = export(simulator, tmp_path)

    assert "forbidden" not in report.outcomes
    assert simulator.traffic.media_requests == withheld > 0


def test_looking_whether_the_permission_came_costs_one_batch_request(
    start: Start, tmp_path: Path
) -> None:
    simulator = start()
    assert export(simulator, tmp_path).outcomes["forbidden"] > 0
    before = Counter(simulator.traffic.routes)

    export(simulator, tmp_path)

    spent = Counter(simulator.traffic.routes) - before
    assert [n for route, n in spent.items() if route.endswith("/batchrequests")] == [1]


def test_an_expired_url_ends_in_a_stated_future_and_no_bytes(start: Start, tmp_path: Path) -> None:
    report = export(start(url_lifetime_s=0), tmp_path)

    assert report.outcomes["retry"] > 0
    assert not report.is_complete
    assert list((tmp_path / "audio").glob("date=*/*/*")) == []


@pytest.mark.parametrize("missing", ["analytics:conversationDetail:view", RECORDINGS])
def test_a_missing_permission_stops_the_day_before_anything_moves(
    start: Start, tmp_path: Path, missing: str
) -> None:
    simulator = start(permissions=PERMISSIONS - {missing})

    report = export(simulator, tmp_path)

    (problem,) = report.failures.values()
    assert missing in problem
    assert simulator.traffic.media_requests == 0


def test_a_wrong_secret_is_refused_after_one_login(start: Start, tmp_path: Path) -> None:
    simulator = start()
    settings = settings_of(simulator, tmp_path, GENESYS_CLIENT_SECRET="wrong")

    with RecordingExporter(settings) as exporter, pytest.raises(LoginRefused) as caught:
        exporter.export_range(FIRST, FIRST + timedelta(days=1))

    assert "GENESYS_CLIENT_ID" in str(caught.value)
    assert "wrong" not in str(caught.value).replace("a wrong", "")
    assert simulator.traffic.logins == 0


def test_another_organization_is_kept_out_of_the_directory(start: Start, tmp_path: Path) -> None:
    export(start(), tmp_path)

    with pytest.raises(ConfigurationError, match="another organization"):
        export(start(seed=2), tmp_path)


def test_a_token_that_dies_on_the_way_is_replaced(start: Start, tmp_path: Path) -> None:
    simulator = start(token_lifetime_s=1, calls_per_day=4)
    # It dies while a batch is waited for.
    settings = settings_of(simulator, tmp_path, RECORDINGS_POLL_S="1.1")

    with RecordingExporter(settings) as exporter:
        report = exporter.export_range(FIRST, FIRST + timedelta(days=1))

    assert report.failures == {}
    assert simulator.traffic.logins > 1


def test_no_secret_and_no_spoken_word_is_in_the_audit_log(start: Start, tmp_path: Path) -> None:
    simulator = start()
    export(simulator, tmp_path)

    log = "".join(str(event) for event in sealed_events(tmp_path))

    assert "Signature" not in log
    assert "http" not in log
    assert "tel:" not in log
    assert simulator.environment["GENESYS_CLIENT_SECRET"] not in log
