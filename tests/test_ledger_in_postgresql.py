"""A whole day with its ledger in PostgreSQL: each stage, each command, and two hosts at once."""

import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import Position, arrival_id
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.core.secrets import LEDGER_URL, Secret
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.deep_check import examine_archive
from recordings_pipeline.stages.late import late_days
from recordings_pipeline.stages.noticing import notice
from recordings_pipeline.stages.status import read_status
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger_place import open_ledger
from recordings_pipeline.storage.tables import read_rows
from recordings_pipeline.watch.journal import Journal, entry_of
from tests.cli.conftest import COMMAND, Enter, enter, environment
from tests.conftest import Start, settings_of
from tests.listing import conversation, discovered
from tests.postgres import PASSWORD, Server
from tests.sealed import sealed_events

# The fixture of the commands is one of these tests as well.
__all__ = ["enter"]
DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 10, tzinfo=UTC)
# When, and how long, is of each run its own.
_OWN = {"exported_time", "download_ms"}


@pytest.fixture
def url(postgres: Server) -> Secret:
    return postgres.new_url()


def export(simulator: Simulator, place: Place) -> None:
    given = {} if place.ledger_url is None else {LEDGER_URL: place.ledger_url.reveal()}
    settings = settings_of(simulator, place.root, **given)
    with RecordingExporter(settings, clock=lambda: NOW) as exporter:
        report = exporter.export_range(DAY.start, DAY.end)
    assert report.failures == {}


def tables(data: Path) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows of the day's tables."""
    found = {stage: read_rows(data / layout.table_path(stage, DAY)) for stage in STAGES}
    return {
        stage: [{n: v for n, v in row.items() if n not in _OWN} for row in rows]
        for stage, rows in found.items()
    }


def events(data: Path) -> list[Mapping[str, Any]]:
    """Return what was sealed of recordings and transcripts; the order is that of the downloads."""
    own = {"seq", "event_time", "run_id", "chain"}
    told = [
        {n: v for n, v in event.items() if n not in own}
        for event in sealed_events(data)
        if event["action"].startswith(("recording.", "transcript."))
    ]
    return sorted(told, key=lambda event: str(event["event_id"]))


def test_sensors_and_checks_ask_the_database(url: Secret, tmp_path: Path) -> None:
    place, now = Place(tmp_path, url), DAY.end + timedelta(days=3)
    home, at = Home(place), DAY.end + timedelta(hours=1)
    home.prepare()
    arrived = f"audio/date={DAY}/c/r.wav"
    with open_ledger(home) as ledger:
        ledger.listed(DAY, at, [conversation("c", [discovered("r")])])
        ledger.days.indexed(DayStanding(DAY, at, False, ("it may change",), 1, 0))  # noqa: FBT003
        ledger.settle("r", Verdict(Outcome.RETRY, "why"), at, retry_time=at)
    with closing(Journal(home.path(layout.JOURNAL))) as journal:
        journal.append([entry_of(arrived, 4, at, id_=arrival_id(arrived, 4, 0))])

    first = notice(place, Position(), now, most_days=3)
    again = notice(place, first.position, now, most_days=3)
    organization = Organization(recordings_data=str(tmp_path), recordings_ledger_url=url.reveal())

    assert (list(first.due), list(again.due)) == ([str(DAY)], [])
    assert list(late_days(place, now).due) == [DAY]
    assert DAY in organization.days_to_look_at(now)
    assert [one.standing.day for one in read_status(place, DAY.date, DAY.date, now)] == [DAY]


@pytest.mark.slow
def test_a_day_is_the_same_day_as_with_a_file(start: Start, url: Secret, tmp_path: Path) -> None:
    simulator = start(calls_per_day=12)
    file, database = Place(tmp_path / "file"), Place(tmp_path / "database", url)

    for place in (file, database):
        export(simulator, place)

    assert len(tables(database.root)["audio_files"]) > 10
    assert tables(database.root) == tables(file.root)
    assert events(database.root) == events(file.root)
    assert not (database.root / layout.LEDGER).exists()
    with open_archive(database, clock=lambda: NOW) as archive:
        assert str(examine_archive(archive, secrets=[PASSWORD]).violations) == str(
            examine_archive(archive).violations
        )
        assert examine_archive(archive).is_clean
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()


def test_every_command_works_on_it(
    start: Start,
    url: Secret,
    tmp_path: Path,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    simulator = start(calls_per_day=3)
    ours = {
        **simulator.environment,
        "RECORDINGS_DATA": str(tmp_path / "data"),
        LEDGER_URL: url.reveal(),
    }
    days = ("--from", "2026-01-31", "--to", "2026-01-31")
    call = next(call for call in simulator.world.calls(DAY.date) if call.recordings)
    why = ("--reason", "DSAR-1")
    lines = [
        ("plan", *days),
        ("doctor", "--day", "2026-01-31"),
        ("export", *days),
        ("status", *days),
        ("verify",),
        ("doctor", "--deep"),
        ("audit", "verify"),
        ("audit", "show", "--day", "2026-01-31"),
        ("audit", "export"),
        ("hold", "add", *days, *why, "--as", "alice"),
        ("hold", "list"),
        ("hold", "release", "1", *why, "--as", "alice"),
        ("hold", "release", "1", *why, "--as", "bob"),
        ("erase", "--conversation", call.conversation_id, *why, "--yes"),
        ("rebuild",),
        ("ingest",),
        ("retain", "--apply"),
        ("audit", "verify"),
        ("doctor", "--deep"),
    ]

    codes = {line: enter(*line, **ours, RECORDINGS_KEEP_DAYS="1") for line in lines}

    told = capsys.readouterr()
    assert {line: code for line, code in codes.items() if code} == {}, told.err + told.out
    assert "database postgres: fsync is off" in told.out
    assert PASSWORD not in told.out + told.err
    without = {name: value for name, value in ours.items() if name != LEDGER_URL}
    assert enter("status", *days, **without) == 2
    assert f"error: {LEDGER_URL} is not set, and the ledger" in capsys.readouterr().err


@pytest.mark.slow
def test_two_processes_export_different_days_into_one_ledger_at_once(
    start: Start, url: Secret, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=60, faults="cut-bodies/7,rate-limited/20")
    days = [("2026-01-30", "2026-01-30"), ("2026-01-31", "2026-01-31")]
    place = Place(tmp_path / "data", url)
    given = environment(
        **simulator.environment,
        RECORDINGS_DATA=str(place.root),
        **{LEDGER_URL: url.reveal()},
    )
    with ExitStack() as stack:
        runs = [
            stack.enter_context(
                subprocess.Popen(
                    [*COMMAND, "export", "--from", first, "--to", last],
                    env=given,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            for first, last in days
        ]
        told = [run.communicate(timeout=300)[0] for run in runs]

    assert [run.returncode for run in runs] == [0, 0], "\n".join(told)
    with open_archive(place) as archive:
        found = examine_archive(archive)
        assert found.is_clean, found.violations
        for first, _ in days:
            day = Day.from_key(first)
            exported = archive.ledger.totals.counts(day)["exported"]
            recorded = [
                recording
                for call in simulator.world.calls(day.date)
                for recording in call.recordings
            ]
            assert exported > 40
            assert sum(archive.ledger.totals.counts(day).values()) == len(recorded)
