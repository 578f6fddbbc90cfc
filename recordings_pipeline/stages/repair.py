"""Puts right what a verification found: damaged files aside, their recordings due again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Busy, ConfigurationError
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.verification import Fault, judge
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.archive import audio_days, set_aside
from recordings_pipeline.storage.file_look import FileReader
from recordings_pipeline.storage.raw_book import promise_of


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was made due again.

    Attributes:
        recording_ids: The next export of the day fetches them.
        problems: What could not be done, a sentence each.
    """

    day: Day
    recording_ids: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def require_audio(archive: Archive) -> None:
    """Refuse to repair when all audio is gone: then a disk is missing, and not the files.

    Raises:
        ConfigurationError: The ledger knows files, and there is no directory of any day.
    """
    count, _ = archive.ledger.archive.totals(date.min, date.max)
    if count and not audio_days(archive.home, date.min, date.max):
        raise ConfigurationError(
            "RECORDINGS_DATA",
            f"holds no audio at all, and the ledger knows {count} files: mount the disk it is on; "
            "nothing was repaired",
        )


def repair(archive: Archive, day: Day, faults: Iterable[Fault]) -> Repaired:
    """Move damaged files to the quarantine and make their recordings due, with an event each.

    Each is looked at once more under the day's lock: what was healed meanwhile is left alone.
    Files nobody knows are never touched.
    """
    broken = [fault for fault in faults if fault.cause.is_repairable]
    raws = [fault for fault in broken if PurePosixPath(fault.path).is_relative_to(layout.RAW)]
    damaged = dict.fromkeys(fault.recording_id for fault in broken if fault not in raws)
    done: list[str] = []
    problems: list[str] = []
    try:
        with archive.home.storing(), archive.home.day_lock(day):
            archive.require_sealable()
            reader = FileReader(archive.stop)
            for recording_id in damaged:
                try:
                    if _mend(archive, reader, day, recording_id):
                        done.append(recording_id)
                except OSError as error:
                    why = error.strerror or type(error).__name__
                    problems.append(f"{recording_id} could not be set aside: {why}")
            for fault in raws:
                if problem := _mend_raw(archive, reader, day, fault):
                    problems.append(problem)
                else:
                    done.append(fault.recording_id)
            archive.seal()
    except Busy as error:
        return Repaired(day, problems=(str(error),))
    return Repaired(day, tuple(done), tuple(problems))


def _mend_raw(archive: Archive, reader: FileReader, day: Day, fault: Fault) -> str:
    """Set a damaged transcript file aside, so that it is asked for again; say why if not."""
    sealed = archive.ledger.raws.at(fault.path)
    if sealed is None or not sealed.recording_id:
        return f"{fault.path} came through the drop folder: put it back from where it came"
    path, promise = PurePosixPath(sealed.path), promise_of(sealed)
    found = judge(promise, reader.look(archive.home.path(path), promise.size_bytes))
    if found is None:
        return f"{fault.path} was healed meanwhile"
    try:
        folder = layout.quarantine_folder(day, layout.DAMAGED)
        set_aside(archive.home, path, folder, found.reason)
    except OSError as error:
        return f"{fault.path} could not be set aside: {error.strerror or type(error).__name__}"
    archive.ledger.raws.forget(sealed.path)
    return ""


def _mend(archive: Archive, reader: FileReader, day: Day, recording_id: str) -> bool:
    """Make one recording due if a file of it is damaged; bytes are moved before that is said."""
    faults = []
    for promise in archive.ledger.archive.of(recording_id):
        path = archive.home.path(PurePosixPath(promise.path))
        fault = judge(promise, reader.look(path, promise.size_bytes))
        if fault is not None:
            faults.append(fault)
    for number, fault in enumerate(faults):
        if fault.path:
            folder = layout.quarantine_folder(day, layout.DAMAGED)
            moved = set_aside(archive.home, PurePosixPath(fault.path), folder, fault.reason)
            where = f"; set aside in {moved}" if moved else ""
            faults[number] = replace(fault, detail=fault.detail + where)
    if faults:
        verdict = Verdict(Outcome.DISCOVERED, f"verify: {faults[0].reason}")
        archive.ledger.settle(recording_id, verdict, archive.clock())
    return bool(faults)
