"""A day that was exported keeps every invariant; whatever breaks one is named."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.erasing import Order
from recordings_pipeline.core.holding import Person
from recordings_pipeline.core.invariants.violation import SHOWN_BY_RUNS, STATEMENTS, Violation
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.day import export_day
from recordings_pipeline.stages.deep_check import examine_archive
from recordings_pipeline.stages.erasing import erase
from recordings_pipeline.stages.export import open_export
from tests.conftest import settings_of
from tests.stages.conftest import DAY

SECRET = "hush-hush-hush"
# After every retry of the day, none of which is due at its end.
END_OF_DAY = DAY.end + timedelta(days=3)


def at_the_end() -> datetime:
    return END_OF_DAY


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small day, exported once for all tests."""
    data = tmp_path_factory.mktemp("exported") / "data"
    with (
        Simulator(Options(calls_per_day=8)) as simulator,
        open_export(settings_of(simulator, data), clock=at_the_end) as export,
    ):
        for _ in export_day(export, DAY):
            pass
    return data


@pytest.fixture
def archive(exported: Path, tmp_path: Path) -> Generator[Archive]:
    """A copy of it that a test may break."""
    data = tmp_path / "data"
    shutil.copytree(exported, data, symlinks=True)
    with open_archive(data, clock=at_the_end) as opened:
        yield opened


def found_in(archive: Archive, quota_bytes: int | None = None) -> dict[str, list[Violation]]:
    found = examine_archive(archive, secrets=[SECRET], quota_bytes=quota_bytes)
    return {name: violations for name, violations in found.violations.items() if violations}


def test_an_exported_day_keeps_every_invariant(archive: Archive) -> None:
    assert found_in(archive) == {}


def audio(archive: Archive) -> Path:
    return min(archive.home.path(layout.AUDIO).glob("date=*/*/*"))


def flip_a_bit(archive: Archive) -> None:
    content = bytearray(audio(archive).read_bytes())
    content[len(content) // 2] ^= 1
    audio(archive).write_bytes(content)


def change(archive: Archive, *statements: str) -> None:
    with closing(sqlite3.connect(archive.home.path(layout.LEDGER))) as db, db:
        for statement in statements:
            db.execute(statement)


def forget_an_event(archive: Archive) -> None:
    change(
        archive,
        "DELETE FROM events WHERE seq = "
        "(SELECT max(seq) FROM events WHERE action = 'recording.exported')",
    )


def export_twice(archive: Archive) -> None:
    change(
        archive,
        "UPDATE events SET outcome = 'exported', action = 'recording.exported' "
        "WHERE action = 'recording.discovered'",
    )


def tamper_with_the_log(archive: Archive) -> None:
    path = min(archive.home.path(layout.AUDIT_SEGMENTS).iterdir())
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"2026", b"2027", 1))


def tear_a_table(archive: Archive) -> None:
    path = archive.home.path(layout.table_path("transcripts", DAY))
    os.truncate(path, path.stat().st_size // 2)


def outdate_a_table(archive: Archive) -> None:
    path = archive.home.path(layout.table_path("audio_files", DAY))
    shutil.copy(path.with_name("part-0.parquet"), path.with_name("older"))
    change(archive, "UPDATE files SET sha256 = sha256 || 'x'")
    path.with_name("older").replace(path)


def lose_a_recording(archive: Archive) -> None:
    change(
        archive,
        "DELETE FROM recordings WHERE recording_id = (SELECT min(recording_id) FROM recordings)",
    )


def owe_a_recording(archive: Archive) -> None:
    stands = "outcome = 'retry', reason = 'r', retry_time = '2026-02-01T00:00:00.000000+00:00'"
    change(archive, f"UPDATE recordings SET {stands}")


def leave_a_part(archive: Archive) -> None:
    archive.home.path(layout.PARTS / f"{audio(archive).stem}.part").write_bytes(b"x")


def leave_a_new_file(archive: Archive) -> None:
    archive.home.path(layout.AUDIT_MANIFEST.with_name(".manifest.jsonl.new")).write_bytes(b"x")


def change_for_ever(archive: Archive) -> None:
    change(archive, "UPDATE recordings SET attempt = 100000")


def log_a_secret(archive: Archive) -> None:
    change(archive, f"UPDATE recordings SET reason = 'by {SECRET}'")


def log_a_signature(archive: Archive) -> None:
    path = archive.home.path(layout.WATCH / "journal.jsonl")
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"url": "https://host/a.wav?Expires=9&Signature=abc"}\n')


def link_outside(archive: Archive) -> None:
    archive.home.path(layout.QUARANTINE / "elsewhere").symlink_to("/")


def open_to_others(archive: Archive) -> None:
    audio(archive).chmod(0o644)


def refuse_without_reason(archive: Archive) -> None:
    change(archive, "UPDATE recordings SET outcome = 'excluded', reason = ''")


def settle_too_early(archive: Archive) -> None:
    change(
        archive,
        "UPDATE recordings SET outcome = 'deferred', reason = 'still uploading'",
        "UPDATE days SET is_settled = 1",
    )


def erase_a_bit(archive: Archive) -> None:
    change(archive, "UPDATE recordings SET outcome = 'erased', reason = 'on request'")


def exchange_a_recording(archive: Archive) -> None:
    flip_a_bit(archive)
    name = audio(archive).relative_to(archive.home.root)
    sha256 = hashlib.sha256(audio(archive).read_bytes()).hexdigest()
    change(archive, f"UPDATE files SET sha256 = '{sha256}' WHERE path = '{name}'")


def lead_outside(archive: Archive) -> None:
    change(archive, "UPDATE files SET path = '../' || path")


def publish_the_erased_again(archive: Archive) -> None:
    call = audio(archive).parent.name
    tables = [archive.home.path(layout.table_path(name, DAY)) for name in ("transcripts", "words")]
    kept = {path: path.read_bytes() for path in tables}
    list(erase(archive, [call], Order("he asked for it", "tester")))
    for path, content in kept.items():
        path.write_bytes(content)


def erase_what_is_held(archive: Archive) -> None:
    call = audio(archive).parent.name
    (hold,) = archive.ledger.holds.add([call], "a dispute", Person("alice"), END_OF_DAY)
    change(archive, f"UPDATE holds SET released_by = 'nobody' WHERE hold_id = {hold.hold_id}")
    list(erase(archive, [call], Order("he asked for it", "tester")))


PLANTED: list[tuple[str, Callable[[Archive], None], str]] = [
    ("I1", flip_a_bit, "SHA-256 differs"),
    ("I2", lambda archive: audio(archive).unlink(), "nothing has this name"),
    ("I3", forget_an_event, "has 0 events instead of one"),
    ("I3", exchange_a_recording, "it has another digest than its last event says"),
    ("I4", forget_an_event, "the ledger"),
    ("I4", exchange_a_recording, "has another digest than its last event says"),
    ("I4", lose_a_recording, "is not in the ledger, and its last event says"),
    ("I4", erase_what_is_held, "is released, and its events say otherwise"),
    ("I4", tamper_with_the_log, "line"),
    ("I5", tear_a_table, "it cannot be read"),
    ("I5", outdate_a_table, "it lacks the rows of"),
    ("I6", lose_a_recording, "listed once, and not in the ledger"),
    ("I6", owe_a_recording, "retry, and due since 2026-02-01 00:00 UTC"),
    ("I7", leave_a_part, "left over, and of a recording that is"),
    ("I7", leave_a_new_file, "left over, and nobody's"),
    ("I8", export_twice, "change 2 exported what change 1 had"),
    ("I9", change_for_ever, "changes of a recording"),
    ("I11", log_a_secret, "it holds a credential"),
    ("I11", log_a_signature, "it holds a credential"),
    ("I12", link_outside, "it is a symbolic link"),
    ("I12", open_to_others, "others of the machine have access (mode 0644)"),
    ("I12", lead_outside, "the ledger names a path outside of the directory"),
    ("I13", refuse_without_reason, "excluded without a reason"),
    ("I13", settle_too_early, "it claims success"),
    ("I14", erase_a_bit, "erased, and audio/"),
    ("I14", erase_a_bit, "no event says so"),
    ("I14", publish_the_erased_again, "erased, and tables/transcripts/"),
    ("I14", erase_what_is_held, "erased while hold 1 held it"),
]


@pytest.mark.parametrize(
    ("name", "plant", "cause"), PLANTED, ids=lambda value: getattr(value, "__name__", None)
)
def test_what_breaks_an_invariant_is_named_with_cause_and_next_step(
    archive: Archive, name: str, plant: Callable[[Archive], None], cause: str
) -> None:
    plant(archive)

    found = found_in(archive)[name]

    assert any(cause in violation.cause for violation in found), found
    assert all(violation.thing and violation.next_step for violation in found)
    assert not any(SECRET in str(violation) for violation in found)


def test_audio_beyond_its_quota_is_out_of_bounds(archive: Archive) -> None:
    (violation,) = found_in(archive, quota_bytes=1)["I9"]

    assert violation.thing == "audio"


def test_every_invariant_that_a_directory_shows_was_broken_here() -> None:
    assert {name for name, _, _ in PLANTED} == set(STATEMENTS) - SHOWN_BY_RUNS


def test_a_day_that_somebody_exports_is_judged_by_what_is_true_at_every_instant(
    archive: Archive,
) -> None:
    owe_a_recording(archive)
    leave_a_part(archive)

    with archive.home.day_lock(DAY):
        found = examine_archive(archive)

    assert found.unjudged == [DAY]
    assert {name for name, some in found.violations.items() if some} <= {"I2", "I3", "I4"}
