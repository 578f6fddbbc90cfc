"""Which files count as arrivals, what each is called in the journal, and what is never opened.

A file is told by its name, its size and the time of its last change: one that is replaced arrives
once more, one that a watcher sees again after a restart does not.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.file_kinds import FILE
from recordings_pipeline.core.transfer import MAX_BYTES

ARRIVED, REFUSED = "arrived", "refused"
# A file counts once it has not changed for so long.
QUIET_S = 1.0
# A watcher says that it lives every two seconds; one that is silent for so long does not.
STALE_S = 60.0
# What may follow `incoming` or a day in a run key.
INCOMING = layout.INCOMING.name
_KEY_CHARACTERS = 8
# What is left of a first line whose name was forgotten ends so.
_KNOWN_BY = re.compile(rb'"journal": "([0-9a-f]{8})"\} *\n')
_SURROGATE, _TOO_LARGE = re.compile("[\ud800-\udfff]"), 1 << 63
# `.part` and the like are what browsers, rsync, rclone and editors write; the S3 tools of AWS add a
# dot and eight hex digits until a file is whole.
_PART = re.compile(
    r"\..*|.*~|.*\.(part|partial|filepart|crdownload|tmp|temp|swp|aria2|!ut)|.*\.[0-9A-Fa-f]{8}",
    re.DOTALL | re.IGNORECASE,
)
# Texts and not paths: a tick that reads 10,000 lines took twice as long with these.
_INCOMING, _DAY = f"{INCOMING}/", re.compile(r"audio/date=([^/]{10})/")
_OUR_AUDIO = re.compile(
    rf"audio/date=\d{{4}}-\d\d-\d\d/{layout.ID.pattern}/{layout.ID.pattern}(-\d+)?"
    r"\.\w{1,8}(\.age)?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal.

    Attributes:
        id: Names the file as it was: 32 hex digits.
        kind: `ARRIVED` or `REFUSED`.
        name: Relative to the data directory; printable.
        reason: Why it was refused; empty otherwise.
        time: When it was written, ISO 8601.
        end: Byte of the journal after the line.
    """

    id: str
    kind: str
    name: str
    size_bytes: int
    time: str
    reason: str = ""
    end: int = 0

    @property
    def day(self) -> Day | None:
        """The day a file among the audio belongs to; None for anything else."""
        match = _DAY.match(self.name)
        try:
            return Day.from_key(match[1]) if match else None
        except ValueError:
            return None

    @property
    def place(self) -> str:
        """What it makes due: its day, or `INCOMING`; empty for nothing.

        What was refused in the drop folder is set aside by the run that takes the rest.
        """
        if self.name.startswith(_INCOMING):
            return INCOMING
        return str(self.day or "") if self.kind == ARRIVED else ""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a journal was read, small enough for a sensor's cursor.

    Attributes:
        journal: Which journal it is: another one is read from its beginning.
        byte: Where to read on.
        scan: The last file that was looked at because no watcher lives; empty for none.
        asked: Days, or the drop folder, for which a run was requested, with the key of the request:
            it is kept with the request, or not at all, so that the next reader knows that it was.
        is_owed: Whether more runs are due than were requested.
        looked: The hour in which the drop folder itself was last looked at.
    """

    journal: str = ""
    byte: int = 0
    scan: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    is_owed: bool = False
    looked: str = ""


def is_sound(entry: Entry) -> bool:
    """Say whether a line that was read holds what we write: anybody may append to a journal."""
    texts = (entry.id, entry.name, entry.reason)
    if not all(isinstance(text, str) and not _SURROGATE.search(text) for text in texts):
        return False
    is_size = type(entry.size_bytes) is int and 0 <= entry.size_bytes < _TOO_LARGE
    return is_size and bool(PurePosixPath(entry.name).parts)


def position_from(text: str | None) -> Position:
    """Read a cursor; what is none begins at the front: no event is kept twice."""
    try:
        found = json.loads(text or "{}")
        position = Position(**found) if isinstance(found, dict) else Position()
    except (TypeError, ValueError, RecursionError):
        return Position()
    return position if _is_cursor(position) else Position()


def _is_cursor(position: Position) -> bool:
    """Say whether a cursor holds what cursors hold: people edit them in the UI."""
    if not isinstance(position.asked, dict):
        return False
    asked = [*position.asked, *position.asked.values()]
    texts = [position.journal, position.scan, position.looked, *asked]
    is_byte = type(position.byte) is int and position.byte >= 0
    return is_byte and all(isinstance(text, str) for text in texts)


def position_text(position: Position) -> str:
    """Write a cursor."""
    found = {
        "journal": position.journal,
        "byte": position.byte,
        "scan": position.scan,
        "asked": dict(position.asked),
        "is_owed": position.is_owed,
        "looked": position.looked,
    }
    return json.dumps({name: value for name, value in found.items() if value})


def journal_key(first_line: bytes) -> str:
    """Name a journal by its first line, which holds an instant in microseconds."""
    if match := _KNOWN_BY.search(first_line):
        return match[1].decode()
    return hashlib.sha256(first_line).hexdigest()[:_KEY_CHARACTERS]


def arrival_id(name: str, size_bytes: int, changed_ns: int) -> str:
    """Name a file as it is: the same until it is replaced or changed."""
    text = f"{name}\0{size_bytes}\0{changed_ns}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def is_passed_over(name: str) -> bool:
    """Say whether the name of a file or directory is that of something hidden or unfinished."""
    return _PART.fullmatch(name) is not None


def refusal(name: str, kind: str, size_bytes: int) -> str:
    """Say why something with a name is never opened; empty for a file that may be.

    Args:
        name: Its path; bytes that are no UTF-8 as surrogates.
        kind: As `file_kinds.kind_of` names it.
        size_bytes: What it says it has, sparse or not.
    """
    if kind != FILE:
        return f"a {kind}, not a file"
    if not name.isprintable():  # surrogates are not
        return "its name holds control characters, or bytes that are no UTF-8"
    if size_bytes > MAX_BYTES:
        return f"{size_bytes} bytes: larger than any recording"
    return ""


def told_name(entry: Entry) -> str:
    """Name a file in the audit log, which holds nothing personal: people put numbers in names."""
    if _OUR_AUDIO.fullmatch(entry.name):
        return entry.name
    place = PurePosixPath(entry.name).parts[0]
    id_ = layout.recording_of(PurePosixPath(entry.name))
    return f"a file of {id_} in {place}/" if id_ else f"a file in {place}/"
