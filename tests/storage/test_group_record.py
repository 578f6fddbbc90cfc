"""One record says what a group of parts is about to be called, as long as anybody may need it."""

import json
from pathlib import Path

import pytest

from recordings_pipeline.storage.group_record import GroupRecord, part_groups
from recordings_pipeline.storage.side_record import SideRecord, read_record, write_record

RECORDS = [SideRecord(key, '"a"', 3, size=3, sha256="00", name=f"{key}.wav") for key in "ab"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_lies_there_until_the_last_of_its_parts_is_forgotten(tmp_path: Path) -> None:
    group = GroupRecord(tmp_path, RECORDS)
    assert names(tmp_path) == ["a.group"]

    group.forget("b")
    assert names(tmp_path) == ["a.group"]

    group.forget("a")
    assert names(tmp_path) == []


def test_what_a_killed_run_left_becomes_a_record_of_each_part(tmp_path: Path) -> None:
    write_record(tmp_path / "a.json", SideRecord("a", '"a"', 3, size=1))
    GroupRecord(tmp_path, RECORDS)

    part_groups(tmp_path)

    assert names(tmp_path) == ["a.json", "b.json"]
    found = [read_record(tmp_path / f"{key}.json", key) for key in "ab"]
    assert [record.name for record in found if record] == ["a.wav", "b.wav"]


def test_a_run_that_was_taken_for_dead_leaves_nothing(tmp_path: Path) -> None:
    group = GroupRecord(tmp_path, RECORDS)
    part_groups(tmp_path)

    group.forget("a")
    group.forget("b")

    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    ['[{"recording": "a", "et', "[3]", "3", '[{"recording": "a"}]', '[{"speaker": "a"}]'],
    ids=["torn", "no record", "no list", "no size", "other fields"],
)
def test_a_record_without_sense_counts_for_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.group").write_text(text)

    part_groups(tmp_path)

    assert names(tmp_path) == []


@pytest.mark.parametrize("key", ["../a", "/tmp/a", "a/../../a", "", 3])
def test_a_key_that_leads_elsewhere_is_not_followed(tmp_path: Path, key: str | int) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    record = {"recording": key, "etag": None, "total": 3, "name": "a.wav"}
    (folder / "a.group").write_text(json.dumps([record]))

    part_groups(folder)

    assert names(tmp_path) == ["parts"]
    assert names(folder) == []
