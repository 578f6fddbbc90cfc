"""Each recording's fate in the manifest, whatever the platform answered."""

import struct
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import PurePosixPath
from typing import Any

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import PreflightFailed
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.retries import UNTRUSTED_TRIES
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import SENSITIVE, Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.audio_files import ROUNDS, fetch_day
from recordings_pipeline.stages.export import Export, open_export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.storage.part_file import PartFile
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start, settings_of
from tests.hosts import Answer, Heard, Host, Serve, changed, running
from tests.listing import conversation, discovered
from tests.stages.conftest import DAY, Open, platform

EXPORTED, WITHHELD, DELETED, OWNED, RELISTED, NOISE = range(6)
UNLISTED_ID = "11111111-1111-4111-8111-111111111111"
LISTED = datetime(2026, 2, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Fetched:
    """A day after the stage ran: its report, and the manifest in the order of the calls."""

    report: StageReport
    rows: list[dict[str, Any]]
    began: datetime
    ended: datetime


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Generator[Fetched]:
    """Fetch a day on which every recording ends in another way."""
    options = Options(world="plain", calls_per_day=6, requests_per_minute=60_000)
    data = tmp_path_factory.mktemp("audio_files")
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator(options))
        calls = simulator.world.calls(DAY.date)
        ids = [str(call.recording_id) for call in calls]
        host = stack.enter_context(running(noisy(simulator, ids[NOISE])))
        settings = settings_of(host, data, **credentials(simulator))
        export = stack.enter_context(open_export(settings))
        ids[RELISTED] = UNLISTED_ID
        for call, id_ in zip(calls, ids, strict=True):
            list_it(export, call, id_)
        began = export.now()
        report = fetch_day(replace(export, processed_ids=frozenset({ids[OWNED]})), DAY)
        rows = {row["recording_id"]: row for row in read_rows(export.home.path(report.path))}
        yield Fetched(report, [rows[id_] for id_ in ids], began, export.now())


def noisy(simulator: Simulator, recording_id: str) -> Host:
    """Return a host between us and a simulator that sends noise in place of one recording."""
    noise = Answer(200, b"no audio!", {"Content-Type": "audio/wav"})

    def led_astray(state: Any) -> Any:  # noqa: ANN401 (JSON)
        for result in state.get("results", ()):
            if result.get("recordingId") == recording_id:
                result["resultUrl"] = f"{host.url}/noise"
        return state

    passed = changed(simulator, "batchrequests/", led_astray)

    def reply(heard: Heard) -> Answer:
        return noise if heard.path == "/noise" else passed(heard)

    host = Host(reply, reply)
    return host


def credentials(simulator: Simulator) -> dict[str, str]:
    return {name: text for name, text in simulator.environment.items() if "CLIENT" in name}


def list_it(export: Export, call: Call, recording_id: str) -> None:
    """List a recording as the index does, except that nobody knows yet what was deleted."""
    found = discovered(recording_id, communication_id=call.communication_id)
    export.ledger.listed(DAY, LISTED, [conversation(call.conversation_id, [found])])


def list_one(export: Export) -> None:
    """List one recording of which nothing else is known."""
    found = discovered(UNLISTED_ID)
    export.ledger.listed(DAY, LISTED, [conversation(UNLISTED_ID, [found])])


@pytest.mark.parametrize(
    ("index", "outcome", "reason"),
    [
        (EXPORTED, "exported", ""),
        (WITHHELD, "forbidden", SENSITIVE),
        (DELETED, "retry", "error instead of a file"),
        (OWNED, "excluded", "already processed by the caller"),
        (RELISTED, "forbidden", SENSITIVE),
        (NOISE, "quarantined", ""),
    ],
    ids=["fetched", "withheld", "an error", "the caller's", "gone from the batch", "no audio"],
)
def test_every_recording_ends_with_an_outcome_and_its_reason(
    day: Fetched, index: int, outcome: str, reason: str
) -> None:
    row = day.rows[index]

    assert row["outcome"] == outcome
    assert reason in (row["reason"] or "")


def test_only_what_is_tried_again_has_a_time_an_hour_ahead(day: Fetched) -> None:
    hour = timedelta(hours=1)

    timed = [row["recording_id"] for row in day.rows if row["retry_time"]]

    assert timed == [day.rows[DELETED]["recording_id"]]
    assert day.began + hour <= day.rows[DELETED]["retry_time"] <= day.ended + hour


def test_only_an_exported_recording_has_a_file(day: Fetched) -> None:
    with_file = [row for row in day.rows if row["path"] or row["sha256"] or row["file_number"]]

    assert with_file == [day.rows[EXPORTED]]
    assert with_file[0]["content_type"] == "audio/wav"
    assert day.began <= with_file[0]["exported_time"] <= day.ended


def test_what_a_person_should_know_is_a_warning(day: Fetched) -> None:
    withheld, quarantined, later, unlisted = day.report.warnings

    assert withheld.startswith("2 recordings left out of the batch")
    assert quarantined.startswith("1 recordings arrived whole and failed verification")
    assert later.startswith("1 recordings could not be fetched yet")
    assert unlisted.startswith("1 recordings came that the index does not list")


def test_the_report_counts_every_recording_and_the_bytes_of_the_files(day: Fetched) -> None:
    report = day.report

    assert report.row_count == sum(report.counts.values()) == 6
    tries = UNTRUSTED_TRIES * len(b"no audio!")
    assert report.throughput.bytes_moved == day.rows[EXPORTED]["size_bytes"] + tries


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(302), "unexpected HTTP status 302"),
        (Answer(501), "unexpected HTTP status 501"),
        (Answer(200, b"<html>", {"Content-Type": "text/html"}), "html instead of a recording"),
        (Answer(200, b""), "an empty file"),
    ],
    ids=["redirect", "not implemented", "a page", "empty"],
)
def test_an_answer_without_trustworthy_bytes_is_tried_again_and_nothing_is_quarantined(
    serve: Serve, opened: Open, answer: Answer, reason: str
) -> None:
    host = serve(platform(UNLISTED_ID, {"/media": answer}))
    export = opened(host)
    list_one(export)
    began = export.now()

    reports = [fetch_day(later(export, hours), DAY) for hours in (0, 7)]

    (row,) = read_rows(export.home.path(reports[-1].path))
    assert [report.counts for report in reports] == [{"retry": 1}] * 2
    assert reason in row["reason"]
    assert row["retry_time"] >= began + timedelta(hours=13)
    assert list(export.home.path(layout.QUARANTINE).iterdir()) == []
    assert f"run the day again after {row['retry_time']:%Y-%m-%d %H:%M} UTC" in said(reports[-1])


def test_what_failed_is_left_alone_until_its_time_comes(serve: Serve, opened: Open) -> None:
    media = {"/media": Answer(501)}
    host = serve(platform(UNLISTED_ID, media))
    export = opened(host)
    list_one(export)
    fetch_day(export, DAY)
    asked = len(host.asked)
    media["/media"] = Answer(200, WAV, {"Content-Type": "audio/wav"})

    early = fetch_day(later(export, 5), DAY)
    asked_early = len(host.asked)
    in_time = fetch_day(later(export, 7), DAY)

    assert early.counts == {"retry": 1}
    assert asked_early == asked
    assert in_time.counts == {"exported": 1}


def test_what_failed_is_tried_again_by_the_same_run_once_its_time_has_come(
    serve: Serve, opened: Open
) -> None:
    answers = iter([Answer(501)])
    good = Answer(200, WAV, {"Content-Type": "audio/wav"})
    asking = platform(UNLISTED_ID, {"/media": good})

    def reply(heard: Heard) -> Answer:
        return next(answers, good) if heard.path == "/media" else asking(heard)

    host = serve(reply)
    export = opened(host)
    list_one(export)
    # Each look at the clock is four hours later, as in a run that takes a day.
    looks = count()
    slow = replace(export, clock=lambda: LISTED + 4 * next(looks) * HOUR)

    report = fetch_day(slow, DAY)

    assert report.counts == {"exported": 1}
    assert [heard.path for heard in host.asked].count("/media") == 2


def later(export: Export, hours: int) -> Export:
    """Return an export that runs so many hours from now."""
    return replace(export, clock=lambda: datetime.now(UTC) + hours * HOUR)


def said(report: StageReport) -> str:
    return "\n".join(report.warnings)


def test_nothing_is_asked_for_when_there_is_no_room_for_it(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    index_day(export, DAY)
    full = replace(export, quota_bytes=1)
    asked = simulator.traffic.api_requests

    with pytest.raises(PreflightFailed, match="RECORDINGS_QUOTA_GB"):
        fetch_day(full, DAY)

    assert simulator.traffic.api_requests == asked
    assert simulator.traffic.media_requests == 0


def test_a_day_that_is_all_there_needs_no_room(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    index_day(export, DAY)
    fetched = fetch_day(export, DAY)

    again = fetch_day(replace(export, quota_bytes=1), DAY)

    assert again.counts == fetched.counts
    assert again.throughput.bytes_moved == 0


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_url_that_is_not_accepted_is_asked_for_again(
    serve: Serve, opened: Open, status: int
) -> None:
    host = serve(platform(UNLISTED_ID, {"/media": Answer(status)}))
    export = opened(host)
    list_one(export)

    report = fetch_day(export, DAY)

    assert report.counts == {"retry": 1}
    assert [heard.path for heard in host.asked].count("/media") == ROUNDS
    assert [heard.method for heard in host.asked].count("POST") == ROUNDS


# A tenth of a second of silence: 8,000 samples a second of one byte, mu-law.
SAMPLES = b"\xff" * 800
FORMAT = struct.pack("<4sIHHIIHH", b"fmt ", 16, 7, 1, 8_000, 8_000, 1, 8)
WAV = (
    b"RIFF"
    + struct.pack("<I", 844 - 8)
    + b"WAVE"
    + FORMAT
    + b"data"
    + struct.pack("<I", 800)
    + SAMPLES
)


def test_a_good_file_waits_for_the_others_of_its_recording_and_comes_once(
    serve: Serve, opened: Open
) -> None:
    media = {"/1": Answer(200, WAV, {"Content-Type": "audio/wav"}), "/2": Answer(501)}
    host = serve(platform(UNLISTED_ID, media))
    export = opened(host)
    list_one(export)

    first = fetch_day(export, DAY)
    published = list(export.home.path(layout.AUDIO).glob("date=*/*/*"))
    media["/2"] = Answer(200, WAV[:-1] + b"2", {"Content-Type": "audio/wav"})
    again = fetch_day(later(export, 7), DAY)

    assert (first.counts, published) == ({"retry": 1}, [])
    assert again.counts == {"exported": 1}
    assert [heard.path for heard in host.asked].count("/1") == 1
    rows = read_rows(export.home.path(again.path))
    contents = [export.home.path(PurePosixPath(row["path"])).read_bytes() for row in rows]
    assert contents == [WAV, WAV[:-1] + b"2"]
    assert list(export.home.path(layout.PARTS).iterdir()) == []


@pytest.mark.parametrize(
    ("contents", "outcome"),
    [
        ([WAV], "exported"),
        ([WAV[:400], WAV], "exported"),
        ([WAV[:400], WAV[:400], WAV], "quarantined"),
    ],
    ids=["whole", "cut once", "cut twice"],
)
def test_what_comes_whole_and_is_no_recording_is_fetched_once_more_and_no_oftener(
    serve: Serve, opened: Open, contents: list[bytes], outcome: str
) -> None:
    sent = iter(contents)
    platforms = platform(UNLISTED_ID, {"/1": Answer()})

    def reply(heard: Heard) -> Answer:
        if heard.path == "/1":
            return Answer(200, next(sent), {"Content-Type": "audio/wav"})
        return platforms(heard)

    host = serve(reply)
    export = opened(host)
    list_one(export)

    assert fetch_day(export, DAY).counts == {outcome: 1}

    tries = [heard.path for heard in host.asked].count("/1")
    assert tries == min(len(contents), UNTRUSTED_TRIES)
    assert list(export.home.path(layout.PARTS).iterdir()) == []


def test_a_part_that_is_somebody_elses_does_not_spoil_a_recording(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=1)
    export = opened(simulator)
    index_day(export, DAY)
    id_ = str(simulator.world.calls(DAY.date)[0].recording_id)
    with PartFile(export.home.path(layout.PARTS), id_) as part:
        part.begin(0, 9, '"a"')
        part.append(b"no audio!")

    assert fetch_day(export, DAY).counts == {"exported": 1}


def test_all_files_of_a_quarantined_recording_lie_in_quarantine(serve: Serve, opened: Open) -> None:
    media = {
        "/1": Answer(200, WAV, {"Content-Type": "audio/wav"}),
        "/2": Answer(200, b"no audio", {"Content-Type": "audio/wav"}),
    }
    export = opened(serve(platform(UNLISTED_ID, media)))
    list_one(export)

    report = fetch_day(export, DAY)

    aside = export.home.path(layout.QUARANTINE / f"date={DAY}").iterdir()
    assert report.counts == {"quarantined": 1}
    assert {path.name: path.read_bytes() for path in aside} == {
        UNLISTED_ID: WAV,
        f"{UNLISTED_ID}-2": b"no audio",
    }
    assert list(export.home.path(layout.AUDIO).rglob("*.*")) == [export.home.path(layout.PARTS)]


def test_a_warning_says_where_quarantined_bytes_lie(day: Fetched) -> None:
    (warning,) = [line for line in day.report.warnings if "quarantine" in line]

    assert f"quarantine/date={DAY}" in warning


def test_a_file_whose_name_was_taken_comes_once_the_name_is_free(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), simulator.world.calls(DAY.date)[EXPORTED]
    list_it(export, call, str(call.recording_id))
    name = layout.audio_path(DAY, call.conversation_id, str(call.recording_id), 1, "wav")
    foreign = export.home.path(name)
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"foreign")

    assert fetch_day(export, DAY).counts == {"retry": 1}
    foreign.unlink()
    asked = simulator.traffic.media_requests

    assert fetch_day(export, DAY).counts == {"exported": 1}
    assert simulator.traffic.media_requests == asked


def test_chats_and_screens_are_exported_where_somebody_wants_them(
    start: Start, opened: Open
) -> None:
    simulator = start(world="small", calls_per_day=60)
    export = opened(simulator, RECORDINGS_MEDIA="chat,email,screen")
    index_day(export, DAY)
    recordings = [r for call in simulator.world.calls(DAY.date) for r in call.recordings]
    theirs = [r for r in recordings if r.is_exportable and not r.is_sensitive]
    wanted = {r.id for r in theirs if r.media in ("chat", "email", "screen")}

    fetch_day(export, DAY)

    rows = read_rows(export.home.path(layout.table_path("audio_files", DAY)))
    exported = {
        row["recording_id"]: row["container"] for row in rows if row["outcome"] == "exported"
    }
    assert exported.keys() == wanted
    assert {*exported.values()} == {"json", "webm"}
