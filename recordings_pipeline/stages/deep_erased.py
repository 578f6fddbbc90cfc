"""What there still is of what was erased: files, rows of the ledger, rows of tables."""

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.schema import EXPORT_AUDIT
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.invariants.erasures import Erased
from recordings_pipeline.core.schemas import AUDIO_FILES, SCHEMAS
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage import examination
from recordings_pipeline.storage.published import published_rows
from recordings_pipeline.storage.table_rows import unreadable
from recordings_pipeline.watch.forgetting import ids_with_names

_WHOSE = "conversation_id"
# These two tell of what was erased as well, with ids and nothing else.
_TELLING = frozenset({AUDIO_FILES.name, EXPORT_AUDIT.name})


def erased_recordings(archive: Archive) -> Iterator[Erased]:
    """Yield each erased recording, with files and names that have its id and rows of the ledger."""
    told = archive.ledger.histories.erased()
    if not told:
        return
    left: dict[str, list[str]] = {id_: [] for id_ in told}
    for entry in examination.entries(archive.home):
        if entry.kind == "directory":
            continue
        id_ = layout.recording_of(plain(PurePosixPath(entry.path)))
        if id_ in left:
            left[id_].append(entry.path)
    for id_, place in _named(archive, left.keys()):
        left[id_].append(place)
    for id_, is_told in told.items():
        rows = [f"the ledger's row of {one.path}" for one in archive.ledger.archive.rows_of(id_)]
        yield Erased(f"recording {id_}", (*left[id_], *rows), is_told)


def _named(archive: Archive, erased: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what is called after erased recordings, or their conversations, outside of folders."""
    standings = archive.ledger.standings_of(sorted(erased))
    whose = {one.conversation_id: id_ for id_, one in standings.items()} | {
        id_: id_ for id_ in erased
    }
    for named, id_ in whose.items():
        page = layout.call_page(named)
        if archive.home.path(page).exists():
            yield id_, str(page)
    whose |= archive.ledger.arrivals.of(sorted(erased))
    names = ids_with_names(archive.home.path(layout.JOURNAL), whose)
    for id_ in dict.fromkeys(whose[named] for named in names):
        yield id_, f"a name in {layout.JOURNAL}"


def erased_in_tables(archive: Archive, day: Day) -> Iterator[Erased]:
    """Yield the erased conversations of which a day's tables still have rows."""
    erased = {one.conversation_id for one in archive.ledger.histories.erasures()}
    if not erased:
        return
    for table in sorted(SCHEMAS.keys() - _TELLING):
        relative = layout.table_path(table, day)
        path = archive.home.path(relative)
        if _WHOSE not in SCHEMAS[table].names() or not path.is_file() or unreadable(path):
            continue
        found = {row[_WHOSE] for row in published_rows(path, [_WHOSE])}
        for id_ in sorted(erased & found):
            yield Erased(f"conversation {id_}", (str(relative),))


def plain(path: PurePosixPath) -> PurePosixPath:
    """Return a path without the dot that hides what is not published yet."""
    return path.with_name(path.name.lstrip("."))
