"""Nothing is destroyed or changed that the audit log could not tell of afterwards."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.holding import Person
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.replaying import Choice
from recordings_pipeline.core.trust import DEFAULT_POLICY
from recordings_pipeline.core.verification import Cause, Fault
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.erasing import erase, resume
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.holding import hold, release
from recordings_pipeline.stages.ingest import ingest
from recordings_pipeline.stages.repair import repair
from recordings_pipeline.stages.replay import replay
from recordings_pipeline.stages.retaining import retain
from tests.cli.conftest import Enter
from tests.conftest import settings_of
from tests.privacy.conftest import DAY, LATER, ORDER, actions, paths_of, someone

ALICE = Person("alice")
QUARANTINED = Choice(Outcome.QUARANTINED, None, DEFAULT_POLICY, frozenset())
Act = Callable[[Archive, str, str], Any]

ACTS: dict[str, Act] = {
    "erase": lambda archive, id_, _: list(erase(archive, [id_], ORDER)),
    "resume": lambda archive, *_: list(resume(archive)),
    "retain": lambda archive, *_: list(retain(archive, 30, "alice")),
    "hold": lambda archive, id_, _: hold(archive, [id_], "CASE-5", ALICE),
    "hold of days": lambda archive, *_: hold(archive, Span(DAY.date, DAY.date), "CASE-5", ALICE),
    "release": lambda archive, *_: release(archive, 1, "over", ALICE),
    "ingest": lambda archive, *_: list(ingest(archive, DEFAULT_POLICY, quiet_s=0)),
    "replay": lambda archive, *_: list(replay(archive, Span(), QUARANTINED)),
    "repair": lambda archive, _, recording: repair(archive, DAY, [fault(recording)]),
}


def fault(recording_id: str) -> Fault:
    return Fault(DAY, recording_id, f"audio/{recording_id}.wav", Cause.MISSING, "gone")


@pytest.fixture
def restored(data: Path, simulator: Simulator, tmp_path: Path) -> Path:
    """The archive with a ledger of before a hold and an erasure that is still going on."""
    with open_archive(data, clock=lambda: LATER) as archive:
        hold(archive, [someone(simulator, 5).conversation_id], "CASE-4", ALICE)
        begun = someone(simulator, 6).conversation_id
        archive.ledger.erasures.begin(DAY, [begun], ORDER, LATER)
    before = tmp_path / "before.db"
    shutil.copy(data / layout.LEDGER, before)
    with open_archive(data, clock=lambda: LATER) as archive:
        hold(archive, [someone(simulator).conversation_id], "CASE-4", ALICE)
    shutil.copy(before, data / layout.LEDGER)
    drop = data / layout.INCOMING / f"{someone(simulator).recording_id}.wav"
    drop.parent.mkdir(exist_ok=True)
    drop.write_bytes(b"bytes")
    return data


def everything(data: Path) -> dict[str, bytes]:
    """Return what an act could destroy or change: all bytes but locks and the ledger's file."""
    kept = (layout.AUDIO, layout.INCOMING, layout.TABLES, layout.AUDIT_SEGMENTS)
    files = (path for folder in kept for path in (data / folder).rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_with_a_ledger_of_before_the_last_seal_nothing_is_done(
    restored: Path, simulator: Simulator, act: Act
) -> None:
    call, before = someone(simulator), everything(restored)
    with open_archive(restored, clock=lambda: LATER) as archive:
        told = archive.ledger.events.count_after(0)

        with pytest.raises(AuditBroken, match=r"audit recover.*; nothing was done, and until"):
            act(archive, call.conversation_id, str(call.recording_id))

        assert archive.ledger.events.count_after(0) == told
        assert [one.state for one in archive.ledger.holds.all()] == ["holds"]
    assert everything(restored) == before


def test_a_stage_neither_ends_an_erasure_nor_asks_anybody(
    restored: Path, simulator: Simulator
) -> None:
    before, settings = everything(restored), settings_of(simulator, restored)
    with open_export(settings) as export:
        told, asked = export.ledger.events.count_after(0), simulator.traffic.api_requests

        with pytest.raises(AuditBroken, match="nothing was done") as failed:
            run_stage(export, "recording_index", DAY)

        assert export.ledger.events.count_after(0) == told
        assert simulator.traffic.api_requests == asked
        assert "audit/ away" not in str(failed.value)
    assert everything(restored) == before


def test_what_is_wrong_with_the_key_or_the_second_place_is_found_first(
    data: Path, simulator: Simulator, tmp_path: Path
) -> None:
    call, before = someone(simulator), everything(data)
    key, anchor = tmp_path / "open.pem", tmp_path / "anchor"
    key.write_bytes(b"a key")
    key.chmod(0o644)
    anchor.mkdir()
    (anchor / "head.json").write_bytes(b"no head")

    for keeping, problem in (
        (Keeping(key), f"others: chmod 600 {key}; nothing was done"),
        (Keeping(None, anchor), "move it away; nothing was done"),
    ):
        with (
            open_archive(data, keeping) as archive,
            pytest.raises(ConfigurationError, match=problem),
        ):
            list(erase(archive, [call.conversation_id], ORDER))

    assert everything(data) == before


def test_commands_seal_with_the_key_they_were_given(
    data: Path,
    simulator: Simulator,
    enter: Enter,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    call, key = someone(simulator), tmp_path / "open.pem"
    key.write_bytes(b"a key")
    key.chmod(0o644)
    named = ("--conversation", call.conversation_id, "--reason", "CASE-4", "--data", str(data))
    environ = {"RECORDINGS_AUDIT_KEY_FILE": str(key), "RECORDINGS_KEEP_DAYS": "1"}

    codes = [
        enter("hold", "add", *named, **environ),
        enter("erase", *named, "--yes", **environ),
        enter("retain", "--apply", "--data", str(data), **environ),
    ]

    assert codes == [2, 2, 2]
    assert capsys.readouterr().err.count("nothing was done") == 3
    assert paths_of(data, call)


def test_what_a_killed_run_left_open_is_sealed_first_and_then_nothing(data: Path) -> None:
    with open_archive(data) as archive:
        archive.ledger.events.finished("transcripts", DAY, LATER, is_done=True)

        archive.require_sealable()

        assert actions(data)[-1] == ("stage.finished", "done")
        before = everything(data)
        archive.require_sealable()
        assert everything(data) == before
