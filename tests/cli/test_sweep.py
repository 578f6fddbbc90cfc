"""`sweep` shows lost runs, ends them when told, and says what it lacks."""

from pathlib import Path

import pytest

from tests.cli.conftest import Enter
from tests.lost import NOBODY, lost_run


def test_a_lost_run_is_shown_and_ended_only_when_told(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    home = {"DAGSTER_HOME": str(tmp_path)}
    run_id = lost_run(tmp_path)

    codes = [enter("sweep", *words, **home) for words in ([], ["--end"], [])]

    printed = capsys.readouterr().out
    assert codes == [1, 0, 0]
    assert printed.count(run_id) == 2
    assert f"{NOBODY}, gone" in printed
    assert "`sweep --end` ends them" in printed
    assert "1 runs ended" in printed
    assert printed.endswith("every run that is shown as running has a process\n")


@pytest.mark.parametrize(
    ("home", "problem"),
    [("", "is not set"), ("nowhere", "is not a directory: nowhere")],
)
def test_without_a_home_it_says_what_is_missing(
    home: str, problem: str, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    code = enter("sweep", DAGSTER_HOME=home)

    assert code == 2
    assert f"error: DAGSTER_HOME {problem}" in capsys.readouterr().err
