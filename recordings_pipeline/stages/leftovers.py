"""What earlier runs left: parts nobody needs, files that have changed, codecs nobody wanted."""

import stat
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import NEEDS_NO_PART
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.trust import is_codec_wanted
from recordings_pipeline.stages.export import Export
from recordings_pipeline.storage.archive import set_aside
from recordings_pipeline.storage.parts import left_keys, remove_part


def clear_parts(export: Export) -> None:
    """Remove what a run that was killed left of recordings that need no part any more.

    Between the ledger's entry and the removal of the part is an instant; nobody else comes by, as
    what is exported is not fetched again.
    """
    folder = export.home.path(layout.PARTS)
    keys = {key: layout.recording_of(PurePosixPath(key + ".part")) for key in left_keys(folder)}
    standings = export.ledger.standings_of(sorted(set(keys.values())))
    for key, id_ in keys.items():
        if id_ in standings and standings[id_].verdict.outcome in NEEDS_NO_PART:
            remove_part(folder, key)


def notice_changed_files(export: Export, day: Day) -> None:
    """Make a recording due again when a file of it is not there, or has not the size it had.

    What lies there instead is moved to the quarantine. A look at each file's entry costs
    microseconds; that its bytes are the same is what `verify` is for.
    """
    for file in export.ledger.recordings.files(day):
        path = PurePosixPath(file["path"])
        reason = _change(export, path, file["stored_size_bytes"] or file["size_bytes"])
        if reason is not None:
            folder = layout.quarantine_folder(day, layout.DAMAGED)
            set_aside(export.home, path, folder, reason)
            verdict = Verdict(Outcome.DISCOVERED, reason)
            export.ledger.settle(file["recording_id"], verdict, export.now())


def notice_wanted_codecs(export: Export, day: Day) -> None:
    """Make a recording due again that was left out for a codec which somebody wants now."""
    for standing in export.ledger.recordings.of_unwanted_codecs(day):
        if is_codec_wanted(standing.verdict, export.engine.policy):
            verdict = Verdict(Outcome.DISCOVERED, "its codec is wanted now")
            export.ledger.settle(standing.recording_id, verdict, export.now())


def _change(export: Export, path: PurePosixPath, size: int) -> str | None:
    try:
        found = export.home.path(path).lstat()
    except FileNotFoundError:
        return f"its file was removed: {path}"
    if not stat.S_ISREG(found.st_mode):
        return f"something else lies in place of its file: {path}"
    if found.st_size != size:
        return f"its file has {found.st_size} bytes instead of {size}: {path}"
    return None
