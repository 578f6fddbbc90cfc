"""What the demo takes from a person's environment, and what it refuses."""

from datetime import date
from pathlib import Path

import pytest

from recordings_pipeline.cli.demo import environment_of
from recordings_pipeline.core.settings import first_day
from tests.cli.conftest import Enter

LONG_AGO = date(2019, 5, 4)


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
