"""`verify` and `replay` as a person types them: no credentials, one line per fault, exit codes."""

from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day
from tests.cli.conftest import DAY, Enter
from tests.conftest import Start, settings_of

RANGE = ("--from", str(DAY), "--to", str(DAY))
EXPORT = f"recordings-pipeline export --from {DAY} --to {DAY}"
NOISE = "the bytes are no known audio"


def test_a_damaged_archive_is_told_repaired_exported_and_clean(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(world="plain", calls_per_day=4)
    at = ("--data", str(tmp_path))
    enter("export", *RANGE, *at, **simulator.environment)
    path = next(tmp_path.glob("audio/date=*/*/*.wav"))
    path.write_bytes(path.read_bytes()[:-1])
    asked = simulator.traffic.api_requests
    capsys.readouterr()

    codes = [enter("verify", *at)]
    told = capsys.readouterr().out
    codes.append(enter("verify", *RANGE, *at, "--repair"))
    repaired = capsys.readouterr().out
    assert simulator.traffic.api_requests == asked
    enter("export", *RANGE, *at, **simulator.environment)
    capsys.readouterr()
    codes.append(enter("verify", *at, "--sample", "1", "--seed", "7"))
    clean = capsys.readouterr().out.splitlines()

    assert codes == [1, 1, 0]
    fault = told.splitlines()[0]
    assert fault.startswith(f"{path.relative_to(tmp_path)}: size differs: ")
    assert fault.endswith("; verify --repair, then export the day")
    assert told.splitlines()[-1].endswith("verify --repair")
    assert f"{DAY}: 1 recordings are due again\n{EXPORT}\n" in repaired
    assert "1 hashed (sample with --seed 7)" in clean[0]
    assert clean[-1] == "archive and ledger agree"


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--sample", "all"),
        ("verify", "--from", "2026-02-01", "--to", "2026-01-31"),
        ("replay", "--list", "--run"),
        ("replay", "--recording", "x"),
        ("replay", "--outcome", "missing"),
    ],
)
def test_what_makes_no_sense_is_exit_code_2(
    start: Start, tmp_path: Path, enter: Enter, arguments: tuple[str, ...]
) -> None:
    with open_export(settings_of(start(), tmp_path)):
        pass

    assert enter(*arguments, "--data", str(tmp_path)) == 2


@pytest.mark.parametrize("command", [("verify",), ("replay",), ("replay", "--list")])
def test_a_directory_without_a_ledger_is_told_and_left_as_it_is(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    code = enter(*command, "--data", str(tmp_path))

    assert code == 2
    assert "holds no ledger" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_quarantine_is_listed_and_replayed_and_exported_at_once(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(world="plain", calls_per_day=4)
    at = ("--data", str(tmp_path))
    with open_export(settings_of(simulator, tmp_path)) as export:
        index_day(export, DAY)
        id_ = next(iter(export.ledger.standings(DAY)))
        export.ledger.settle(id_, Verdict(Outcome.QUARANTINED, NOISE), export.now())
    folder = tmp_path / layout.quarantine_folder(DAY)
    folder.mkdir()
    (folder / id_).write_bytes(b"noise")

    codes = [enter("replay", "--list", *at)]
    listed = capsys.readouterr().out.splitlines()
    codes.append(enter("replay", "--run", *at))  # no credentials: nothing is moved
    refused = capsys.readouterr()
    codes.append(enter("replay", "--run", *at, **simulator.environment))
    replayed = capsys.readouterr().out.splitlines()
    codes.append(enter("replay", *at))
    nothing = capsys.readouterr().out

    assert codes == [0, 2, 0, 0]
    assert listed[0].split() == ["day", "recording", "reason", "bytes", "path"]
    assert listed[1].split() == [
        str(DAY), id_, *NOISE.split(), "5", f"{layout.quarantine_folder(DAY)}/{id_}"
    ]  # fmt: skip
    assert refused.out == ""
    assert replayed[0] == f"{DAY}: 1 recordings are due again"
    assert (folder / "replayed" / id_).read_bytes() == b"noise"
    assert list(tmp_path.glob(f"audio/date=*/*/{id_}.wav"))
    assert nothing == "nothing is quarantined\n"


def test_a_replay_without_export_prints_the_command_that_fetches(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_export(settings_of(start(calls_per_day=4), tmp_path)) as export:
        index_day(export, DAY)
        id_ = next(iter(export.ledger.standings(DAY)))
        export.ledger.settle(id_, Verdict(Outcome.QUARANTINED, NOISE), export.now())

    code = enter("replay", "--recording", id_, "--data", str(tmp_path))

    assert (code, capsys.readouterr().out.splitlines()[-1]) == (0, EXPORT)


def test_what_is_excluded_is_listed_and_replayed_once_its_codec_is_wanted(
    start: Start, tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_export(settings_of(start(calls_per_day=4), tmp_path)) as export:
        index_day(export, DAY)
        id_ = next(iter(export.ledger.standings(DAY)))
        reason = "wav/g729 is not in RECORDINGS_CODECS"
        export.ledger.settle(id_, Verdict(Outcome.EXCLUDED, reason), export.now())
    replay = ("replay", "--outcome", "excluded", "--data", str(tmp_path))

    enter(*replay, RECORDINGS_CODECS="ogg")
    unwanted = capsys.readouterr().out
    enter(*replay, "--list", RECORDINGS_CODECS="wav")
    listed = capsys.readouterr().out.splitlines()
    enter(*replay, RECORDINGS_CODECS="wav")
    wanted = capsys.readouterr().out.splitlines()

    assert unwanted.startswith("nothing is excluded and wanted by RECORDINGS_CODECS")
    assert listed[1].split() == [str(DAY), id_, *reason.split()]
    assert wanted == [f"{DAY}: 1 recordings are due again", EXPORT]
