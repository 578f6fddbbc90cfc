"""A few files of a day are read again, and no more."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.verification import Cause
from recordings_pipeline.stages import sampling
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.sampling import MOST_FILES, verify_sample
from recordings_pipeline.storage.ledger import Ledger
from tests.stages.conftest import DAY
from tests.stages.test_verify import audio, cut, flip, publish


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A day of more files than a sample has."""
    ledger = Ledger(tmp_path / layout.LEDGER)
    for number in range(1, MOST_FILES + 6):
        publish(tmp_path, ledger, DAY, UUID(int=number))
    ledger.close()
    with open_archive(tmp_path) as opened:
        yield opened


def test_a_sample_is_as_large_as_it_may_be_and_another_seed_is_another_one(
    archive: Archive,
) -> None:
    for path in audio(archive):
        flip(path)

    one, again, other = (verify_sample(archive, DAY, seed) for seed in (1, 1, 2))

    assert one.hashed_count == MOST_FILES == one.fault_count
    assert one.hashed_bytes == 3 * MOST_FILES
    assert one.faults == again.faults
    assert {f.path for f in one.faults} != {f.path for f in other.faults}


@pytest.mark.parametrize(
    ("damage", "cause"),
    [(flip, Cause.DIGEST), (cut, Cause.SIZE), (Path.unlink, Cause.MISSING)],
)
def test_what_differs_is_named_whatever_way_it_differs(
    archive: Archive, damage: object, cause: Cause
) -> None:
    assert callable(damage)
    for path in audio(archive):
        damage(path)

    found = verify_sample(archive, DAY, 1)

    assert found.counts == {cause: MOST_FILES}
    assert {fault.day for fault in found.faults} == {DAY}


def test_a_whole_day_is_clean_and_an_empty_one_as_well(archive: Archive, tmp_path: Path) -> None:
    assert verify_sample(archive, DAY, 1).is_clean
    (tmp_path / "other").mkdir()
    Ledger(tmp_path / "other" / layout.LEDGER).close()
    with open_archive(tmp_path / "other") as empty:
        assert verify_sample(empty, DAY, 1).hashed_count == 0


def test_long_files_are_fewer_but_one_is_read_in_any_case(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for limit in (1, 7):
        monkeypatch.setattr(sampling, "MOST_BYTES", limit)
        counts.append(verify_sample(archive, DAY, 1).hashed_count)

    assert counts == [1, 2]
