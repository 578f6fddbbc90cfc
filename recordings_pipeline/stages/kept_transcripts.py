"""One transcript after the other, from where it is kept: a plain file, an encrypted one, tables."""

from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.sealing import NEEDS_IDENTITY, SUFFIX, Identity, Locked, is_sealed
from recordings_pipeline.core.speech import Transcript
from recordings_pipeline.core.standings import ToldRecording
from recordings_pipeline.core.told_again import rest_from_text
from recordings_pipeline.core.transcript_file import transcript
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.told_tables import ToldTables
from recordings_pipeline.storage.age_files import OTHER_KEY, CannotOpen
from recordings_pipeline.storage.raw import read_raw, read_sealed_raw
from recordings_pipeline.storage.raw_book import SealedRaw


class KeptTranscripts:
    """Reads the day's transcripts in the order of its tables.

    A run takes what is encrypted from the tables it was published in, which costs little and needs
    no key. Who wants it read anew has the key.
    """

    def __init__(self, archive: Archive, day: Day, *, is_anew: bool) -> None:
        """Make ready.

        Raises:
            Locked: It is wanted anew, and there is no key.
        """
        self._archive = archive
        self._day = day
        self._is_anew = is_anew
        self._tables: ToldTables | None = None
        if is_anew and archive.keys.identity is None and archive.ledger.raws.has_any(day):
            raise Locked(f"transcript files of {day}", f"are encrypted: {NEEDS_IDENTITY}")

    def path(self, told: ToldRecording, sealed: SealedRaw | None) -> PurePosixPath:
        """Return where a transcript's file is; a plain one is newer than an encrypted one."""
        plain = layout.raw_transcript_path(self._day, told.recording_id)
        name = plain.with_name(plain.name + SUFFIX)
        is_there = self._archive.home.path(name).is_file()
        is_plain = self._archive.home.path(plain).is_file()
        return name if not is_plain and (sealed is not None or is_there) else plain

    def read(self, told: ToldRecording, sealed: SealedRaw | None) -> Transcript:
        """Read a transcript.

        Raises:
            MalformedPayload: Its file is damaged or gone.
            Locked: Nobody here can open it, and the tables do not have it.
        """
        names = told.conversation_id, told.communication_id, told.recording_id
        path = self.path(told, sealed)
        if not is_sealed(path.name):
            return transcript(read_raw(self._archive.home.path(path)), *names)
        if sealed is not None and not self._is_anew:
            found = self._from_tables(told, sealed)
            if found is not None:
                return found
        identity = self._archive.keys.identity
        if identity is None and sealed is None:  # as where the ledger is an older one
            raise MalformedPayload(path.name, "is encrypted, and the ledger does not know it")
        if identity is None:
            raise Locked(
                f"transcript files of {self._day}",
                "are encrypted, and tables made from them are gone, damaged or of another version: "
                f"{NEEDS_IDENTITY} and rebuild the day, or move {path.parent} away, so that they "
                "are asked for again",
            )
        return transcript(self._opened(path, identity), *names)

    def _from_tables(self, told: ToldRecording, sealed: SealedRaw) -> Transcript | None:
        if self._tables is None:
            self._tables = ToldTables(self._archive.home, self._day)
        rest = rest_from_text(sealed.rest)
        try:
            return None if rest is None else self._tables.of(told, rest)
        except MalformedPayload:
            return None

    def _opened(self, path: PurePosixPath, identity: Identity) -> bytes:
        try:
            return read_sealed_raw(self._archive.home.path(path), identity)
        except CannotOpen as error:
            if error.problem == OTHER_KEY:
                raise Locked(str(path), f"{error.problem} than {identity.name} holds") from None
            raise MalformedPayload(path.name, error.problem) from None
