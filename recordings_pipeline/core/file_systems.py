"""Which file system a directory lies on, read out of what Linux tells of its mounts."""

from pathlib import PurePosixPath

# Their locks are those of another machine, or of none, and SQLite's write-ahead log needs memory
# that all its processes share (https://sqlite.org/wal.html).
_REMOTE = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2", "gfs2", "glusterfs",
        "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb2", "smb3", "smbfs",
    }
)  # fmt: skip
_OVER_FUSE = frozenset(
    {
        "blobfuse", "blobfuse2", "ceph", "curlftpfs", "davfs", "gcsfuse", "glusterfs", "goofys",
        "juicefs", "moosefs", "mountpoint-s3", "rclone", "s3fs", "s3ql", "smbnetfs", "sshfs",
    }
)  # fmt: skip
_FUSE = "fuse."


def file_system_of(path: PurePosixPath, mounts: str) -> str:
    """Name the file system a path lies on; empty when no line tells.

    Args:
        path: Absolute, with every link resolved.
        mounts: What `/proc/self/mountinfo` holds.
    """
    found, length = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if not after or len(fields) < _FIELDS:
            continue
        where = PurePosixPath(_plain(fields[_MOUNT_POINT]))
        # The last of several on one directory is the one that is seen.
        if path.is_relative_to(where) and len(where.parts) >= length:
            found, length = after.split(" ")[0], len(where.parts)
    return found


def is_remote(name: str) -> bool:
    """Say whether a file system belongs to another machine."""
    return name in _REMOTE or (name.startswith(_FUSE) and name.removeprefix(_FUSE) in _OVER_FUSE)


_MOUNT_POINT, _FIELDS = 4, 5


def _plain(field: str) -> str:
    """Undo what the kernel writes for blanks, tabs, line ends and backslashes."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, character)
    return field
