"""The ledger's events are sealed: all of them, once, whoever does it and whenever he dies."""

import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.manifest import MOST_EVENTS, Head
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.storage.audit.sealing import seal
from tests.audited import EVENTS, NOW, Intruder, Scene, scene, settle
from tests.sealed import sealed_events
from tests.storage.conftest import run_at_once

PROCESSES, RECORDINGS = 2, 500
COPIES = """
WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
INSERT INTO events (event_id, event_time, action, object_id, day, outcome, reason, run_id)
SELECT n, event_time, 'api.spent', object_id, day, outcome, reason, run_id FROM n, events
"""
SEALER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.storage.audit.sealing import seal
from recordings_pipeline.core.place import ledger_url
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
root, key, anchor = map(Path, sys.argv[1:])
ledger = Ledger(root / "ledger.db", ledger_url(os.environ))
print("ready", flush=True)
sys.stdin.read()
seal(Home(root), ledger.events, Keeping(key, anchor), datetime.now(UTC))
ledger.close()
"""


def is_good(scene: Scene) -> bool:
    return not verify_audit(scene.root, scene.keeping).findings


def test_each_change_of_outcome_is_one_event_that_is_sealed_once(tmp_path: Path) -> None:
    made = scene(tmp_path)
    made.happen(1, 1)
    with made.ledger() as ledger:
        settle(ledger, 1, Outcome.MISSING)
        settle(ledger, 1, Outcome.MISSING)

    heads = [made.seal(), made.seal()]

    told = [event["action"] for event in sealed_events(made.root)]
    assert told == ["recording.discovered", "recording.missing"]
    assert heads[0] == heads[1]
    assert len(list((made.root / layout.AUDIT_SEGMENTS).iterdir())) == 1


def test_an_event_names_its_conversation_and_the_process_that_told_it(sealed: Scene) -> None:
    events = sealed_events(sealed.root)

    assert all(event["conversation_id"] for event in events)
    assert len({event["run_id"] for event in events}) == 3


def test_nothing_to_seal_makes_nothing(tmp_path: Path) -> None:
    made = scene(tmp_path)

    assert made.seal() is None
    assert not (made.root / layout.AUDIT).exists()


def test_a_segment_holds_no_more_than_a_certain_number_of_events(tmp_path: Path) -> None:
    made = scene(tmp_path)
    made.happen(0, 1)
    with closing(sqlite3.connect(made.root / layout.LEDGER)) as db, db:
        db.execute(COPIES, (MOST_EVENTS + 1,))

    head = made.seal()

    assert isinstance(head, Head)
    assert head.number == 2
    assert len(sealed_events(made.root)) == MOST_EVENTS + 1
    assert is_good(made)


def test_segments_cannot_be_written_and_the_key_not_be_read_by_others(sealed: Scene) -> None:
    (key,) = (sealed.root.parent / "key").iterdir()
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (sealed.root / layout.AUDIT_SEGMENTS).iterdir()
    }

    assert modes == {0o400}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert not list(sealed.root.rglob(key.name))


def test_several_processes_neither_double_nor_lose_an_event(tmp_path: Path) -> None:
    made = scene(tmp_path)
    made.happen(0, RECORDINGS)
    places = [str(made.root), str(made.keeping.key), str(made.keeping.anchor)]

    codes = run_at_once([sys.executable, "-c", SEALER, *places], PROCESSES)

    assert codes == [0] * PROCESSES
    assert [event["seq"] for event in sealed_events(made.root)] == list(range(1, RECORDINGS + 1))
    assert is_good(made)


@pytest.mark.parametrize("tail", [b"", b'{"algorithm":"ed', b"x" * 60_000])
def test_a_manifest_s_line_that_a_crash_has_torn_is_written_again(
    sealed: Scene, tail: bytes
) -> None:
    path = sealed.root / layout.AUDIT_MANIFEST
    whole, _ = path.read_bytes()[:-1].rsplit(b"\n", 1)
    anchored = replace(sealed.keeping, anchor=None)
    path.write_bytes(whole + b"\n" + tail)

    with sealed.ledger() as ledger:
        seal(sealed.home, ledger.events, anchored, NOW)

    assert is_good(sealed)
    assert [event["seq"] for event in sealed_events(sealed.root)] == list(range(1, 13))


def test_a_ledger_that_was_restored_from_a_backup_stops_the_log(sealed: Scene) -> None:
    (sealed.root / layout.LEDGER).unlink()
    sealed.happen(100, EVENTS)

    with pytest.raises(AuditBroken, match=r"^audit/segments/00000003.jsonl ends with an event"):
        sealed.seal()

    assert len(sealed_events(sealed.root)) == 3 * EVENTS


def test_nothing_is_sealed_after_segments_whose_manifest_is_gone(sealed: Scene) -> None:
    (sealed.root / layout.AUDIT_MANIFEST).unlink()

    with pytest.raises(AuditBroken, match=r"^audit/manifest.jsonl is gone"):
        sealed.seal()


@pytest.mark.parametrize("ending", [b"nothing", b"x" * 70_000 + b"\0"])
def test_nothing_is_sealed_after_a_line_of_somebody_else(
    sealed: Scene, tmp_path: Path, ending: bytes
) -> None:
    log = Intruder(sealed.root, tmp_path / "intruder.pem")
    log.write_manifest([*log.manifest(), ending])

    with pytest.raises(AuditBroken, match="none of ours"):
        sealed.seal()


def test_the_second_place_never_goes_back(sealed: Scene, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor" / "head.json"
    before = anchor.read_bytes()
    log = Intruder(sealed.root, tmp_path / "intruder.pem")
    log.remove(3)
    log.write_manifest(log.manifest()[:-1])

    with pytest.raises(AuditBroken, match="does not fit: segment 3 was sealed once"):
        sealed.seal(NOW + timedelta(days=1))  # what the ledger still has, once more
    assert len(log.manifest()) == 2
    assert anchor.read_bytes() == before


def test_the_second_place_moves_forward_with_the_log(sealed: Scene, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor" / "head.json"
    before = anchor.read_bytes()
    sealed.happen(100, 1)

    sealed.seal()

    assert anchor.read_bytes() != before
    assert len(list(anchor.parent.glob("*.pem"))) == 1


def test_a_second_place_that_cannot_be_written_is_a_sentence_and_the_log_is_sealed(
    tmp_path: Path,
) -> None:
    made = scene(tmp_path)
    (tmp_path / "file").write_text("")
    made.happen(0, 1)
    nowhere = replace(made, keeping=replace(made.keeping, anchor=tmp_path / "file"))

    with pytest.raises(ConfigurationError, match="RECORDINGS_AUDIT_ANCHOR_DIR cannot be"):
        nowhere.seal()

    assert len(sealed_events(made.root)) == 1


def test_a_second_place_that_everybody_may_write_is_refused(sealed: Scene, tmp_path: Path) -> None:
    (tmp_path / "anchor").chmod(0o777)

    with pytest.raises(ConfigurationError, match="ANCHOR_DIR can be written by everybody"):
        sealed.seal()


def test_another_key_goes_on_with_the_log_and_has_to_be_trusted(
    sealed: Scene, tmp_path: Path
) -> None:
    (old,) = (sealed.root / layout.AUDIT_KEYS).iterdir()
    known = tmp_path / "known.pem"
    known.write_bytes(old.read_bytes())
    other = replace(sealed.keeping, key=tmp_path / "other.pem", anchor=None)
    sealed.happen(100, 1)
    with sealed.ledger() as ledger:
        seal(sealed.home, ledger.events, other, NOW + timedelta(days=1))

    (finding,) = verify_audit(sealed.root, other).findings

    assert "3 segments are signed by the key" in finding.cause
    assert not verify_audit(sealed.root, other, [known]).findings


def test_what_was_sealed_is_not_touched_again(sealed: Scene) -> None:
    folder = sealed.root / layout.AUDIT_SEGMENTS
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    sealed.happen(100, 1)

    sealed.seal()

    after = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 1


def test_a_backup_of_the_log_and_then_of_the_ledger_goes_on_where_it_is_put_back(
    tmp_path: Path,
) -> None:
    """As the README says; exports go on between the two copies, and while the ledger is copied."""
    origin = scene(tmp_path)
    origin.happen(0, EVENTS)
    origin.seal()
    (tmp_path / "restored").mkdir()
    restored = scene(tmp_path / "restored")
    shutil.copytree(origin.root / layout.AUDIT, restored.root / layout.AUDIT, dirs_exist_ok=True)
    with origin.ledger() as ledger:
        origin.happen(EVENTS, EVENTS)
        seal(origin.home, ledger.events, origin.keeping, NOW)
        with (
            closing(sqlite3.connect(origin.root / layout.LEDGER)) as source,
            closing(sqlite3.connect(restored.root / layout.LEDGER)) as copy,
        ):
            source.backup(copy)
    moved = Scene(restored.root, replace(origin.keeping, anchor=None))

    assert is_good(moved)
    moved.seal()

    assert is_good(moved)
    assert [event["seq"] for event in sealed_events(moved.root)] == [*range(1, 2 * EVENTS + 1)]
