"""What lies in the drop folder becomes part of the archive, or says why it does not."""

import json
import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.ingest import CAME, Fate
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.trust import DEFAULT_POLICY, Policy
from recordings_pipeline.core.verification import total
from recordings_pipeline.simulator.options import EVERY_PERMISSION
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.ingest import Ingested, ingest, lying, set_aside_before
from recordings_pipeline.stages.verify import Lot, verify
from recordings_pipeline.storage.foreign_file import Changed
from recordings_pipeline.storage.foreign_file import opened as opened_file
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.sealed import sealed_events
from tests.simulator.raw import INTERVAL, caller
from tests.stages.conftest import DAY, Open

JOBS = "/api/v2/recording/jobs"
UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def export(start: Start, opened: Open) -> Export:
    """A day that was exported."""
    export = opened(start(world="plain", calls_per_day=4))
    for stage in ("recording_index", "audio_files"):
        run_stage(export, stage, DAY)
    return export


def ingested(export: Export, policy: Policy = DEFAULT_POLICY) -> list[Ingested]:
    return list(ingest(archive_of(export), policy, quiet_s=0))


def fates(export: Export) -> Counter[Fate]:
    return Counter(one.fate for one in ingested(export))


def a_file(export: Export, number: int = 0) -> dict[str, Any]:
    """Return the ledger's row of the n-th audio file of the day."""
    return dict(list(export.ledger.recordings.files(DAY))[number])


def content_of(export: Export, file: dict[str, Any]) -> bytes:
    return export.home.path(PurePosixPath(file["path"])).read_bytes()


def lose(export: Export, number: int = 0, outcome: Outcome = Outcome.MISSING) -> tuple[str, bytes]:
    """Take a recording's file away for good; return its id and its bytes."""
    file = a_file(export, number)
    content = content_of(export, file)
    export.home.path(PurePosixPath(file["path"])).unlink()
    export.ledger.settle(file["recording_id"], Verdict(outcome, "for a test"), export.now())
    return file["recording_id"], content


def drop(export: Export, name: str, content: bytes | dict[str, Any]) -> Path:
    path = export.home.path(layout.INCOMING / name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def standing(export: Export, recording_id: str) -> Verdict:
    return export.ledger.standings(DAY)[recording_id].verdict


def is_clean(export: Export) -> bool:
    return total(part for _, part in verify(archive_of(export), Span(), Lot())).is_clean


def everything(export: Export) -> list[bytes]:
    """Return the contents of all files there are, but for ledger, tables and what explains."""
    folders = (layout.AUDIO, layout.INCOMING, layout.QUARANTINE, layout.RAW)
    files = [path for name in folders for path in export.home.path(name).rglob("*")]
    return sorted(
        path.read_bytes() for path in files if path.is_file() and path.suffix != ".reason"
    )


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("{id}.wav", Outcome.MISSING),
        ("deep/er/a copy of {id} (1).bin", Outcome.QUARANTINED),
        ("{id}", Outcome.DISCOVERED),
        ("{id}.wav", Outcome.FORBIDDEN),
    ],
)
def test_a_recording_that_a_person_copies_is_taken_by_the_id_in_its_name(
    export: Export, name: str, outcome: Outcome
) -> None:
    before = a_file(export)
    id_, content = lose(export, outcome=outcome)
    path = drop(export, name.format(id=id_), content)

    (done,) = ingested(export)

    assert (done.fate, done.recording_id, done.day, done.reason) == (Fate.TAKEN, id_, DAY, "")
    assert a_file(export)["sha256"] == before["sha256"]
    assert standing(export, id_) == Verdict(Outcome.EXPORTED, CAME)
    assert not path.exists()
    assert is_clean(export)


def test_what_was_taken_is_in_the_manifest_and_in_the_audit_log(export: Export) -> None:
    id_, content = lose(export)
    drop(export, f"{id_}.wav", content)

    ingested(export)

    rows = read_rows(export.home.path(layout.table_path("audio_files", DAY)))
    (row,) = [row for row in rows if row["recording_id"] == id_]
    assert (row["outcome"], row["reason"], row["size_bytes"]) == ("exported", CAME, len(content))
    events = [e for e in sealed_events(export.home.root) if e["object_id"] == id_]
    assert [event["action"] for event in events[-2:]] == ["recording.exported", "incoming.taken"]


def test_an_export_to_a_bucket_is_taken_as_it_is_laid_out(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    simulator = start(
        world="plain",
        now=datetime(2026, 2, 5, tzinfo=UTC),
        calls_per_day=4,
        permissions=EVERY_PERMISSION,
        export_folder=str(tmp_path / "incoming"),
    )
    export = opened(simulator)
    run_stage(export, "recording_index", DAY)
    me = caller(simulator)
    query = {
        "action": "EXPORT",
        "integrationId": UNKNOWN,
        "conversationQuery": {"interval": INTERVAL},
    }
    job = me.post(JOBS, query).json["id"]
    while me.get(f"{JOBS}/{job}").json["state"] != "READY":
        pass
    me.send(f"{JOBS}/{job}", b'{"state":"PROCESSING"}', method="PUT")
    ids = {path.name.split(".")[0] for path in (tmp_path / "incoming").rglob("*.json")}

    found = fates(export)

    assert found == {Fate.TAKEN: len(ids), Fate.KEPT: len(ids)}
    assert ids
    assert len(list(tmp_path.glob(f"raw/incoming/date={DAY}/*/*_metadata.json"))) == len(ids)
    assert is_clean(export)
    run_stage(export, "audio_files", DAY)
    assert {id_ for id_ in ids if standing(export, id_).reason == CAME} == ids


def test_a_name_without_an_id_is_told_by_the_metadata_beside_it(export: Export) -> None:
    id_, content = lose(export)
    drop(export, "a call.wav", content)
    drop(export, "a call.wav_metadata.json", {"recordingId": id_.upper()})

    found = {one.path: one.fate for one in ingested(export)}

    assert found == {
        "incoming/a call.wav": Fate.TAKEN,
        "incoming/a call.wav_metadata.json": Fate.KEPT,
    }
    assert is_clean(export)


def test_the_same_bytes_once_more_are_noted_and_set_aside(export: Export) -> None:
    file = a_file(export)
    content = content_of(export, file)
    drop(export, f"{file['recording_id']}.wav", content)

    (done,) = ingested(export)

    assert done.fate is Fate.DUPLICATE
    ((path, size, reason),) = set_aside_before(archive_of(export))
    assert (path.parent, size) == (layout.INCOMING_QUARANTINE / "duplicate", len(content))
    assert "the same SHA-256" in reason
    assert a_file(export) == file


def test_other_bytes_for_an_exported_recording_replace_nothing(export: Export) -> None:
    file, other = a_file(export), a_file(export, 1)
    content = content_of(export, other)
    drop(export, f"{file['recording_id']}.wav", content)

    (done,) = ingested(export)

    assert (done.fate, a_file(export)) == (Fate.QUARANTINED, file)
    assert is_clean(export)


def test_two_files_of_one_recording_are_one_and_a_duplicate(export: Export) -> None:
    id_, content = lose(export)
    for name in (f"a/{id_}.wav", f"b/{id_}.wav"):
        drop(export, name, content)

    assert fates(export) == {Fate.TAKEN: 1, Fate.DUPLICATE: 1}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("{id}.wav", b"no audio at all", "no known audio container"),
        ("{id}.wav", b"", "empty"),
        ("{id}-2.wav", None, "one file of several"),
        ("{id} {other}.wav", None, "several recordings"),
        (f"{UNKNOWN}.wav", None, "no day that was indexed"),
        ("call.wav", None, "name a recording"),
        ("notes.txt", b"hello", "name a recording"),
        (f"{UNKNOWN}.wav_metadata.json", b"{}", "nothing that was indexed"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_moved_aside_with_its_reason(
    export: Export, name: str, content: bytes | None, reason: str
) -> None:
    id_, whole = lose(export)
    other = a_file(export)["recording_id"]
    path = drop(export, name.format(id=id_, other=other), whole if content is None else content)
    before = everything(export)

    (done,) = ingested(export)

    assert done.fate is Fate.QUARANTINED
    assert reason in done.reason
    ((aside, _, written),) = set_aside_before(archive_of(export))
    assert aside.parent == layout.INCOMING_QUARANTINE / "refused"
    assert reason in written
    assert everything(export) == before
    assert not path.exists()
    assert standing(export, id_).outcome is Outcome.MISSING


def test_a_truncated_recording_is_not_taken(export: Export) -> None:
    id_, content = lose(export)
    drop(export, f"{id_}.wav", content[: len(content) // 2])

    (done,) = ingested(export)

    assert (done.fate, standing(export, id_).outcome) == (Fate.QUARANTINED, Outcome.MISSING)


def test_a_codec_nobody_wants_is_set_aside_and_taken_when_it_is_wanted(export: Export) -> None:
    id_, content = lose(export)
    drop(export, f"{id_}.wav", content)
    (refused,) = ingested(export, replace(DEFAULT_POLICY, codecs=frozenset({"opus"})))
    ((aside, _, _),) = set_aside_before(archive_of(export))

    export.home.path(aside).rename(export.home.path(layout.INCOMING / aside.name))
    (taken,) = ingested(export)

    assert "is not in RECORDINGS_CODECS" in refused.reason
    assert taken.fate is Fate.TAKEN


def test_what_a_person_is_not_to_have_is_not_taken(export: Export) -> None:
    id_, content = lose(export, outcome=Outcome.ERASED)
    drop(export, f"{id_}.wav", content)

    (done,) = ingested(export)

    assert "erased on request" in done.reason
    assert standing(export, id_).outcome is Outcome.ERASED


def test_hostile_things_are_moved_aside_and_never_opened(export: Export) -> None:
    id_, content = lose(export)
    folder = drop(export, "x/ok.bin", content).parent
    (folder / f"{id_}.wav").symlink_to(folder / "ok.bin")
    os.mkfifo(folder / f"{id_}.ogg")
    with (folder / f"{id_}.mp3").open("wb") as file:
        file.truncate(1 << 41)
    drop(export, f"x/{id_}\n.wav", content)
    (folder / os.fsdecode(b"\xff" + id_.encode())).write_bytes(content)
    drop(export, "x/" + "y" * 240, content)

    done = ingested(export)

    assert {one.fate for one in done} == {Fate.QUARANTINED}
    assert len(done) == 7
    assert len(list(set_aside_before(archive_of(export)))) == 7
    assert standing(export, id_).outcome is Outcome.MISSING
    assert list(export.home.path(layout.INCOMING).rglob("*")) == [folder]


def test_a_sparse_file_with_the_head_of_a_recording_is_not_copied(export: Export) -> None:
    id_, content = lose(export)
    path = drop(export, f"{id_}.wav", content[:4_096])
    os.truncate(path, 3_000_000_000)

    (done,) = ingested(export)

    assert done.fate is Fate.QUARANTINED
    assert not list(export.home.path(layout.PARTS).iterdir())


def test_a_file_that_is_being_written_is_left_alone(export: Export) -> None:
    id_, content = lose(export)
    path = drop(export, f"{id_}.wav", content)

    with path.open("ab"):
        (written,) = ingested(export)
    (young,) = ingest(archive_of(export), DEFAULT_POLICY, quiet_s=3_600)

    assert (written.fate, written.reason) == (Fate.LEFT, "another program is writing it")
    assert (young.fate, young.reason) == (Fate.LEFT, "it is still being written")
    assert path.read_bytes() == content


def test_a_file_that_changes_while_it_is_read_is_noticed(export: Export) -> None:
    path = drop(export, "x", b"1234")

    with opened_file(path) as file:
        path.write_bytes(b"12345")
        with pytest.raises(Changed, match="changed while it was read"):
            file.read(lambda _block: None)
        path.unlink()
        path.write_bytes(b"another")
        file.remove(path)

    assert path.read_bytes() == b"another"


def test_a_day_that_is_being_exported_is_left_for_later_with_all_that_belongs_to_it(
    export: Export,
) -> None:
    id_, content = lose(export)
    drop(export, f"{id_}.wav", content)
    drop(export, f"{id_}.wav_metadata.json", {})

    with export.home.day_lock(DAY):
        busy = ingested(export)
    later = fates(export)

    assert [one.fate for one in busy] == [Fate.LEFT, Fate.LEFT]
    assert "another process" in busy[0].reason
    assert later == {Fate.TAKEN: 1, Fate.KEPT: 1}


def test_a_run_that_died_before_it_told_the_ledger_is_finished_by_the_next(export: Export) -> None:
    id_, content = lose(export)
    drop(export, f"{id_}.wav", content)
    ingested(export)
    # As it was when the file had its name, and the ledger did not know.
    export.ledger.settle(id_, Verdict(Outcome.MISSING, "for a test"), export.now())
    drop(export, f"{id_}.wav", content)

    (done,) = ingested(export)

    assert done.fate is Fate.TAKEN
    assert is_clean(export)


def test_a_foreign_file_under_the_name_is_not_replaced(export: Export) -> None:
    file = a_file(export)
    id_, content = lose(export)
    path = export.home.path(PurePosixPath(file["path"]))
    path.write_bytes(b"somebody's")
    drop(export, f"{id_}.wav", content)

    (done,) = ingested(export)

    assert "exists and is not ours" in done.reason
    assert path.read_bytes() == b"somebody's"


def test_what_lies_there_is_listed_and_nothing_is_changed(export: Export) -> None:
    id_, content = lose(export)
    for name in (f"{id_}.wav", f"{UNKNOWN}.wav", f"{id_}.wav_metadata.json"):
        drop(export, name, content)
    before = everything(export)

    found = {one.path: (one.recording_id, bool(one.reason)) for one in lying(archive_of(export))}

    assert found == {
        f"incoming/{id_}.wav": (id_, False),
        f"incoming/{UNKNOWN}.wav": ("", True),
        f"incoming/{id_}.wav_metadata.json": (id_, False),
    }
    assert everything(export) == before


def test_an_empty_drop_folder_is_nothing_to_do(export: Export) -> None:
    assert ingested(export) == []
