"""A conversation that was erased is nowhere, and does not come back."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.erasing import Erasure, Fate, Order
from recordings_pipeline.core.ingest import Fate as DropFate
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.core.trust import DEFAULT_POLICY
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.erasing import erase, survey
from recordings_pipeline.stages.ingest import ingest
from recordings_pipeline.stages.verify import verify
from tests.privacy.conftest import (
    DAY,
    LATER,
    ORDER,
    actions,
    export,
    paths_of,
    someone,
    tables_of,
)
from tests.sealed import sealed_events

_STRANGER = "00000000-0000-4000-8000-000000000001"


def put(archive: Archive, path: str, content: bytes = b"bytes") -> None:
    target = archive.home.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def test_bytes_rows_and_what_the_ledger_knew_are_gone_and_the_others_stay(
    archive: Archive, simulator: Simulator
) -> None:
    data, call, other = archive.home.root, someone(simulator), someone(simulator, 5)
    before, others = paths_of(data, call), (paths_of(data, other), tables_of(data, other))
    assert len(before) == 3  # folder, audio, transcript
    assert tables_of(data, call) == set(SCHEMAS) - {"export_audit"}

    (done,) = erase(archive, [call.conversation_id], ORDER)

    assert (done.fate, done.day, done.recording_count) == (Fate.ERASED, DAY, 1)
    assert (paths_of(data, call), tables_of(data, call)) == ([], set())
    assert (paths_of(data, other), tables_of(data, other)) == others
    kept = [path.read_bytes() for path in data.glob("ledger.db*")]
    assert not any(call.ani.encode() in content for content in kept)
    assert any(other.ani.encode() in content for content in kept)
    assert archive.ledger.totals.counts(DAY)[str(Outcome.ERASED)] == 1
    assert all(not found.fault_count for _, found in verify(archive, Span()))
    told = str(sealed_events(data))
    assert "DSAR-17" in told
    assert call.ani not in told


def test_who_erased_is_in_the_sealed_log(archive: Archive, simulator: Simulator) -> None:
    list(erase(archive, [someone(simulator).conversation_id], Order("DSAR-17", "a.smith")))

    events = sealed_events(archive.home.root)

    told = {event["action"]: event.get("actor") for event in events}
    assert (told["erasure.begun"], told["conversation.erased"]) == ("a.smith", "a.smith")
    assert told["recording.exported"] is None


def test_free_pages_of_the_ledger_hold_nobody(archive: Archive, simulator: Simulator) -> None:
    calls = simulator.world.calls(DAY.date)

    for call in calls:
        list(erase(archive, [call.conversation_id], ORDER))

    kept = [path.read_bytes() for path in archive.home.root.glob("ledger.db*")]
    left = {call.ani for call in calls if any(call.ani.encode() in one for one in kept)}
    assert left == set()


def test_tables_stay_what_their_contract_promises(archive: Archive, simulator: Simulator) -> None:
    paths = sorted(archive.home.root.glob("tables/*/*/part-0.parquet"))
    before = {path: pq.read_table(path, partitioning=None) for path in paths}
    call = someone(simulator)

    list(erase(archive, [call.conversation_id], ORDER))

    for path in paths:
        stays = [id_ != call.conversation_id for id_ in before[path]["conversation_id"].to_pylist()]
        assert pq.read_table(path, partitioning=None).equals(before[path].filter(stays))


def test_no_later_run_brings_it_back(archive: Archive, simulator: Simulator) -> None:
    data, call = archive.home.root, someone(simulator)
    list(erase(archive, [call.conversation_id], ORDER))
    archive.ledger.days.unsettle(DAY, "everything is asked once more")
    events = actions(data)

    export(simulator, data)

    assert (paths_of(data, call), tables_of(data, call)) == ([], set())
    assert not any(call.ani.encode() in path.read_bytes() for path in data.glob("ledger.db*"))
    new = {action for action, _ in actions(data)[len(events) :]}
    assert new == {"api.spent", "stage.started", "stage.finished", "preflight.checked"}


def test_what_comes_another_way_is_removed(archive: Archive, simulator: Simulator) -> None:
    data, call = archive.home.root, someone(simulator)
    list(erase(archive, [call.conversation_id], ORDER))
    put(archive, f"incoming/{call.recording_id}.wav")
    put(archive, f"incoming/conversation_id={call.conversation_id}/{_STRANGER}.wav_metadata.json")

    done = list(ingest(archive, DEFAULT_POLICY, quiet_s=0))

    assert [one.fate for one in done] == [DropFate.ERASED] * 2
    assert paths_of(data, call) == [f"incoming/conversation_id={call.conversation_id}"]


def test_parts_quarantine_and_what_waits_in_the_drop_folder_go_as_well(
    archive: Archive, simulator: Simulator
) -> None:
    data, call = archive.home.root, someone(simulator)
    id_ = call.recording_id
    for path in (
        f"audio/.parts/{id_}.part",
        f"audio/.parts/{id_}-2.json",
        f"quarantine/date={DAY}/{id_}",
        f"quarantine/date={DAY}/damaged/{id_}.wav.2",
        f"quarantine/date={DAY}/damaged/{id_}.wav.2.reason",
        f"quarantine/incoming/refused/{id_}.wav",
        f"raw/incoming/date={DAY}/{call.conversation_id}/x/{_STRANGER}.transcript.json",
        f"incoming/{id_}.wav",
    ):
        put(archive, path)
    put(archive, "quarantine/incoming/refused/take me.wav")
    reason = f"incoming/{id_}/take me.wav: refused"
    put(archive, "quarantine/incoming/refused/take me.wav.reason", reason.encode())
    put(archive, f"incoming/{_STRANGER}.wav", b"somebody else's")
    put(archive, f"audio/.parts/{_STRANGER}.part")

    (done,) = erase(archive, [call.conversation_id], ORDER)

    assert paths_of(data, call) == []
    assert not list(data.rglob("take me*"))
    assert len(list(data.rglob(f"*{_STRANGER}*"))) == 2
    assert done.file_count == 12


def test_a_dry_run_tells_the_same_and_touches_nothing(
    archive: Archive, simulator: Simulator
) -> None:
    data, call = archive.home.root, someone(simulator)
    before = paths_of(data, call), actions(data)

    told = list(survey(archive, [call.conversation_id, _STRANGER]))

    assert (paths_of(data, call), actions(data)) == before
    assert told[1].fate is Fate.UNKNOWN
    assert told[:1] == list(erase(archive, [call.conversation_id], ORDER))


def test_what_nobody_indexed_can_be_forbidden_in_advance(
    simulator: Simulator, tmp_path: Path, archive: Archive
) -> None:
    call, fresh = someone(simulator), tmp_path / "fresh"
    list(erase(archive, [_STRANGER], ORDER))
    assert archive.ledger.erasures.among([_STRANGER]) == frozenset()
    shutil.copytree(archive.home.root, fresh)
    for name in ("audio", "tables", "raw"):
        shutil.rmtree(fresh / name)
    with_all = Order("DSAR-17", "a person", is_in_advance=True)

    (done,) = erase(archive, [_STRANGER], with_all)

    assert list(erase(archive, [_STRANGER], ORDER)) == [done]
    assert done == Erasure(_STRANGER, None, Fate.ERASED)
    assert archive.ledger.erasures.among([_STRANGER, call.conversation_id]) == {_STRANGER}


def test_a_day_that_is_being_exported_is_left_for_another_time(
    archive: Archive, simulator: Simulator
) -> None:
    call = someone(simulator)
    with archive.home.day_lock(DAY):
        (busy,) = erase(archive, [call.conversation_id], ORDER)

    assert busy.fate is Fate.LEFT
    assert "another process" in busy.reason
    assert archive.ledger.erasures.among([call.conversation_id]) == frozenset()


def test_a_number_leads_to_its_conversations(archive: Archive, simulator: Simulator) -> None:
    call = someone(simulator)

    found = archive.ledger.erasures.conversations_with(call.ani.replace("tel:", "").strip())

    assert call.conversation_id in found
    assert archive.ledger.erasures.conversations_with("+15550000000000") == []


def test_a_table_that_cannot_be_read_is_removed(archive: Archive, simulator: Simulator) -> None:
    path = archive.home.path(layout.table_path("words", DAY))
    path.write_bytes(b"no table")

    list(erase(archive, [someone(simulator).conversation_id], ORDER))

    assert not path.exists()


def test_an_erasure_that_was_killed_after_its_tombstone_is_ended_by_the_next(
    archive: Archive, simulator: Simulator
) -> None:
    data, call = archive.home.root, someone(simulator)
    archive.ledger.erasures.begin(DAY, [call.conversation_id], ORDER, LATER)
    assert paths_of(data, call)

    (done,) = erase(archive, [], ORDER)

    assert done.conversation_id == call.conversation_id
    assert (paths_of(data, call), tables_of(data, call)) == ([], set())
    assert archive.ledger.erasures.pending() == {}


def test_a_run_of_its_day_ends_it_as_well(archive: Archive, simulator: Simulator) -> None:
    data, call = archive.home.root, someone(simulator)
    archive.ledger.erasures.begin(DAY, [call.conversation_id], ORDER, LATER)

    export(simulator, data)

    assert (paths_of(data, call), tables_of(data, call)) == ([], set())
    assert archive.ledger.erasures.pending() == {}
    assert ("conversation.erased", "erased") in actions(data)


@pytest.mark.slow
def test_killed_at_any_step_the_next_run_ends_it(
    data: Path, simulator: Simulator, tmp_path: Path
) -> None:
    call, program = someone(simulator), [sys.executable, "-m", "tests.privacy.killed"]
    named = [call.conversation_id, str(call.recording_id)]

    done = subprocess.run(
        [*program, str(data), str(tmp_path), *named], capture_output=True, text=True, check=True
    )

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["code"] for one in told] == [*[-signal.SIGKILL] * (len(told) - 1), 0]
    assert len(told) > 20
    assert all((one["again"], one["names"], one["tables"]) == (0, [], []) for one in told)


def test_erasing_again_changes_nothing(archive: Archive, simulator: Simulator) -> None:
    call = someone(simulator)
    list(erase(archive, [call.conversation_id], ORDER))
    events = actions(archive.home.root)

    (done,) = erase(archive, [call.conversation_id], ORDER)

    assert (done.fate, done.file_count) == (Fate.ERASED, 0)
    assert actions(archive.home.root) == events
