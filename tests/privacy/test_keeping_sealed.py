"""What is encrypted is verified, repaired, ingested, erased and killed like anything else."""

import gzip
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Span
from recordings_pipeline.core.ingest import Fate
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.core.trust import DEFAULT_POLICY
from recordings_pipeline.core.verification import Cause, Fault
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.erasing import erase
from recordings_pipeline.stages.ingest import ingest
from recordings_pipeline.stages.repair import repair
from recordings_pipeline.stages.verify import verify
from tests.cli.conftest import Enter
from tests.privacy.ages import (
    KEY,
    OTHER_KEY,
    PRIVATE,
    PUBLIC,
    audio,
    pyrage,
    raw,
    run,
    tables,
)
from tests.privacy.conftest import DAY, ORDER, paths_of, someone
from tests.privacy.searching import left_plain

BOTH = {"RECORDINGS_AGE_RECIPIENTS": f"{KEY.to_public()},{OTHER_KEY.to_public()}"}


@pytest.fixture
def call(simulator: Simulator) -> Call:
    return someone(simulator)


def change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def faults(data: Path) -> list[Fault]:
    with open_archive(data) as archive:
        return [fault for _, found in verify(archive, Span()) for fault in found.faults]


def names(data: Path) -> set[str]:
    return {path.suffix for path in chain(raw(data), audio(data))}


def opens(path: Path, key: object) -> bool:
    try:
        pyrage.decrypt(path.read_bytes(), [key])
    except pyrage.DecryptError:
        return False
    return True


def test_a_changed_byte_of_a_transcript_is_seen_without_a_key_and_asked_for_again(
    sealed: Path, simulator: Simulator
) -> None:
    before, path = tables(sealed), raw(sealed)[0]
    change(path)

    found = faults(sealed)
    with open_archive(sealed) as archive:
        done = repair(archive, DAY, found)
    gone = path.exists()
    run(simulator, sealed)

    assert [(fault.cause, fault.path) for fault in found] == [
        (Cause.DIGEST, str(path.relative_to(sealed)))
    ]
    assert (done.recording_ids, done.problems) == ((path.name.partition(".")[0],), ())
    assert not gone
    assert path.exists()
    assert list(sealed.glob(f"quarantine/date=*/damaged/{path.name}"))
    assert (faults(sealed), tables(sealed)) == ([], before)


def test_a_transcript_file_that_somebody_removed_is_asked_for_again(
    sealed: Path, simulator: Simulator
) -> None:
    before, path = tables(sealed), raw(sealed)[0]
    path.unlink()

    assert [fault.cause for fault in faults(sealed)] == [Cause.MISSING]
    run(simulator, sealed)

    assert path.exists()
    assert (faults(sealed), tables(sealed)) == ([], before)


def test_a_file_that_the_ledger_does_not_know_is_set_aside_and_asked_for_again(
    sealed: Path, simulator: Simulator
) -> None:
    before, path = tables(sealed), raw(sealed)[0]
    with open_archive(sealed) as archive:
        archive.ledger.raws.forget(str(path.relative_to(sealed)))

    run(simulator, sealed)

    assert list(sealed.glob(f"quarantine/date=*/damaged/{path.name}"))
    assert path.exists()
    assert (faults(sealed), tables(sealed)) == ([], before)


def test_verify_decrypt_compares_what_is_in_the_files(
    sealed: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("verify", "--data", str(sealed), "--decrypt")

    codes = enter(*asked), enter(*asked, **PRIVATE)
    agree = capsys.readouterr()
    other = enter(*asked, RECORDINGS_AGE_IDENTITY=str(OTHER_KEY))
    locked = capsys.readouterr().out

    assert codes == (2, 0)
    assert "RECORDINGS_AGE_IDENTITY_FILE is not set" in agree.err
    assert "archive and ledger agree" in agree.out
    assert other == 1
    assert locked.count("is encrypted for another key") == len(raw(sealed)) + len(audio(sealed))


def test_what_was_encrypted_wrongly_is_found_with_the_key_only(
    sealed: Path, enter: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    path = raw(sealed)[0]
    with open_archive(sealed) as archive:
        kept = archive.ledger.raws.at(str(path.relative_to(sealed)))
        assert kept is not None
        other = replace(kept, plain=replace(kept.plain, sha256="0" * 64))
        archive.ledger.raws.keep([other], archive.clock())

    assert faults(sealed) == []
    assert enter("verify", "--data", str(sealed), "--decrypt", **PRIVATE) == 1

    assert f"{path.relative_to(sealed)}: content differs" in capsys.readouterr().out


def test_killed_at_any_point_the_next_run_ends_it(
    sealed: Path, data: Path, simulator: Simulator
) -> None:
    before = tables(sealed)
    first, second = raw(sealed)[:2]
    plain = {path.name: path for path in raw(data)}
    # Recorded, and not yet removed; named, and not yet recorded; begun, and not yet named.
    shutil.copy(plain[first.name.removesuffix(".age")], first.with_suffix(""))
    with open_archive(sealed) as archive:
        archive.ledger.raws.forget(str(second.relative_to(sealed)))
    shutil.copy(plain[second.name.removesuffix(".age")], second.with_suffix(""))
    shutil.copy(first.with_suffix(""), first.with_name(f".{first.stem}.new"))

    run(simulator, sealed)

    assert names(sealed) == {".age"}
    assert left_plain(sealed, data) == []
    assert (faults(sealed), tables(sealed)) == ([], before)


@pytest.mark.slow
@pytest.mark.parametrize("each", [1, 31], ids=["every step", "some steps"])
def test_killed_at_a_change_of_the_disk_it_is_ended_by_the_next(
    data: Path, tmp_path: Path, each: int
) -> None:
    command = [sys.executable, "-m", "tests.privacy.killed_sealing", str(data), str(tmp_path)]
    command += [str(KEY.to_public()), str(each)]

    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["code"] for one in told] == [*[-signal.SIGKILL] * (len(told) - 1), 0]
    assert {one["again"] for one in told} == {0}
    assert [one for one in told if one["plain"] or one["faults"]] == []
    assert {one["count"] for one in told} == {len(raw(data)) + len(audio(data))}
    assert len(told) > 80 / each


def test_what_is_encrypted_is_erased_like_anything(
    sealed: Path, simulator: Simulator, call: Call
) -> None:
    run(simulator, sealed)
    with open_archive(sealed) as archive:
        list(erase(archive, [call.conversation_id], ORDER))
        left = archive.ledger.raws.of_conversation(call.conversation_id)

    assert (paths_of(sealed, call), left) == ([], [])
    run(simulator, sealed)
    assert (paths_of(sealed, call), faults(sealed)) == ([], [])


def test_without_recipients_what_is_encrypted_stays_and_what_comes_is_plain(
    sealed: Path, simulator: Simulator
) -> None:
    before, path = tables(sealed), raw(sealed)[0]
    path.unlink()

    run(simulator, sealed, RECORDINGS_VOICE="energy")

    kept = {path.name for path in raw(sealed)}
    assert path.name.removesuffix(".age") in kept
    assert {name for name in kept if not name.endswith(".age")} == {path.name.removesuffix(".age")}
    assert (tables(sealed), faults(sealed)) == (before, [])


def test_another_recipient_opens_what_comes_from_then_on(
    sealed: Path, simulator: Simulator
) -> None:
    new, *others = raw(sealed)
    new.unlink()

    run(simulator, sealed, **BOTH)

    assert [opens(new, KEY), opens(new, OTHER_KEY)] == [True, True]
    assert {opens(path, OTHER_KEY) for path in (*others, *audio(sealed))} == {False}
    assert faults(sealed) == []


def test_what_comes_beside_recordings_is_encrypted_and_told_from_other_bytes(
    sealed: Path, call: Call, enter: Enter, tmp_path: Path
) -> None:
    name = f"{call.conversation_id}.wav_call_metadata.json"
    folder = sealed / "incoming"
    folder.mkdir(exist_ok=True)
    given = json.dumps({"conversationId": call.conversation_id, "note": "a secret word"})

    fates = []
    for content in (given, given, f"{given} "):
        (folder / name).write_text(content)
        with open_archive(sealed, keys=keys_from(PUBLIC)) as archive:
            fates += [one.fate for one in ingest(archive, DEFAULT_POLICY, quiet_s=0)]

    (kept,) = sealed.glob("raw/incoming/*/*/*")
    assert fates == [Fate.KEPT, Fate.DUPLICATE, Fate.QUARANTINED]
    assert kept.name == f"{name}.age"
    assert faults(sealed) == []
    asked = ("decrypt", call.conversation_id, "--data", str(sealed), "--output", str(tmp_path))
    assert enter(*asked, **PRIVATE) == 0
    assert (tmp_path / name).read_text() == given


def test_the_quarantine_is_encrypted_with_the_day(sealed: Path, simulator: Simulator) -> None:
    folder = sealed / f"quarantine/date={DAY}/damaged"
    folder.mkdir(parents=True)
    held = gzip.compress(b"words")
    for path in (folder / "x.json.gz", folder / "x.json.gz.age"):
        path.write_bytes(held)
        path.with_name(f"{path.name}.reason").write_text("because")

    run(simulator, sealed)

    assert sorted(path.name for path in folder.iterdir()) == [
        "x.json.gz.2.age",
        "x.json.gz.2.age.reason",
        "x.json.gz.age",
        "x.json.gz.age.reason",
    ]
    assert pyrage.decrypt((folder / "x.json.gz.2.age").read_bytes(), [KEY]) == held
