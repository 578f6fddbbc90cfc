"""`sql` answers on a terminal, in a pipe and to a program; what is wrong is one sentence."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.speech_schemas import TRANSCRIPTS
from recordings_pipeline.storage.catalog import keep_catalog
from tests.cli.conftest import COMMAND, DAY, LIMIT_S, Enter, environment, run
from tests.unchecked import write_unchecked

HOSTILE = '=HYPERLINK("http://evil")\x1b[31m,\n[red]"'
SAID = f"SELECT text, confidence FROM transcripts WHERE date = '{DAY}'"


@pytest.fixture
def data(tmp_path: Path) -> str:
    phrase = {
        "conversation_id": "c",
        "communication_id": "m",
        "recording_id": "r",
        "transcript_id": "t",
        "phrase_index": 0,
        "side": "internal",
        "speaker_role": "agent",
        "is_ambiguous": False,
        "start_ms": 0,
        "end_ms": 5,
        "text": HOSTILE,
        "confidence": 0.5,
        "word_count": 1,
    }
    write_unchecked(tmp_path / table_path("transcripts", DAY), TRANSCRIPTS, [phrase])
    keep_catalog(tmp_path)
    return str(tmp_path)


def test_a_pipe_gets_csv_in_which_nothing_is_a_formula(
    data: str, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    code = enter("sql", SAID, "--data", data)

    header, row = csv.reader(io.StringIO(capsys.readouterr().out))
    assert code == 0
    assert header == ["text", "confidence"]
    assert row == ['\'=HYPERLINK("http://evil")\ufffd[31m, [red]"', "0.5"]


def test_json_says_exactly_what_was_said(
    data: str, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    code = enter("sql", SAID, "--data", data, "--format", "json")

    (line,) = capsys.readouterr().out.splitlines()
    assert code == 0
    assert json.loads(line) == {"text": HOSTILE, "confidence": 0.5}


def test_a_terminal_gets_a_table_without_anybody_s_colours(data: str) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "sql", SAID, "--data", data],
        stdout=theirs,
        stdin=subprocess.DEVNULL,
        env=environment(TERM="dumb", COLUMNS="100"),
    ) as process:
        os.close(theirs)
        shown = b""
        while block := _read(ours):
            shown += block
        assert process.wait(LIMIT_S) == 0
    os.close(ours)

    text = shown.decode()
    assert "text" in text
    assert "HYPERLINK" in text
    assert "[red]" in text
    assert "\x1b[31m" not in text


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody is at the other end any more
        return b""


def test_a_long_answer_is_cut_for_a_person_and_says_so(
    data: str, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    enter("sql", "FROM range(500)", "--format", "table", "--data", data)

    printed = capsys.readouterr()
    assert "199" in printed.out
    assert "200" not in printed.out
    assert "the first 200 rows" in printed.err


def test_a_query_may_come_from_standard_input(data: str) -> None:
    done = subprocess.run(
        [*COMMAND, "sql", "-", "--data", data],
        input="SELECT 42 AS answer",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )

    assert done.stdout == "answer\n42\n"


@pytest.mark.parametrize("query", ["SELEC 1", "SELECT x", "DROP VIEW words"])
def test_a_wrong_query_is_one_error_without_a_traceback(data: str, query: str) -> None:
    done = run([*COMMAND, "sql", query, "--data", data])

    assert done.returncode == 2
    assert done.stderr.startswith("error: the query ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_ctrl_c_ends_a_long_query_at_once(data: str) -> None:
    # Every pair of a billion and a thousand numbers, and none of them is found.
    query = "FROM range(1000000000) a, range(1000) b WHERE hash(a.range + b.range) = 3"
    with subprocess.Popen(
        [*COMMAND, "sql", query, "--data", data],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as process:
        _until_busy(process)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=LIMIT_S)

    assert process.returncode == 130
    assert told.splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in told


def _until_busy(process: "subprocess.Popen[str]") -> None:
    """Wait until a process has used three seconds of processor time: starting takes one."""
    enough = 3 * os.sysconf("SC_CLK_TCK")
    used = 0
    while used < enough and process.poll() is None:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        used = int(fields[11]) + int(fields[12])
        time.sleep(0.05)
