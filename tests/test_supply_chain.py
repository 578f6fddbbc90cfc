"""What is installed is what was tested: every version is pinned, and named with its reason."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# They come with Python, or are this project.
_NOT_OURS = {"pip", "setuptools", "wheel", "recordings-pipeline"}


def test_every_installed_package_has_the_version_that_everything_was_tested_with() -> None:
    pinned = dict(pins())

    installed = {named(found.name): found.version for found in distributions()}

    strangers = {
        name: version
        for name, version in installed.items()
        if name not in _NOT_OURS and pinned.get(name) != version
    }
    assert strangers == {}


def test_everything_we_ask_for_is_pinned() -> None:
    pinned = dict(pins())

    wanted = {
        named(found[0])
        for line in requires("recordings-pipeline") or ()
        if (found := re.match(r"[\w.-]+", line))
    }

    assert len(wanted) > 10
    assert wanted - set(pinned) == set()


def test_a_pin_is_a_name_and_one_version_and_stands_once() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    names = [name for name, _ in pins()]
    assert len(names) == len(set(names))


def test_an_audit_of_which_nobody_could_be_asked_fails() -> None:
    lines = [line.strip() for line in (ROOT / "Makefile").read_text().splitlines()]

    (command,) = [line for line in lines if line.startswith("$(SUPPLY)/bin/pip-audit")]

    assert {"--strict", "--requirement", "$(PINS)"} <= set(command.split())
    assert "PINS := constraints.txt" in lines


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_an_audit_of_fewer_pins_than_there_are_is_refused(tmp_path: Path) -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines(keepends=True)
    some = tmp_path / "some.txt"
    some.write_text("".join(lines[: len(lines) // 2]))

    codes = [
        subprocess.run(
            ["make", "--silent", "pins", *more], cwd=ROOT, capture_output=True, check=False
        ).returncode
        for more in ([], [f"PINS={some}"], [f"PINS={tmp_path / 'none.txt'}"])
    ]

    assert codes == [0, 2, 2]
    assert "audit: pins " in (ROOT / "Makefile").read_text()


def pins() -> Iterator[tuple[str, str]]:
    """Yield name and version of each pin."""
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        yield named(name), version


def named(name: str) -> str:
    """Return a package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
