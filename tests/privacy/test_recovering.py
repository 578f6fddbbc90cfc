"""A ledger that was restored from a backup gets back what was erased and held since."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.erasing import Fate
from recordings_pipeline.core.holding import Person
from recordings_pipeline.core.invariants.history import events_add_up, nothing_is_done_again
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.stages.erasing import erase
from recordings_pipeline.stages.holding import hold, release
from recordings_pipeline.stages.recovering import lacking, recover
from recordings_pipeline.stages.verify import verify
from recordings_pipeline.storage.ledger import Ledger
from tests.cli.conftest import Enter
from tests.privacy.conftest import DAY, LATER, ORDER, export, paths_of, someone, tables_of
from tests.sealed import sealed_events

ALICE, BOB = Person("alice"), Person("bob")
BEFORE, AFTER = Span(date(2026, 1, 5), date(2026, 1, 6)), Span(date(2026, 2, 2), date(2026, 2, 3))
BACKED_UP = (layout.LEDGER, layout.TABLES, layout.AUDIO)


def copy(source: Path, target: Path) -> None:
    """Copy what a backup holds, in place of what is there."""
    for name in BACKED_UP:
        if (target / name).is_dir():
            shutil.rmtree(target / name)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(source / name, target / name)


@pytest.fixture
def restored(data: Path, simulator: Simulator, tmp_path: Path) -> Path:
    """The archive with ledger, tables and audio of before an erasure, two holds and releases."""
    with open_archive(data, clock=lambda: LATER) as archive:
        hold(archive, BEFORE, "CASE-3", ALICE)
    copy(data, tmp_path / "backup")
    with open_archive(data, clock=lambda: LATER) as archive:
        list(erase(archive, [someone(simulator).conversation_id], ORDER))
        hold(archive, [someone(simulator, 5).conversation_id], "CASE-4: a", ALICE)
        hold(archive, AFTER, "CASE-5", BOB)
        for number, by in ((1, ALICE), (1, BOB), (3, ALICE)):
            release(archive, number, "over", by)
    copy(tmp_path / "backup", data)
    return data


def test_tombstones_and_holds_come_back_and_the_log_goes_on(
    restored: Path, simulator: Simulator
) -> None:
    call, held = someone(simulator), someone(simulator, 5).conversation_id
    count = len(sealed_events(restored))
    with open_archive(restored, clock=lambda: LATER) as archive:
        recover(archive, lacking(archive), ALICE)
        states = [(one.what, one.state, one.held_by) for one in archive.ledger.holds.all()]
        reasons = [one.reason for one in archive.ledger.holds.all()]
        ended, kept = erase(archive, [held], ORDER)
        new = hold(archive, AFTER, "CASE-6", ALICE)[0].hold_id
        release(archive, 3, "over", ALICE)
        release(archive, 3, "over", BOB)
    export(simulator, restored)

    assert (ended.conversation_id, ended.fate) == (call.conversation_id, Fate.ERASED)
    assert (kept.fate, kept.reason) == (Fate.HELD, "hold 2: CASE-4: a")
    assert [state for _, state, _ in states] == ["released by alice and bob", "holds", "holds"]
    assert [by for *_, by in states] == ["alice", "alice", "bob"]
    assert (reasons, new) == (["CASE-3", "CASE-4: a", "CASE-5"], 4)
    assert (paths_of(restored, call), tables_of(restored, call)) == ([], set())
    assert not any(call.ani.encode() in path.read_bytes() for path in restored.glob("ledger.db*"))
    told = [
        e["object_id"] for e in sealed_events(restored)[count:] if e["action"] == "audit.recovered"
    ]
    assert told == [call.conversation_id, "hold/2", "hold/3", "hold/1", "ledger"]
    check(restored)


def check(data: Path) -> None:
    """Everything adds up: log, ledger, archive."""
    assert verify_audit(data, Keeping()).findings == ()
    with open_archive(data) as archive:
        assert list(events_add_up(archive.ledger.histories.of(DAY))) == []
        assert list(nothing_is_done_again(archive.ledger.histories.of(DAY))) == []
        assert all(not found.fault_count for _, found in verify(archive, Span()))
        assert not {str(Outcome.DISCOVERED), str(Outcome.RETRY)} & {
            *archive.ledger.totals.counts(DAY)
        }


def test_a_ledger_of_before_the_first_export_finds_everything_again(
    restored: Path, simulator: Simulator
) -> None:
    (restored / layout.LEDGER).unlink()
    Ledger(restored / layout.LEDGER).close()
    with open_archive(restored, clock=lambda: LATER) as archive:
        recover(archive, lacking(archive), ALICE)

    export(simulator, restored)

    assert paths_of(restored, someone(simulator)) == []
    check(restored)


def test_a_dry_run_tells_what_it_would_take_and_takes_nothing(
    restored: Path, simulator: Simulator, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = ("--data", str(restored))
    before = (restored / layout.LEDGER).read_bytes()

    dry = enter("audit", "recover", "--dry-run", *ours)
    told, after = capsys.readouterr().out, (restored / layout.LEDGER).read_bytes()
    codes = [enter("audit", "recover", *ours), enter("audit", "recover", *ours)]

    assert (dry, after == before, codes) == (0, True, [0, 0])
    assert "1 tombstones, 2 holds, 1 releases" in told
    assert someone(simulator).conversation_id in told
    text = capsys.readouterr().out
    assert f"export these days: {DAY}" in text
    assert "the ledger lacks nothing that is sealed" in text


def test_a_ledger_that_went_its_own_way_is_left_alone(restored: Path) -> None:
    with open_archive(restored) as archive:
        archive.ledger.holds.add([AFTER], "CASE-9", BOB, LATER)

        with pytest.raises(AuditBroken, match=r"written to after .* once more.*nothing was done"):
            lacking(archive)

        assert len(archive.ledger.holds.all()) == 2


def test_nothing_is_taken_out_of_a_log_that_was_changed(restored: Path) -> None:
    contents = {path: path.read_bytes() for path in (restored / layout.AUDIT_SEGMENTS).iterdir()}
    path, content = next(one for one in contents.items() if b"CASE-5" in one[1])
    path.chmod(0o600)
    path.write_bytes(content.replace(b"CASE-5", b"CASE-6"))

    with open_archive(restored) as archive, pytest.raises(AuditBroken, match="nothing was done"):
        lacking(archive)
