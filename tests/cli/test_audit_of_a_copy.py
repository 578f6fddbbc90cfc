"""An auditor verifies a copy on media that take no byte, and nothing is written to any copy."""

import os
import sqlite3
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.storage.digests import digest_of
from recordings_pipeline.storage.ledger import Ledger
from tests.audited import EVENTS, SEGMENTS, Scene
from tests.cli.conftest import Enter

Out = pytest.CaptureFixture[str]


@pytest.fixture
def copy(sealed: Scene, tmp_path: Path) -> Generator[Path]:
    """Mount the directory once more, read-only: permissions would not stop an administrator."""
    folder = tmp_path / "media"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "--bind", sealed.root, folder], check=False).returncode
    ):
        pytest.skip("nobody may mount a directory here")
    with ExitStack() as stack:
        stack.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield folder


def edit(scene: Scene, sql: str) -> None:
    with closing(sqlite3.connect(scene.root / layout.LEDGER)) as ledger:
        ledger.execute(sql)
        ledger.commit()


def arguments(scene: Scene, folder: Path) -> dict[str, str]:
    return {
        "RECORDINGS_DATA": str(folder),
        "RECORDINGS_AUDIT_KEY_FILE": str(scene.keeping.key),
        "RECORDINGS_AUDIT_ANCHOR_DIR": str(scene.keeping.anchor),
    }


def test_a_copy_on_read_only_media_is_verified_with_its_ledger(
    sealed: Scene, copy: Path, enter: Enter, capsys: Out
) -> None:
    code = enter("audit", "verify", **arguments(sealed, copy))

    said = capsys.readouterr().out
    assert code == 0, said
    assert f"{SEGMENTS * EVENTS} events in {SEGMENTS} segments" in said


def test_a_change_shows_on_read_only_media_as_well(
    sealed: Scene, copy: Path, enter: Enter, capsys: Out
) -> None:
    edit(sealed, "UPDATE events SET outcome = 'missing' WHERE seq = 2")

    code = enter("audit", "verify", **arguments(sealed, copy))

    assert code == 1
    assert "ledger.db" in capsys.readouterr().out


def test_events_that_are_not_sealed_yet_are_shown_from_read_only_media(
    sealed: Scene, copy: Path, enter: Enter, capsys: Out
) -> None:
    sealed.happen(100, 2)

    assert enter("audit", "show", **arguments(sealed, copy)) == 0

    assert (
        len([line for line in capsys.readouterr().out.splitlines() if "000000000065" in line]) == 1
    )


def test_a_ledger_that_is_being_written_is_read_on_read_only_media(
    sealed: Scene, copy: Path, enter: Enter, capsys: Out
) -> None:
    with closing(Ledger(sealed.root / layout.LEDGER)) as ledger:
        sealed.happen(100, 2)
        assert (sealed.root / f"{layout.LEDGER}-wal").stat().st_size

        code = enter("audit", "verify", **arguments(sealed, copy))

        assert ledger.events.count_after(0) == SEGMENTS * EVENTS + 2
    said = capsys.readouterr().out
    assert code == 0, said
    assert "2 events are not sealed yet" in said


def test_a_torn_copy_of_a_ledger_is_not_taken_for_a_whole_one(
    sealed: Scene, copy: Path, enter: Enter, capsys: Out
) -> None:
    ledger, log = (sealed.root / f"{layout.LEDGER}{end}" for end in ("", "-wal"))
    with closing(Ledger(ledger)):
        sealed.happen(100, 2)
        torn = log.read_bytes()
    log.write_bytes(torn)

    code = enter("audit", "verify", **arguments(sealed, copy))

    assert code == 2
    assert "ledger.db-wal holds events" in capsys.readouterr().err


def test_verifying_changes_no_byte_of_the_ledger(sealed: Scene, enter: Enter) -> None:
    before = digest_of(sealed.root / layout.LEDGER)

    assert enter("audit", "verify", **arguments(sealed, sealed.root)) == 0

    assert digest_of(sealed.root / layout.LEDGER) == before


def test_a_ledger_of_another_version_is_told_and_left_as_it_is(
    sealed: Scene, enter: Enter, capsys: Out
) -> None:
    edit(sealed, "UPDATE facts SET value = '4' WHERE name = 'schema_version'")
    before = digest_of(sealed.root / layout.LEDGER)

    assert enter("audit", "verify", **arguments(sealed, sealed.root)) == 2

    assert "holds a ledger of version 4" in capsys.readouterr().err
    assert digest_of(sealed.root / layout.LEDGER) == before
