"""Audio that is encrypted at rest: no key on the exporter, and nothing is worse for it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline import ExportReport, RecordingExporter
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.core.verification import Cause
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.erasing import erase
from recordings_pipeline.stages.verify import verify
from recordings_pipeline.storage.tables import read_rows
from tests.cli.conftest import Enter
from tests.conftest import settings_of
from tests.privacy.conftest import DAY, ORDER, paths_of, someone

pyrage: Any = pytest.importorskip("pyrage")
_KEY = pyrage.x25519.Identity.generate()


def sealed(simulator: Simulator, data: Path) -> ExportReport:
    """Run the day once more, with a public key."""
    settings = settings_of(simulator, data, RECORDINGS_AGE_RECIPIENTS=str(_KEY.to_public()))
    with RecordingExporter(settings) as exporter:
        report = exporter.export_range(DAY.start, DAY.start + timedelta(days=1))
    assert report.failures == {}
    return report


def audio(data: Path) -> list[Path]:
    return sorted(data.glob("audio/date=*/*/*"))


def faults(data: Path) -> list[Cause]:
    with open_archive(data) as archive:
        return [fault.cause for _, found in verify(archive, Span()) for fault in found.faults]


def rows(data: Path, table: str) -> list[dict[str, Any]]:
    return read_rows(data / f"tables/{table}/date={DAY}/part-0.parquet")


def test_all_audio_is_encrypted_and_any_age_opens_it(data: Path, simulator: Simulator) -> None:
    plain = {path.name: path.read_bytes() for path in audio(data)}
    channels = rows(data, "audio_channels")
    before = {row["path"]: row["sha256"] for row in rows(data, "audio_files") if row["path"]}

    sealed(simulator, data)

    opened = {path.name: pyrage.decrypt(path.read_bytes(), [_KEY]) for path in audio(data)}
    assert {name.removesuffix(".age"): content for name, content in opened.items()} == plain
    assert all(name.endswith(".age") for name in opened)
    manifest = [row for row in rows(data, "audio_files") if row["path"]]
    assert {row["path"].removesuffix(".age"): row["sha256"] for row in manifest} == before
    for row in manifest:
        assert row["stored_size_bytes"] == (data / row["path"]).stat().st_size > row["size_bytes"]
    assert rows(data, "audio_channels") == channels
    assert faults(data) == []


def test_the_day_again_moves_nothing(data: Path, simulator: Simulator) -> None:
    sealed(simulator, data)
    before = {path: path.stat().st_mtime_ns for path in [*audio(data), *data.glob("tables/*/*/*")]}

    report = sealed(simulator, data)

    assert report.throughput.bytes_moved == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_verify_needs_no_key_to_see_a_changed_byte(data: Path, simulator: Simulator) -> None:
    sealed(simulator, data)
    path = audio(data)[0]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    assert faults(data) == [Cause.DIGEST]


@pytest.mark.slow
def test_killed_at_any_point_the_next_run_ends_it(data: Path, simulator: Simulator) -> None:
    first, second = audio(data)[:2]
    plain = first.read_bytes()
    second.with_name(second.name + ".age").write_bytes(b"named, and not yet recorded")
    sealed(simulator, data)
    first.write_bytes(plain)  # recorded, and not yet removed

    sealed(simulator, data)

    assert all(path.name.endswith(".age") for path in audio(data))
    assert faults(data) == []


def test_what_was_damaged_before_is_left_for_verify(data: Path, simulator: Simulator) -> None:
    path = audio(data)[0]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    sealed(simulator, data)

    assert path.exists()
    assert faults(data) == [Cause.DIGEST]


def test_what_is_encrypted_is_erased_like_anything(data: Path, simulator: Simulator) -> None:
    sealed(simulator, data)
    call = someone(simulator)
    with open_archive(data) as archive:
        list(erase(archive, [call.conversation_id], ORDER))

    assert paths_of(data, call) == []


def test_decrypt_gives_back_what_was_exported(
    data: Path,
    simulator: Simulator,
    tmp_path: Path,
    enter: Enter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    call, key, other = someone(simulator), tmp_path / "key.txt", tmp_path / "other.txt"
    key.write_text(f"# created: today\n{_KEY}\n")
    other.write_text(str(pyrage.x25519.Identity.generate()))
    for path in (key, other):
        path.chmod(0o600)
    ours = ("--output", str(tmp_path), "--data", str(data))
    named = ("decrypt", str(call.recording_id), "--identity")
    plain = enter(*named, str(key), *ours)
    sealed(simulator, data)

    wrong = enter(*named, str(other), *ours)
    nonsense = enter(*named, str(tmp_path / "none.txt"), *ours)
    done = enter(*named, str(key), *ours)
    again = enter(*named, str(key), *ours)

    assert (plain, wrong, nonsense, done, again) == (2, 1, 2, 0, 2)
    (path,) = tmp_path.glob(f"{call.recording_id}.[!j]*")
    assert path.read_bytes() == simulator.media(str(call.recording_id))
    shown = capsys.readouterr()
    assert str(path) in shown.out
    assert "AGE-SECRET" not in shown.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("age1nonsense", "lists public keys"),
        (f"{_KEY.to_public()},x", "lists public keys"),
        (str(_KEY), "holds a private key"),
    ],
    ids=["no key", "one is none", "private"],
)
def test_only_public_keys_are_taken(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as raised:
        keys_from({"RECORDINGS_AGE_RECIPIENTS": text})

    assert str(_KEY) not in str(raised.value)
