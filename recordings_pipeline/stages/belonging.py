"""Whose is a file in the drop folder? Told by its name, its folder, and metadata beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.ingest import (
    Dropped,
    conversations_of,
    metadata_names,
    said_by_metadata,
)
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.foreign_file import small_content
from recordings_pipeline.watch.looking import Seen

_MOST_METADATA_BYTES = 65_536


@dataclass(slots=True)
class Found:
    """A file that lies in the drop folder, and whose it may be."""

    seen: Seen
    name: Dropped
    said: dict[str, str] = field(default_factory=dict)
    standings: list[Standing] = field(default_factory=list)
    day: Day | None = None

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.seen.name)


def look_up(archive: Archive, found: list[Found]) -> None:
    """Look up whose some files may be."""
    for one in found:
        names = (one.path,) if one.name.is_beside else metadata_names(one.path)
        one.said = _said(archive, names)
    ids = {id_ for one in found for id_ in _ids_of(one)}
    standings = archive.ledger.standings_of(sorted(ids))
    for one in found:
        one.standings = [standings[id_] for id_ in _ids_of(one) if id_ in standings]
        about = one.standings[0].recording_id if one.standings else one.name.about
        place = archive.ledger.archive.place_of(about)
        one.day = Day.from_key(place[0]) if place else None


def _ids_of(one: Found) -> tuple[str, ...]:
    """Return what may be the id of its recording: its name is believed first."""
    named = one.name.ids or (one.name.about or one.said.get("recordingId", ""),)
    return tuple(id_ for id_ in named if id_)


def _said(archive: Archive, names: Iterable[PurePosixPath]) -> dict[str, str]:
    for path in names:
        content = small_content(archive.home.path(path), _MOST_METADATA_BYTES)
        if content:
            return dict(said_by_metadata(content))
    return {}


def is_erased(archive: Archive, found: Found) -> bool:
    """Say whether a file belongs to a conversation that was erased."""
    whose = conversations_of(found.path, found.said, found.standings)
    return bool(archive.ledger.erasures.among(whose))
