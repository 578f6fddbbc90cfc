"""`watch` journals what is there and ends with whoever started it."""

from pathlib import Path

from recordings_pipeline.watch.heartbeat import only_watcher
from tests.cli.conftest import COMMAND, run
from tests.watching import journal_of, names, put

AUDIO = "audio/date=2026-01-30/c/r.wav"


def test_a_watcher_whose_starter_is_gone_has_journaled_what_it_found(tmp_path: Path) -> None:
    path = put(tmp_path, AUDIO)
    # Half a line and no more: what a killed watcher has left.
    journal_of(tmp_path).parent.mkdir()
    journal_of(tmp_path).write_bytes(b'{"id": "')
    journal_of(tmp_path).chmod(0o600)

    done = run([*COMMAND, "watch", "--until-stdin-closes"], RECORDINGS_DATA=str(tmp_path))

    assert done.returncode == 0
    assert done.stderr == f"watching {tmp_path}/audio and {tmp_path}/incoming until Ctrl-C\n"
    assert path.is_file()
    # One that was written a moment ago may still grow: the next watcher journals it.
    assert names(tmp_path) in ({}, {AUDIO: 1})
    assert not journal_of(tmp_path).read_bytes().startswith(b'{"id": "\n')
    assert journal_of(tmp_path).stat().st_mode & 0o077 == 0


def test_a_directory_that_cannot_be_watched_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    done = run([*COMMAND, "watch"], RECORDINGS_DATA=str(file))

    assert done.returncode == 2
    assert "error: RECORDINGS_DATA cannot be watched" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_directory_that_is_watched_already_is_one_sentence(tmp_path: Path) -> None:
    with only_watcher(tmp_path):
        done = run([*COMMAND, "watch", "--data", str(tmp_path)])

    assert done.returncode == 2
    assert f"is watched by another process: {tmp_path}" in done.stderr
