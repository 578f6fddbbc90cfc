"""`watch` journals what is there and ends with whoever started it."""

from pathlib import Path

from recordings_pipeline.core.days import Day
from recordings_pipeline.watch.journal import read_arrivals
from tests.cli.conftest import COMMAND, run


def test_a_watcher_whose_starter_is_gone_has_journaled_what_it_found(tmp_path: Path) -> None:
    audio = tmp_path / "audio" / "date=2026-01-30" / "c" / "r.wav"
    audio.parent.mkdir(parents=True)
    audio.write_bytes(b"RIFF")

    done = run([*COMMAND, "watch", "--until-stdin-closes"], RECORDINGS_DATA=str(tmp_path))

    journal = tmp_path / "watch" / "journal.jsonl"
    assert done.returncode == 0
    assert done.stderr == f"watching {tmp_path}/audio until Ctrl-C\n"
    assert read_arrivals(journal, start=0, most_days=20).days == (Day.from_key("2026-01-30"),)
    assert journal.stat().st_mode & 0o077 == 0


def test_a_directory_that_cannot_be_watched_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    done = run([*COMMAND, "watch"], RECORDINGS_DATA=str(file))

    assert done.returncode == 2
    assert "error: RECORDINGS_DATA cannot be watched" in done.stderr
    assert "Traceback" not in done.stderr
