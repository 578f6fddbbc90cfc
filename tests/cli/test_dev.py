"""`dev` looks at every variable before it starts anything."""

from pathlib import Path

import pytest

from tests.cli.conftest import Enter

ID = {"GENESYS_CLIENT_ID": "x"}
SECRET = {"GENESYS_CLIENT_SECRET": "y"}
FILE = {"GENESYS_CLIENT_SECRET_FILE": "/nowhere"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let relative paths lead into the test's directory."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        (ID, "GENESYS_CLIENT_SECRET"),
        (SECRET, "GENESYS_CLIENT_ID"),
        (FILE, "GENESYS_CLIENT_ID"),
        (ID | SECRET | {"GENESYS_REGION": "atlantis"}, "GENESYS_REGION"),
        (ID | SECRET | {"RECORDINGS_DATA": "file"}, "RECORDINGS_DATA"),
        ({"RECORDINGS_FIRST_DAY": "nonsense"}, "RECORDINGS_FIRST_DAY"),
        (ID | SECRET | {"DAGSTER_HOME": "file"}, "DAGSTER_HOME"),
    ],
    ids=[
        "no secret", "no id", "a file and no id", "a wrong region", "a file instead of a directory",
        "no date", "a home that is a file",
    ],
)  # fmt: skip
def test_a_wrong_variable_is_one_sentence_and_nothing_starts(
    environ: dict[str, str], variable: str, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").touch()

    code = enter("dev", "--port", "0", **environ)

    printed = capsys.readouterr()
    assert code == 2
    assert printed.err.startswith(f"error: {variable} ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_demo_directory_that_cannot_be_made_is_named(
    enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("data").touch()

    code = enter("dev")

    assert code == 2
    assert "is not writable" in capsys.readouterr().err
