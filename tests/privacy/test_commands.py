"""`erase` as a person types it."""

import io
from pathlib import Path

import pytest

from recordings_pipeline.simulator.server import Simulator
from tests.cli.conftest import Enter
from tests.privacy.conftest import paths_of, someone, tables_of


def test_a_number_comes_from_standard_input_and_is_not_shown(
    data: Path,
    simulator: Simulator,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = someone(simulator)
    ours = ("--number", "--data", str(data))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{call.ani}\n"))
    shown = enter("erase", *ours, "--dry-run")
    left = paths_of(data, call)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{call.ani}\n"))
    done = enter("erase", *ours, "--reason", "DSAR-18", "--yes")

    text = capsys.readouterr().out
    assert (shown, done) == (0, 0)
    assert left
    assert (paths_of(data, call), tables_of(data, call)) == ([], set())
    assert call.conversation_id in text
    assert call.ani not in text


def test_nothing_goes_unless_somebody_confirms(
    data: Path, simulator: Simulator, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = someone(simulator)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    named = ("--conversation", call.conversation_id, "--reason", "DSAR-18")

    assert enter("erase", *named, "--data", str(data)) == 130
    assert paths_of(data, call)


def test_what_cannot_be_erased_is_named_with_what_to_do(
    data: Path, simulator: Simulator, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    call, stranger = someone(simulator), "00000000-0000-4000-8000-000000000001"
    ours = ("--reason", "DSAR-18", "--yes", "--data", str(data))

    codes = [
        enter("erase", *ours),
        enter("erase", "--conversation", "nonsense", *ours),
        enter("erase", "--conversation", stranger, *ours),
        enter("erase", "--conversation", str(call.recording_id), *ours),
        enter("erase", "--conversation", call.conversation_id, *ours[2:]),
        enter("erase", "--conversation", stranger, "--in-advance", *ours),
    ]

    assert codes == [2, 2, 2, 2, 2, 0]
    text = capsys.readouterr().err
    assert f"recording of the conversation {call.conversation_id}" in text
    assert "--in-advance forbids" in text
    assert paths_of(data, call)
