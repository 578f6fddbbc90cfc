"""`erase` as a person types it."""

import io
from pathlib import Path

import pytest

from recordings_pipeline.simulator.server import Simulator
from tests.cli.conftest import Enter
from tests.privacy.conftest import paths_of, someone, tables_of

_STRANGER = "00000000-0000-4000-8000-000000000001"


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


def test_what_is_asked_about_is_not_called_erased(
    data: Path,
    simulator: Simulator,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    named = ("--conversation", someone(simulator).conversation_id, "--reason", "DSAR-18")

    assert enter("erase", *named, "--data", str(data)) == 130

    assert " would be erased " in capsys.readouterr().out


def test_a_dry_run_ends_as_the_run_would(
    data: Path, simulator: Simulator, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, ours = someone(simulator).conversation_id, ("--reason", "DSAR-18", "--data", str(data))
    enter("hold", "add", "--conversation", held, *ours)

    def codes(*named: str) -> list[int]:
        found = []
        for how in ("--dry-run", "--yes"):
            monkeypatch.setattr("sys.stdin", io.StringIO("+15550000000000\n"))
            found.append(enter("erase", *named, how, *ours))
        return found

    assert codes("--conversation", held) == [1, 1]
    assert codes("--conversation", _STRANGER) == [2, 2]
    assert codes("--number") == [1, 1]
    assert codes("--conversation", _STRANGER, "--in-advance") == [0, 0]


def test_a_new_directory_can_be_given_tombstones_and_holds_first(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = ("--conversation", _STRANGER, "--reason", "DSAR-18", "--data", str(tmp_path / "new"))
    other = ("--conversation", _STRANGER[:-1] + "2", *ours[2:])

    before = enter("erase", *ours, "--yes"), enter("hold", "add", *ours)
    codes = [
        enter("erase", *ours, "--in-advance", "--yes"),
        enter("hold", "add", *other, "--in-advance"),
        enter("erase", *other, "--in-advance", "--yes"),
    ]

    assert (before, codes) == ((2, 2), [0, 0, 1])
    assert "hold 1: DSAR-18" in capsys.readouterr().out


def test_who_holds_days_hears_what_is_gone_of_them(
    data: Path, simulator: Simulator, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    why = ("--reason", "CASE-4", "--data", str(data))
    day = ("--from", "2026-01-31", "--to", "2026-01-31")
    enter("erase", "--conversation", someone(simulator).conversation_id, "--yes", *why)
    enter("erase", "--conversation", _STRANGER, "--in-advance", "--yes", *why)

    assert enter("hold", "add", *day, *why) == 0

    told = capsys.readouterr().err
    assert "1 of their conversations were erased before, and cannot be held" in told
    assert "1 more were erased that nobody had indexed: they may be of these days" in told
