"""The data dictionary beside the data it describes."""

from pathlib import Path

from recordings_pipeline.core.dictionary import dictionary, is_untouched
from recordings_pipeline.storage.durable import is_regular, publish_bytes

NAME = "README.md"
# A dictionary has 20 kB; what is larger is somebody's own.
_MOST_BYTES = 1_000_000


def keep_dictionary(root: Path) -> bool:
    """Write the dictionary where there is none, or an older one; return whether it was written.

    What somebody else wrote, or changed, stays as it is.
    """
    path, text = root / NAME, dictionary()
    if not _may_be_written(path, text):
        return False
    publish_bytes(path, text.encode())
    return True


def _may_be_written(path: Path, text: str) -> bool:
    try:
        if not is_regular(path) or path.lstat().st_size > _MOST_BYTES:
            return False
        found = path.read_bytes().decode()
    except FileNotFoundError:
        return True
    except (OSError, UnicodeDecodeError):
        return False
    return found != text and is_untouched(found)
