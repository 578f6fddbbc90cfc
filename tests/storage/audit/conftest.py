"""Sealed directories."""

import shutil
from pathlib import Path

import pytest

from tests.audited import Scene, scene_in, sealed_scene


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seal once, which takes a tenth of a second, for all tests to copy."""
    folder = tmp_path_factory.mktemp("pattern")
    sealed_scene(folder)
    return folder


@pytest.fixture
def sealed(pattern: Path, tmp_path: Path) -> Scene:
    """A directory with three sealed segments, its key and its anchor elsewhere."""
    shutil.copytree(pattern, tmp_path, dirs_exist_ok=True)
    return scene_in(tmp_path)
