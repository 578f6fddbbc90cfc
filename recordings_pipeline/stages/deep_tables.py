"""Do a day's published tables tell of the rows that the ledger has?"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.invariants.days import TableFacts
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.published import published_rows
from recordings_pipeline.storage.table_rows import unreadable

_MANIFEST = ("recording_id", "file_number", "outcome", "path", "size_bytes", "sha256")

Rows = set[tuple[Any, ...]]


def table_facts(archive: Archive, day: Day) -> tuple[list[TableFacts], set[str]]:
    """Return what is to be said of a day's tables, and the recordings that its index lists."""
    found = list(_readable(archive, day))
    bad = {facts.path for facts in found if facts.problem}
    listed: set[str] = set()
    index, manifest = (layout.table_path(stage, day) for stage in STAGES[:2])
    if str(index) not in bad:
        listed = {row["recording_id"] for row in _published(archive, index, ["recording_id"])}
        kept: Rows = {(row["recording_id"],) for row in archive.ledger.index_rows(day)}
        found.append(_difference(day, str(index), kept, {(id_,) for id_ in listed}))
    if str(manifest) not in bad:
        told = {_values(row) for row in _published(archive, manifest, _MANIFEST)}
        kept = {_values(row) for row in archive.ledger.recordings.manifest(day)}
        found.append(_difference(day, str(manifest), kept, told))
    return found, listed


def _published(
    archive: Archive, path: PurePosixPath, names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    if archive.home.path(path).is_file():
        yield from published_rows(archive.home.path(path), names)


def _readable(archive: Archive, day: Day) -> Iterator[TableFacts]:
    for stage in SCHEMAS:
        path = layout.table_path(stage, day)
        yield TableFacts(day, str(path), problem=unreadable(archive.home.path(path)))


def _difference(day: Day, path: str, kept: Rows, told: Rows) -> TableFacts:
    lacking = tuple(sorted({row[0] for row in kept - told}))
    strange = tuple(sorted({row[0] for row in told - kept} - set(lacking)))
    return TableFacts(day, path, lacking=lacking, strange=strange)


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _MANIFEST)
