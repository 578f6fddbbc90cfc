"""What the demo takes from a person's environment, and what it refuses."""

from datetime import date
from pathlib import Path

import pytest

from recordings_pipeline.cli.demo import environment_of
from recordings_pipeline.core.timetable import first_day
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.world import World
from tests.cli.conftest import Enter

LONG_AGO = date(2019, 5, 4)
README = Path(__file__).parent.parent.parent / "README.md"


def test_nothing_of_the_real_organization_reaches_the_demo(tmp_path: Path) -> None:
    theirs = {"GENESYS_CLIENT_ID": "x", "RECORDINGS_QUOTA_GB": "1", "PATH": "/bin"}

    environ = environment_of(LONG_AGO, tmp_path, theirs)

    assert "GENESYS_CLIENT_ID" not in environ
    assert "RECORDINGS_QUOTA_GB" not in environ
    assert environ["PATH"] == "/bin"
    assert environ["RECORDINGS_DATA"] == str(tmp_path)


@pytest.mark.parametrize("theirs", ["nonsense", "2026-06-01", ""])
def test_the_day_of_the_demo_is_always_offered(tmp_path: Path, theirs: str) -> None:
    environ = environment_of(LONG_AGO, tmp_path, {"RECORDINGS_FIRST_DAY": theirs})

    assert first_day(environ) == LONG_AGO


def test_a_day_that_has_not_ended_is_refused(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    code = enter("demo", "--day", "2999-01-01", "--data", str(tmp_path / "data"))

    assert code == 2
    assert "2999-01-01 has not ended" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_directory_that_cannot_be_one_is_a_sentence(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    code = enter("demo", "--data", str(tmp_path / "file" / "data"))

    printed = capsys.readouterr()
    assert code == 2
    assert printed.err.startswith("error: RECORDINGS_DATA is not writable")
    assert printed.out == ""


def test_the_readme_shows_what_the_demo_prints_of_this_world() -> None:
    options = Options()
    calls = World(options.seed, options.shape).calls(date(2026, 1, 31))
    recordings = [recording for call in calls for recording in call.recordings]
    fetched = [r for r in recordings if r.media == "audio" and r.is_exportable]
    exported = [recording for recording in fetched if not recording.is_sensitive]
    shown: dict[str, list[str]] = {}
    for line in README.read_text().splitlines():
        words = line.split()
        if words[1:2] == ["2026-01-31"]:
            shown.setdefault(words[0], words[2:])

    index, files = shown["recording_index"], shown["audio_files"]
    assert index[:3] == [str(len(recordings)), str(len(calls)), "conversations,"]
    assert files[0] == str(len(recordings) + sum(r.file_count - 1 for r in exported))
    assert files[1:3] == [str(len(exported)), "exported,"]
    assert f"{len(fetched) - len(exported)} forbidden," in " ".join(files)
