"""Events of a ledger in PostgreSQL are sealed as those of a file are."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.findings import Layer
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.holding import Person
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.stages.holding import hold
from recordings_pipeline.stages.recovering import lacking, recover
from tests.audited import EVENTS, NOW, Scene, scene, sealed_scene, settle
from tests.postgres import Server
from tests.sealed import sealed_events
from tests.storage.audit.test_sealing import PROCESSES, SEALER
from tests.storage.conftest import run_at_once


@pytest.fixture
def kept(postgres: Server, tmp_path: Path) -> Scene:
    """A directory with three sealed segments."""
    return sealed_scene(tmp_path, postgres.new_url())


def layers(kept: Scene) -> set[Layer]:
    """Return the layers that find something."""
    return {finding.layer for finding in verify_audit(kept.place, kept.keeping).findings}


def test_each_change_of_outcome_is_one_event_that_is_sealed_once(
    postgres: Server, tmp_path: Path
) -> None:
    made = scene(tmp_path, postgres.new_url())
    made.happen(1, 1)
    with made.ledger() as ledger:
        settle(ledger, 1, Outcome.MISSING)
        settle(ledger, 1, Outcome.MISSING)

    heads = [made.seal(), made.seal()]

    told = [event["action"] for event in sealed_events(made.root)]
    assert told == ["recording.discovered", "recording.missing"]
    assert heads[0] == heads[1]
    assert layers(made) == set()


@pytest.mark.slow
def test_several_processes_neither_double_nor_lose_an_event(
    postgres: Server, tmp_path: Path
) -> None:
    made = scene(tmp_path, postgres.new_url())
    made.happen(0, 500)
    places = [str(made.root), str(made.keeping.key), str(made.keeping.anchor)]

    codes = run_at_once([sys.executable, "-c", SEALER, *places], PROCESSES, made.ledger_url)

    assert codes == [0] * PROCESSES
    assert [event["seq"] for event in sealed_events(made.root)] == list(range(1, 501))
    assert layers(made) == set()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET outcome = 'missing' WHERE seq = 6",
        "DELETE FROM events WHERE seq = 6",
        "UPDATE recordings SET outcome = 'missing' WHERE recording_id LIKE '%5'",
    ],
)
def test_a_ledger_that_tells_another_story_is_found(
    postgres: Server, kept: Scene, change: str
) -> None:
    assert kept.ledger_url
    postgres.run(kept.ledger_url, change)

    assert layers(kept) == {Layer.LEDGER}


def test_a_ledger_that_was_restored_from_a_backup_stops_the_log(
    postgres: Server, kept: Scene
) -> None:
    (kept.root / layout.LEDGER_MARK).unlink()
    older = replace(kept, ledger_url=postgres.new_url())
    older.happen(100, EVENTS)

    with pytest.raises(AuditBroken, match=r"^audit/segments/00000003.jsonl ends with an event"):
        older.seal()

    assert len(sealed_events(kept.root)) == 3 * EVENTS


def test_an_older_ledger_is_recovered_and_numbers_go_on(postgres: Server, kept: Scene) -> None:
    by, what = Person("alice"), Span(NOW.date(), NOW.date())
    with open_archive(kept.place, kept.keeping) as archive:
        hold(archive, what, "CASE-4", by)
    (kept.root / layout.LEDGER_MARK).unlink()
    older = replace(kept, ledger_url=postgres.new_url())
    with older.ledger():
        pass

    with open_archive(older.place, older.keeping) as archive:
        recover(archive, lacking(archive), by)
        again = hold(archive, what, "CASE-5", by)
        held = archive.ledger.holds.all()

    assert [one.hold_id for one in (*again, *held)] == [2, 1, 2]
    numbers = [event["seq"] for event in sealed_events(kept.root)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert layers(older) == set()
