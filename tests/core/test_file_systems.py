"""A directory lies on the file system of the nearest mount above it."""

from pathlib import PurePosixPath

import pytest

from recordings_pipeline.core.file_systems import file_system_of, is_remote

MOUNTS = r"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /srv rw,relatime shared:1 - nfs4 server:/export rw,vers=4.2
31 30 254:1 / /srv/local\040disk rw - xfs /dev/vdb rw
40 22 0:50 / /mnt/share rw - ext4 /dev/vdc rw
41 40 0:51 / /mnt/share rw - cifs //server/share rw
42 22 0:52 / /home/x/cloud rw - fuse.rclone cloud: rw
"""


@pytest.mark.parametrize(
    ("path", "name", "remote"),
    [
        ("/data", "ext4", False),
        ("/srv", "nfs4", True),
        ("/srv/recordings", "nfs4", True),
        ("/srvx", "ext4", False),
        ("/srv/local disk/data", "xfs", False),
        ("/mnt/share/data", "cifs", True),
        ("/home/x/cloud/data", "fuse.rclone", True),
    ],
)
def test_the_nearest_mount_counts_and_the_last_one_on_it(
    path: str, name: str, *, remote: bool
) -> None:
    found = file_system_of(PurePosixPath(path), MOUNTS)

    assert (found, is_remote(found)) == (name, remote)


def test_what_nobody_tells_is_not_remote() -> None:
    assert file_system_of(PurePosixPath("/data"), "") == ""
    assert not is_remote("")
    assert not is_remote("fuse.encfs")
