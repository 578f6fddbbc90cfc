"""The directory of parts: what earlier runs have left there."""

from collections.abc import Sequence
from pathlib import Path

from recordings_pipeline.storage.group_record import GroupRecord, part_groups
from recordings_pipeline.storage.part_file import PartFile


def left_keys(folder: Path) -> frozenset[str]:
    """Return the keys of the parts that earlier runs have left, each with a record of its own."""
    part_groups(folder)
    return frozenset(path.name.lstrip(".").partition(".")[0] for path in folder.iterdir())


def remove_part(folder: Path, key: str) -> None:
    """Remove whatever an earlier run has left of a part."""
    for name in (f"{key}.part", f"{key}.json", f".{key}.json.new"):
        (folder / name).unlink(missing_ok=True)


def keep_group(folder: Path, parts: Sequence[PartFile]) -> None:
    """Remember verified parts and the names they are about to get, in one record."""
    records = [part.record for part in parts if part.record is not None]
    if records:
        group = GroupRecord(folder, records)
        for part in parts:
            part.group = group
