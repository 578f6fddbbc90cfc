"""`ingest` says what became of each file, and its exit code whether any was refused."""

from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.layout import INCOMING_QUIET_S
from recordings_pipeline.storage.ledger import Ledger
from tests.cli.conftest import Enter

UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Ledger(tmp_path / layout.LEDGER).close()
    (tmp_path / "incoming").mkdir()
    return tmp_path


def test_what_lies_there_is_shown_and_nothing_is_moved(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "incoming" / f"{UNKNOWN}.wav").write_bytes(b"noise")

    assert enter("ingest", "--list", "--data", str(data)) == 0

    (line,) = capsys.readouterr().out.splitlines()[1:]
    assert line.startswith(f"incoming/{UNKNOWN}.wav  5")
    assert "export the day of its conversation first" in line
    assert (data / "incoming" / f"{UNKNOWN}.wav").is_file()


def test_what_is_refused_is_a_line_and_an_exit_code(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "incoming" / "evil\x1b[2J.wav").write_bytes(b"noise")

    assert enter("ingest", RECORDINGS_DATA=str(data)) == 1

    out = capsys.readouterr().out
    assert out.startswith("quarantined: incoming/evil\\x1b[2J.wav: its name holds control")
    assert out.endswith("1 quarantined\n")
    assert enter("ingest", "--list", RECORDINGS_DATA=str(data)) == 0
    assert "quarantine/incoming/refused/evil\\x1b" in capsys.readouterr().out


def test_a_file_that_has_just_come_is_left_and_no_reason_to_fail(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "incoming" / f"{UNKNOWN}.wav").write_bytes(b"noise")

    assert enter("ingest", RECORDINGS_DATA=str(data)) == 0

    assert "1 left" in capsys.readouterr().out
    assert INCOMING_QUIET_S >= 5


def test_an_empty_drop_folder_is_said_so(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [
        enter("ingest", RECORDINGS_DATA=str(data)),
        enter("ingest", "--list", "--data", str(data)),
    ]

    assert codes == [0, 0]
    first, second = capsys.readouterr().out.splitlines()
    assert first == "nothing lies in incoming/"
    assert second == "nothing lies in incoming/, and nothing was set aside"
