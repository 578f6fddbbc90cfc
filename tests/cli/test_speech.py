"""`export-transcript` and `show` as a person types them: what is printed, written and refused."""

import hashlib
import json
import re
import stat
from base64 import b64decode, urlsafe_b64decode
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from tests.cli.conftest import Enter
from tests.speech_tables import DAY, exported
from tests.spoken import CONVERSATION, FIRST, HOSTILE, SECOND

UNKNOWN = "00000000-0000-4000-8000-000000000000"
WAV = f"audio/date={DAY}/{CONVERSATION}/{FIRST}.wav"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    exported(tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("vtt", "WEBVTT\n"),
        ("srt", "1\n00:00:00,000 --> 00:00:01,000\nAnna A.: good morning\n"),
        ("rttm", f"SPEAKER {FIRST} 2 0.000 1.000 <NA> <NA> agent:"),
        ("ctm", f";; left out: 2 phrases without times of words\n{FIRST} B 0.000 0.090 good\n"),
        ("json", '{\n "conversation_id": '),
        ("vcon", '{\n "vcon": "0.4.0"'),
    ],
)
def test_each_format_is_printed_and_can_be_written_to_a_file(  # noqa: PLR0913, PLR0917 (fixtures)
    data: Path,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    kind: str,
    begin: str,
) -> None:
    wanted = ("export-transcript", CONVERSATION, "--format", kind, "--data", str(data))

    codes = [enter(*wanted), enter(*wanted, "--output", str(tmp_path / "new" / "file"))]

    printed = capsys.readouterr().out
    written = (tmp_path / "new" / "file").read_text()
    assert codes == [0, 0]
    assert printed.startswith(begin)
    if kind != "vcon":  # which tells when it was made
        assert written == printed
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_a_vcon_vouches_for_the_file_that_lies_there(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ("export-transcript", FIRST, "--format", "vcon", "--data", str(data))

    enter(*wanted, "--audio-url", "https://files.example.org/rec/")
    (dialog,) = json.loads(capsys.readouterr().out)["dialog"]
    enter(*wanted)
    (unaddressed,) = json.loads(capsys.readouterr().out)["dialog"]

    assert dialog["url"] == f"https://files.example.org/rec/{WAV}"
    name, digest = dialog["content_hash"].split("-", 1)
    assert name == "sha512"
    assert urlsafe_b64decode(digest + "==") == hashlib.sha512((data / WAV).read_bytes()).digest()
    assert unaddressed["content_hash"] == dialog["content_hash"]
    assert "url" not in unaddressed


@pytest.mark.parametrize(
    ("damage", "problem"), [("gone", "No such file"), ("cut", "SHA-256 differs")]
)
def test_a_vcon_vouches_for_no_file_that_differs(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str], damage: str, problem: str
) -> None:
    content = (data / WAV).read_bytes()
    (data / WAV).unlink()
    if damage == "cut":
        (data / WAV).write_bytes(content[:-1])

    code = enter("export-transcript", FIRST, "--format", "vcon", "--data", str(data))

    found = capsys.readouterr()
    assert (code, found.out) == (1, "")
    assert found.err.startswith(f"error: {WAV}: {problem}")
    assert "verify --repair" in found.err


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        ((UNKNOWN, "--format", "vtt"), 2, "export its day first"),
        (("x", "--format", "vtt"), 2, "use the UUID"),
        ((FIRST, "--format", "doc"), 2, "'doc' is not one of"),
        ((FIRST,), 2, "Missing option '--format'"),
        ((FIRST, "--format", "vtt", "--source", "audio"), 2, "audio has no words for vtt"),
        ((FIRST, "--format", "vtt", "--audio-url", "https://x"), 2, "--audio-url is for"),
        ((FIRST, "--format", "vtt", "--single-channel"), 2, "--single-channel is for"),
        ((FIRST, "--format", "vcon", "--audio-url", "http://x/"), 2, "no plain HTTPS address"),
        ((FIRST, "--format", "vcon", "--audio-url", "file:///x"), 2, "no plain HTTPS address"),
        ((FIRST, "--format", "vcon", "--audio-url", "https://x/?sig=1"), 2, "without ? and #"),
        ((FIRST, "--format", "vcon", "--audio-url", "https://u:p@x/"), 2, "holds credentials"),
        ((SECOND, "--format", "rttm", "--source", "audio"), 1, f"no turns of {SECOND} are known"),
        ((SECOND, "--format", "ctm"), 1, f"no words of {SECOND} are known"),
        (
            (FIRST, "--format", "vtt", "--output", "/proc/nothing/x"),
            2,
            "--output cannot be written",
        ),
    ],
)
def test_what_cannot_be_done_says_why_and_prints_nothing(  # noqa: PLR0913, PLR0917 (fixtures)
    data: Path,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    problem: str,
) -> None:
    assert enter("export-transcript", *arguments, "--data", str(data)) == code

    found = capsys.readouterr()
    assert problem in found.err
    assert found.out == ""


def test_a_directory_without_a_ledger_is_told(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enter("show", FIRST, "--data", str(tmp_path)) == 2
    assert "holds no ledger" in capsys.readouterr().err


def test_a_page_has_the_sound_inside_and_only_its_owner_reads_it(
    data: Path, enter: Enter, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "call.html"

    code = enter("show", CONVERSATION, "--data", str(data), "--output", str(target))

    text = target.read_text()
    sounds = re.findall('src="data:audio/wav;base64,([^"]*)"', text)
    assert (code, capsys.readouterr().out) == (0, f"{target}\n")
    assert b64decode(sounds[0]) == (data / WAV).read_bytes()
    assert len(sounds) == text.count("<svg") == 2
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "").replace(
        "http-equiv", ""
    )
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_sound_that_is_too_large_is_named_relative_to_the_page(
    data: Path, enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    enter("show", FIRST, "--data", "data", "--embed-mb", "0")

    (source,) = re.findall('src="([^"]*)"', (tmp_path / f"show-{FIRST}.html").read_text())
    assert source == f"data/{WAV.replace('=', '%3D')}"
    assert (data / WAV).is_file()


def test_hostile_words_come_out_inert_in_every_format_and_page(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(tmp_path, " ".join(text.encode(errors="replace").decode() for text in HOSTILE))

    for kind in ("vtt", "srt", "rttm", "ctm", "json", "vcon"):
        assert enter("export-transcript", FIRST, "--format", kind, "--data", str(tmp_path)) == 0
        assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f]", capsys.readouterr().out) == []
    target = tmp_path / "page.html"
    assert enter("show", FIRST, "--data", str(tmp_path), "--output", str(target)) == 0
    assert target.read_text().count("<script") == 1


def test_the_tables_of_another_day_are_never_read(data: Path, enter: Enter) -> None:
    other = data / layout.table_path("transcripts", DAY).parent.with_name("date=2026-02-01")
    other.mkdir()
    (other / "part-0.parquet").write_bytes(b"no table")

    assert enter("export-transcript", FIRST, "--format", "vtt", "--data", str(data)) == 0
