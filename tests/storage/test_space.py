"""What is on its way has room on the disk, and the reserve is never touched."""

import shutil
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import StorageFailed
from recordings_pipeline.storage.space import Space


def test_no_more_is_promised_than_there_is_above_the_reserve(tmp_path: Path) -> None:
    half = shutil.disk_usage(tmp_path).free // 2
    space = Space(tmp_path, reserve_bytes=half)

    space.claim(half // 2)
    with pytest.raises(StorageFailed, match="RECORDINGS_RESERVE_GB"):
        space.claim(half)
    space.release(half // 2)

    space.claim(half // 2)


def test_a_claim_that_was_refused_is_not_kept(tmp_path: Path) -> None:
    space = Space(tmp_path, reserve_bytes=0)

    with pytest.raises(StorageFailed):
        space.claim(10**18)

    space.claim(1)
