"""An archive is verified, repaired and exported again, while others may be at work on it."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path, PurePosixPath
from uuid import UUID

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.verification import Cause, Fault, Sample, Verification, total
from recordings_pipeline.stages.archive import Archive, archive_of, open_archive
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.repair import repair, require_audio
from recordings_pipeline.stages.verify import Lot, verify
from recordings_pipeline.storage.ledger import Ledger
from tests.conftest import Start
from tests.listing import START, conversation, discovered
from tests.sealed import sealed_events
from tests.stages.conftest import DAY, Open
from tests.storage.test_ledger import file_of

NEXT_DAY = Day.from_key("2026-02-01")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of two days with two files each, made without a platform."""
    ledger = Ledger(tmp_path / layout.LEDGER)
    numbers = count(1)
    for day in (DAY, NEXT_DAY):
        for _ in range(2):
            publish(tmp_path, ledger, day, UUID(int=next(numbers)))
    ledger.close()
    with open_archive(tmp_path) as opened:
        yield opened


def publish(root: Path, ledger: Ledger, day: Day, id_: UUID, *, is_told: bool = True) -> Path:
    """Put a file of three bytes where it belongs; tell the ledger as an export does."""
    path = layout.audio_path(day, str(id_), str(id_), 1, "wav")
    (root / path).parent.mkdir(parents=True)
    (root / path).write_bytes(b"abc")
    ledger.listed(day, START, [conversation(str(id_), [discovered(str(id_))])])
    if is_told:
        tell(ledger, id_, path)
    return root / path


def tell(ledger: Ledger, id_: UUID, path: PurePosixPath) -> None:
    """Say that a file was published."""
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    row = {**file_of(str(id_), 1, digest), "path": str(path)}
    ledger.settle(str(id_), Verdict(Outcome.EXPORTED), START, files=[row])


def whole(archive: Archive, span: Span | None = None, lot: Lot | None = None) -> Verification:
    return total(part for _, part in verify(archive, span or Span(), lot or Lot(), workers=2))


def audio(archive: Archive, day: Day = DAY) -> list[Path]:
    return sorted((archive.home.root / "audio" / f"date={day}").glob("*/*"))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replace_by(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.unlink()
        make(path)

    return put


DAMAGE: dict[Cause, tuple[Callable[[Path], object], ...]] = {
    Cause.MISSING: (Path.unlink,),
    Cause.SIZE: (cut,),
    Cause.DIGEST: (flip,),
    Cause.NO_REGULAR_FILE: (
        replace_by(os.mkfifo),
        replace_by(os.mkdir),
        replace_by(lambda path: path.symlink_to("/dev/zero")),
    ),
}


def test_an_archive_that_was_damaged_is_named_repaired_exported_again_and_clean(
    start: Start, opened: Open
) -> None:
    export = opened(start(world="plain", calls_per_day=14))
    for stage in ("recording_index", "audio_files"):
        run_stage(export, stage, DAY)
    archive = archive_of(export)
    before = whole(archive)
    promises = export.ledger.files(DAY)
    ways = [(cause, damage) for cause, damages in DAMAGE.items() for damage in damages]
    paths = [export.home.path(PurePosixPath(f["path"])) for fs in promises.values() for f in fs]
    for (_, damage), path in zip(ways, paths, strict=False):
        damage(path)
    contents = {p.name: p.read_bytes() for p in paths[1:3]}
    stranger = paths[-1].with_name("notes.txt")
    stranger.write_text("not ours")
    lost_row = paths[len(ways)].stem
    export.ledger.settle(lost_row, Verdict(Outcome.EXPORTED, "its row is lost"), export.now())

    found = whole(archive)
    repaired = repair(archive, DAY, found.faults)
    left = whole(archive)
    run_stage(export, "audio_files", DAY)
    after = whole(archive)

    assert (before.is_clean, before.file_count) == (True, len(paths))
    assert len(paths) > len(ways) + 1
    expected = {(p.stem, cause) for (cause, _), p in zip(ways, paths, strict=False)}
    expected |= {("", Cause.FOREIGN), (lost_row, Cause.NO_ROW)}
    # The file whose row is lost belongs to nobody; its recording is exported.
    assert {(f.recording_id, f.cause) for f in found.faults} == expected
    assert found.counts[Cause.FOREIGN] == 2
    assert len(repaired.recording_ids) == len(ways) + 1
    assert repaired.problems == ()
    assert left.counts == {Cause.FOREIGN: 1, Cause.LEFT_OVER: 1}
    assert after.counts == {Cause.FOREIGN: 1}
    assert after.file_count == before.file_count
    assert stranger.read_text() == "not ours"
    aside = archive.home.path(layout.quarantine_folder(DAY, layout.DAMAGED))
    assert {name: (aside / name).read_bytes() for name in contents} == contents
    assert "SHA-256 differs" in (aside / f"{paths[2].name}.reason").read_text()
    told = [e for e in sealed_events(archive.home.root) if e["outcome"] == "discovered"]
    assert {e["object_id"] for e in told if e.get("reason", "").startswith("verify: ")} == set(
        repaired.recording_ids
    )


def test_what_lies_outside_of_every_day_is_foreign_and_parts_are_not(archive: Archive) -> None:
    folder = archive.home.path(layout.AUDIO)
    (folder / "copy").mkdir()
    (folder / "copy" / "a.wav").write_bytes(b"a")
    (folder / ".DS_Store").write_bytes(b"")
    (archive.home.path(layout.PARTS) / "a.part").write_bytes(b"a")

    assert sorted(f.path for f in whole(archive).faults) == ["audio/.DS_Store", "audio/copy/a.wav"]
    assert whole(archive, Span(DAY.date, NEXT_DAY.date)).is_clean


def test_a_name_that_is_no_text_is_foreign_and_stops_nothing(archive: Archive) -> None:
    folder = os.fsencode(audio(archive)[0].parent)
    Path(os.fsdecode(folder + b"/\xff\x1b.wav")).write_bytes(b"a")

    (fault,) = whole(archive).faults

    assert fault.cause is Cause.FOREIGN
    assert fault.path.endswith("/\\xff\\x1b.wav")


def test_only_days_of_the_span_are_looked_at(archive: Archive) -> None:
    cut(audio(archive, NEXT_DAY)[0])

    assert whole(archive, Span(DAY.date, DAY.date)).is_clean
    assert whole(archive, Span(NEXT_DAY.date, NEXT_DAY.date)).counts == {Cause.SIZE: 1}


def test_a_sample_hashes_a_few_and_looks_at_all(archive: Archive) -> None:
    flip(audio(archive)[0])
    cut(audio(archive, NEXT_DAY)[0])
    found = [whole(archive, lot=Lot(Sample(count=1), seed)) for seed in range(8)]

    assert all(f.file_count == 4 and f.hashed_count + f.counts[Cause.SIZE] <= 2 for f in found)
    assert all(f.counts[Cause.SIZE] == 1 for f in found)
    assert {f.counts.get(Cause.DIGEST, 0) for f in found} == {0, 1}


def test_a_file_of_a_day_that_is_being_exported_is_not_foreign(archive: Archive) -> None:
    publish(archive.home.root, archive.ledger, DAY, UUID(int=9), is_told=False)

    with archive.home.day_lock(DAY):
        busy = whole(archive)
    idle = whole(archive)

    assert (busy.is_clean, busy.unjudged_count) == (True, 1)
    assert idle.counts == {Cause.LEFT_OVER: 1}


def test_a_file_that_comes_after_the_ledger_was_read_is_not_foreign(archive: Archive) -> None:
    def arrive(*_: int) -> None:
        if len(audio(archive)) == 2:  # the day's rows were read, its directory was not
            publish(archive.home.root, archive.ledger, DAY, UUID(int=9))

    days = verify(archive, Span(), Lot(), watch=arrive)

    assert total(part for _, part in days).is_clean
    assert len(audio(archive)) == 3


def test_what_was_healed_before_the_repair_came_to_it_is_left_alone(archive: Archive) -> None:
    path = audio(archive)[0]
    path.unlink()
    (fault,) = whole(archive).faults
    path.write_bytes(b"abc")

    assert repair(archive, DAY, [fault]).recording_ids == ()
    assert whole(archive).is_clean


def test_a_day_that_is_being_exported_is_not_repaired(archive: Archive) -> None:
    audio(archive)[0].unlink()
    found = whole(archive)

    with archive.home.day_lock(DAY):
        busy = repair(archive, DAY, found.faults)

    assert busy.recording_ids == ()
    assert "another process" in busy.problems[0]
    assert next(iter(archive.ledger.standings(DAY).values())).verdict.outcome is Outcome.EXPORTED


def test_what_was_set_aside_is_never_replaced(archive: Archive) -> None:
    path = audio(archive)[0]
    for _ in range(2):
        cut(path)
        repair(archive, DAY, whole(archive).faults)
        path.write_bytes(b"abc")
        tell(archive.ledger, UUID(path.stem), PurePosixPath(path.relative_to(archive.home.root)))

    aside = archive.home.path(layout.quarantine_folder(DAY, layout.DAMAGED))
    names = sorted(p.name for p in aside.iterdir() if p.suffix != ".reason")
    assert names == [path.name, f"{path.name}.2"]


def test_a_foreign_file_is_never_touched_by_a_repair(archive: Archive) -> None:
    stranger = audio(archive)[0].with_name("notes.txt")
    stranger.write_text("not ours")

    done = repair(archive, DAY, whole(archive).faults)

    assert (done.recording_ids, stranger.read_text()) == ((), "not ours")


def test_nothing_is_repaired_when_all_audio_is_gone(archive: Archive) -> None:
    require_audio(archive)
    folder = archive.home.path(layout.AUDIO)
    folder.rename(folder.with_name("elsewhere"))

    with pytest.raises(ConfigurationError, match="mount the disk"):
        require_audio(archive)
    assert whole(archive).counts == {Cause.MISSING: 4}


def test_a_day_of_several_pages_is_read_to_its_end(archive: Archive) -> None:
    ids = [str(UUID(int=number)) for number in range(100, 2_600)]
    archive.ledger.listed(DAY, START, [conversation("c", map(discovered, ids))])
    for id_ in (ids[0], ids[-1]):
        archive.ledger.settle(id_, Verdict(Outcome.EXPORTED), START)

    found = whole(archive)

    assert [f.recording_id for f in found.faults] == [ids[0], ids[-1]]
    assert found.file_count == 4


def test_a_fault_says_where_why_and_what_to_do(archive: Archive) -> None:
    cut(path := audio(archive)[0])

    (fault,) = whole(archive).faults

    relative = str(path.relative_to(archive.home.root))
    assert fault == Fault(DAY, path.stem, relative, Cause.SIZE, "2 bytes instead of 3")
    assert fault.next_step == "verify --repair, then export the day"
