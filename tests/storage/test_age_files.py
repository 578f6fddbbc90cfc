"""Encrypted files are streams: memory does not grow, and nothing plain has a name."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core.sealing import Identity
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.age_files import (
    DAMAGED,
    OTHER_KEY,
    CannotOpen,
    content_of,
    decrypt_into,
    encrypt,
    opened,
)

pyrage: Any = pytest.importorskip("pyrage")
KEY = pyrage.x25519.Identity.generate()
RECIPIENTS = [str(KEY.to_public())]
IDENTITY = Identity(Secret(str(KEY)), "RECORDINGS_AGE_IDENTITY")
CONTENT = os.urandom(200_000)


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    (tmp_path / "plain").write_bytes(CONTENT)
    encrypt(tmp_path / "plain", tmp_path / "sealed.age", tmp_path, RECIPIENTS)
    (tmp_path / "plain").unlink()
    return tmp_path / "sealed.age"


def test_what_is_opened_has_no_name_and_is_gone_afterwards(sealed: Path) -> None:
    with opened(sealed, sealed.parent, IDENTITY) as path:
        names = [found.name for found in sealed.parent.iterdir()]
        assert path.read_bytes() == path.read_bytes() == CONTENT

    assert names == ["sealed.age"]
    assert not path.exists()


@pytest.mark.parametrize(
    ("place", "key", "problem"),
    [
        (-1, KEY, DAMAGED),
        (len(CONTENT) // 2, KEY, DAMAGED),
        (0, KEY, DAMAGED),
        (None, pyrage.x25519.Identity.generate(), OTHER_KEY),
    ],
    ids=["its end", "its middle", "its head", "another key"],
)
def test_what_cannot_be_opened_says_why(
    sealed: Path,
    place: int | None,
    key: Any,  # noqa: ANN401 (a library without types)
    problem: str,
) -> None:
    content = bytearray(sealed.read_bytes())
    if place is not None:
        content[place] ^= 1
    sealed.write_bytes(content)
    identity = Identity(Secret(str(key)), "RECORDINGS_AGE_IDENTITY")

    with pytest.raises(CannotOpen) as raised:
        content_of(sealed, identity, 1_000_000)

    assert raised.value.problem == problem


def test_what_is_too_large_is_not_taken_into_memory(sealed: Path) -> None:
    with pytest.raises(CannotOpen, match="too large"):
        content_of(sealed, IDENTITY, len(CONTENT))


def test_a_full_disk_is_a_full_disk(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(CONTENT)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(OSError, match=r"File too large: .*other\.age"):
            encrypt(tmp_path / "plain", tmp_path / "other.age", tmp_path, RECIPIENTS)
        with (
            pytest.raises(OSError, match="File too large"),
            opened(sealed, tmp_path, IDENTITY),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "sealed.age"]


def test_a_disk_that_takes_no_more_ends_decryption(sealed: Path) -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(OSError, match="No space left"),
    ):
        decrypt_into(sealed, full, IDENTITY)


_LARGE = """
import resource, sys
from pathlib import Path
import pyrage
from recordings_pipeline.core.sealing import Identity
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.age_files import encrypt, opened
folder, key = Path(sys.argv[1]), pyrage.x25519.Identity.generate()
identity = Identity(Secret(str(key)), "RECORDINGS_AGE_IDENTITY")
def work(name, size):
    with (folder / name).open("wb") as file:
        file.truncate(size)
    encrypt(folder / name, folder / f"{name}.age", folder, [str(key.to_public())])
    with opened(folder / f"{name}.age", folder, identity) as path:
        assert path.stat().st_size == size
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = work("small", 1 << 20)
print(work("large", 512 << 20) - before)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_a_file_of_512_mb(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _LARGE, str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)

    assert int(done.stdout) < 16_000
