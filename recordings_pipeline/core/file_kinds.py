"""What a mode of `os.stat` belongs to, in words."""

import stat

FILE = "file"
_KINDS = (
    (stat.S_ISREG, FILE),
    (stat.S_ISLNK, "symbolic link"),
    (stat.S_ISDIR, "directory"),
    (stat.S_ISFIFO, "FIFO"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISBLK, "block device"),
    (stat.S_ISCHR, "character device"),
)


def kind_of(mode: int) -> str:
    """Name what a mode of `os.stat` belongs to."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "strange thing")
