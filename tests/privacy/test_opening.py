"""Whoever has the private key hears, sees and proves what is encrypted; who has not is told so."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha512
from pathlib import Path

import pytest

from recordings_pipeline import ExportReport
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.sealing import IDENTITY_FILE, keys_from
from recordings_pipeline.core.speech_schemas import AUDIO_CHANNELS
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.storage.tables import write_table
from tests.cli.conftest import Enter
from tests.conftest import settings_of
from tests.privacy.ages import KEY, OTHER_KEY, PRIVATE, PUBLIC, pyrage, rows, run
from tests.privacy.conftest import DAY, someone
from tests.privacy.searching import left_plain

NEEDS = "set RECORDINGS_AGE_IDENTITY_FILE to the file with the private key"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"# created: today\n{KEY}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def call(simulator: Simulator) -> Call:
    return someone(simulator)


def warnings(report: ExportReport, stage: str) -> tuple[str, ...]:
    return next(one.warnings for one in report.stages if one.stage == stage)


def test_the_page_plays_and_draws_what_the_key_opens(  # noqa: PLR0913, PLR0917 (fixtures)
    sealed: Path,
    call: Call,
    key_file: Path,
    tmp_path: Path,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "page.html"
    asked = ("show", call.conversation_id, "--data", str(sealed), "--output", str(page))

    assert enter(*asked) == 0
    without, warned = page.read_text(), capsys.readouterr().err
    assert enter(*asked, **{IDENTITY_FILE: str(key_file)}) == 0
    opened, silent = page.read_text(), capsys.readouterr().err

    assert warned == f"warning: sound that is not in the page: is encrypted: {NEEDS}\n"
    assert "Audio of it is encrypted" in without
    assert "<audio" not in without
    assert "data:audio/wav;base64," in opened
    assert len(opened) > len(without)
    assert silent == ""


def test_a_vcon_has_the_hash_of_the_sound(
    sealed: Path, call: Call, simulator: Simulator, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    url = ("--audio-url", "https://files.example.org")
    asked = ("export-transcript", call.conversation_id, "--format", "vcon", *url)

    assert enter(*asked, "--data", str(sealed)) == 0
    without = capsys.readouterr()
    assert enter(*asked, "--data", str(sealed), **PRIVATE) == 0
    (dialog,) = json.loads(capsys.readouterr().out)["dialog"]

    assert without.err == f"warning: 1 audio files are encrypted and have no hash: {NEEDS}\n"
    assert "content_hash" not in without.out
    digest = sha512(simulator.media(str(call.recording_id))).digest()
    assert dialog["content_hash"] == f"sha512-{urlsafe_b64encode(digest).decode().rstrip('=')}"
    assert dialog["filename"] == f"{call.recording_id}.wav"
    assert "url" not in dialog


@pytest.mark.slow
def test_what_nobody_has_listened_to_is_heard_with_the_key(
    simulator: Simulator, data: Path, tmp_path: Path
) -> None:
    heard, activity = rows(data, "audio_channels"), rows(data, "voice_activity")
    ours = tmp_path / "unheard"
    run(simulator, ours, **PUBLIC, RECORDINGS_VOICE="off")

    (told,) = warnings(run(simulator, ours), "voice_activity")
    unheard = rows(ours, "audio_channels")
    run(simulator, ours, **PUBLIC, **PRIVATE)
    again = run(simulator, ours, **PUBLIC, **PRIVATE)

    assert [
        one.counts.get("listened_to") for one in again.stages if one.stage == "voice_activity"
    ] == [0]
    assert told == f"{len(unheard)} files are encrypted and were never listened to: {NEEDS}"
    assert {row["problem"] for row in unheard} == {
        "encrypted with age: nobody here can listen to it"
    }
    assert (rows(ours, "audio_channels"), rows(ours, "voice_activity")) == (heard, activity)
    assert left_plain(ours, data) == []


def test_sound_that_another_detector_has_heard_stays_so_without_the_key_and_it_is_said(
    sealed: Path, simulator: Simulator
) -> None:
    before = rows(sealed, "audio_channels")
    older = [{**row, "detector": "energy-0"} for row in before]
    path = sealed / f"tables/audio_channels/date={DAY}/part-0.parquet"
    write_table(path, AUDIO_CHANNELS, older)

    (told,) = warnings(run(simulator, sealed), "voice_activity")
    kept = rows(sealed, "audio_channels")
    again = warnings(run(simulator, sealed, **PUBLIC, **PRIVATE), "voice_activity")

    theirs = f"8 files are encrypted and stay as energy-0 heard them: {NEEDS}"
    assert told == f"{theirs} to have {before[0]['detector']} listen"
    assert kept == older
    assert (rows(sealed, "audio_channels"), again) == (before, ())


def test_another_key_opens_nothing_and_says_which_file(
    sealed: Path, call: Call, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("export-transcript", call.conversation_id, "--format", "vcon")

    code = enter(*asked, "--data", str(sealed), RECORDINGS_AGE_IDENTITY=str(OTHER_KEY))

    assert code == 1
    error = capsys.readouterr().err
    assert error.endswith(f"{call.recording_id}.wav.age: is encrypted for another key\n")


def test_decrypt_takes_its_key_from_the_variable_as_well(  # noqa: PLR0913, PLR0917 (fixtures)
    sealed: Path, data: Path, call: Call, key_file: Path, tmp_path: Path, enter: Enter
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    asked = ("decrypt", call.conversation_id, "--data", str(sealed), "--output", str(out))

    assert enter(*asked) == 2
    assert enter(*asked, **{IDENTITY_FILE: str(key_file)}) == 0

    plain = {path.name: path for path in data.rglob(f"{call.recording_id}.*")}
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        name: path.read_bytes() for name, path in plain.items()
    }
    assert len(plain) == 2


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (str(KEY), 0o644, "can be read by others: chmod 600"),
        (str(KEY), 0o660, "can be read by others: chmod 600"),
        ("nothing", 0o600, "is no private key of age-keygen"),
        ("# only a comment", 0o600, "is no private key of age-keygen"),
        (None, 0o600, "cannot be read"),
    ],
    ids=["world", "group", "no key", "empty", "missing"],
)
def test_a_key_that_cannot_be_used_ends_a_run_before_it_begins(
    simulator: Simulator, tmp_path: Path, content: str | None, mode: int, problem: str
) -> None:
    path = tmp_path / "key.txt"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    settings = settings_of(simulator, tmp_path / "data", **{IDENTITY_FILE: str(path)})

    with pytest.raises(ConfigurationError, match=problem) as raised, open_export(settings):
        pass

    assert str(KEY) not in str(raised.value)
    assert raised.value.variable == IDENTITY_FILE


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({**PRIVATE, IDENTITY_FILE: "key.txt"}, "are both set: keep one"),
        ({"RECORDINGS_AGE_IDENTITY": "/etc/key.txt"}, "is named by RECORDINGS_AGE_IDENTITY_FILE"),
    ],
    ids=["both", "a path"],
)
def test_the_variables_of_the_key_are_told_apart(given: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as raised:
        keys_from(given)

    assert "AGE-SECRET-KEY" not in str(raised.value)


def test_nothing_shows_the_key(simulator: Simulator, tmp_path: Path) -> None:
    settings = settings_of(simulator, tmp_path / "data", **PRIVATE)

    with open_export(settings) as export:
        shown = repr(settings) + repr(export) + repr(export.keys)

    assert "AGE-SECRET-KEY" not in shown
    assert repr(KEY) != str(KEY) == str(pyrage.x25519.Identity.from_str(str(KEY)))
