"""Where everything lies below the data directory; paths are relative to it."""

import re
from pathlib import PurePosixPath

from recordings_pipeline.core.days import Day

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FILE_OFID = re.compile(rf"(?P<id>{ID.pattern})(-\d+)?(\..*)?", re.DOTALL)

AUDIO = PurePosixPath("audio")
PARTS = AUDIO / ".parts"
TABLES = PurePosixPath("tables")
RESCUE_LIST = TABLES / "rescue_list" / "part-0.parquet"
# Where tables are written before they replace what readers see: no reader's glob finds it there.
STAGING = PurePosixPath(".staging")
RAW = PurePosixPath("raw")
AUDIT = PurePosixPath("audit")
AUDIT_SEGMENTS, AUDIT_KEYS = AUDIT / "segments", AUDIT / "keys"
AUDIT_MANIFEST = AUDIT / "manifest.jsonl"
AUDIT_LOCK = "audit"
QUARANTINE = PurePosixPath("quarantine")
# Folders of a day's quarantine: what was verified and differed, what was given another chance.
DAMAGED, REPLAYED = "damaged", "replayed"
LEDGER = PurePosixPath("ledger.db")
# Stands in its place where the ledger is a database, and says which.
LEDGER_MARK = PurePosixPath("ledger.postgres")
CATALOG = PurePosixPath("catalog.duckdb")
CATALOG_SCRIPT = PurePosixPath("catalog.sql")
LOCKS = PurePosixPath(".locks")
WATCH = PurePosixPath("watch")
JOURNAL = WATCH / "journal.jsonl"
HEARTBEAT = WATCH / "heartbeat.json"
# Where people and other programs put recordings that came another way.
INCOMING = PurePosixPath("incoming")
INCOMING_QUARANTINE = QUARANTINE / "incoming"
INCOMING_LOCK = "ingest"
# A copy over the network pauses; a file there that has not changed for so long has come.
INCOMING_QUIET_S = 5.0


def is_id(text: str) -> bool:
    """Say whether a text is a lower-case UUID, the only kind of id that becomes a file name."""
    return ID.fullmatch(text) is not None


def audio_path(
    day: Day, conversation_id: str, recording_id: str, number: int, extension: str
) -> PurePosixPath:
    """Return where one audio file lies.

    Args:
        day: The conversation's day.
        conversation_id: Its id.
        recording_id: The recording's id.
        number: 1 for the first file of the recording; a recording may have several.
        extension: Extension of the container, without the dot.

    Raises:
        ValueError: An id is not a lower-case UUID.
    """
    name = part_key(recording_id, number)
    if not is_id(conversation_id):
        raise ValueError("a conversation id is not a lower-case UUID")
    return AUDIO / f"date={day}" / conversation_id / f"{name}.{extension}"


def part_key(recording_id: str, number: int) -> str:
    """Name the file of a recording, without directory and extension.

    Raises:
        ValueError: The id is not a lower-case UUID.
    """
    if not is_id(recording_id):
        raise ValueError("a recording id is not a lower-case UUID")
    return recording_id if number == 1 else f"{recording_id}-{number}"


def call_page(id_: str) -> PurePosixPath:
    """Return what a page to look at a conversation or recording is called, wherever it lies."""
    return PurePosixPath(f"show-{id_}.html")


def quarantine_folder(day: Day, folder: str = "") -> PurePosixPath:
    """Return where a day's bytes that cannot be trusted lie, or a folder of it."""
    return QUARANTINE / f"date={day}" / folder


def recording_of(path: PurePosixPath) -> str:
    """Read the recording's id out of the name of one of its files; empty where there is none."""
    match = _FILE_OFID.fullmatch(path.name)
    return match["id"] if match else ""


def lock_path(name: str) -> PurePosixPath:
    """Return the file whose lock says that somebody works on a day, or on something else."""
    return LOCKS / f"{name}.lock"


def raw_incoming_folder(day: Day, conversation_id: str) -> PurePosixPath:
    """Return where what came beside a recording is kept as it is: metadata, transcripts."""
    return RAW / "incoming" / f"date={day}" / conversation_id


def table_path(stage: str, day: Day) -> PurePosixPath:
    """Return the one file that holds a stage's rows of a day."""
    return TABLES / stage / f"date={day}" / "part-0.parquet"


def raw_transcript_folder(day: Day) -> PurePosixPath:
    """Return where the source's own transcript files of a day are kept."""
    return RAW / "transcripts" / f"date={day}"


def raw_transcript_path(day: Day, recording_id: str) -> PurePosixPath:
    """Return where the source's own transcript file of a recording is kept, gzip-compressed."""
    if not is_id(recording_id):
        raise ValueError("a recording id is not a lower-case UUID")
    return raw_transcript_folder(day) / f"{recording_id}.json.gz"


def day_of(path: PurePosixPath) -> Day | None:
    """Read the day out of a path below the data directory; None where there is none."""
    for part in path.parts:
        if part.startswith("date="):
            try:
                return Day.from_key(part.removeprefix("date="))
            except ValueError:
                return None
    return None


def is_inside(path: str) -> bool:
    """Say whether a path below the data directory stays below it."""
    return not path.startswith("/") and not {"..", "."} & set(path.split("/")) and "\0" not in path
