"""What was seen against what the ledger says, and which recordings a sample holds."""

from uuid import UUID

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.verification import (
    Cause,
    Fault,
    Look,
    Promise,
    Sample,
    Verification,
    judge,
    printable,
    rank,
    rank_limit,
    sample_from,
    total,
)

DAY = Day.from_key("2026-01-31")
PROMISE = Promise(DAY, "r", "audio/r.wav", 3, "a" * 64)
IDS = [str(UUID(int=number)) for number in range(20_000)]


@pytest.mark.parametrize(
    ("look", "cause"),
    [
        (Look("file", 3, "a" * 64), None),
        (Look("file", 3), None),
        (Look("file", 3, "b" * 64), Cause.DIGEST),
        (Look("file", 2, "a" * 64), Cause.SIZE),
        (Look("file", 4), Cause.SIZE),
        (Look("FIFO", 3), Cause.NO_REGULAR_FILE),
        (Look(), Cause.MISSING),
        (Look("file", problem="Input/output error"), Cause.UNREADABLE),
    ],
    ids=[
        "the same bytes",
        "the right size, not hashed",
        "other bytes",
        "a byte short",
        "a byte long",
        "no file",
        "nothing",
        "refused",
    ],
)
def test_a_look_is_judged_by_what_the_ledger_says(look: Look, cause: Cause | None) -> None:
    fault = judge(PROMISE, look)

    assert (fault and fault.cause) == cause


def test_an_exported_recording_without_a_row_of_files_differs_whatever_lies_there() -> None:
    fault = judge(Promise(DAY, "r"), Look("file", 0, "a" * 64))

    assert fault is not None
    assert fault.cause is Cause.NO_ROW


@pytest.mark.parametrize("cause", list(Cause))
def test_what_fetching_again_would_not_heal_is_left_for_a_person(cause: Cause) -> None:
    fault = Fault(DAY, "r", "audio/r.wav", cause, "…")

    known = Cause.FOREIGN, Cause.LEFT_OVER, Cause.CONTENT, Cause.LOCKED
    assert cause.is_repairable is (cause not in known)
    assert ("--repair" in fault.next_step) is cause.is_repairable


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("200", Sample(count=200)),
        ("1%", Sample(share=0.01)),
        ("0.5 %", Sample(share=0.005)),
        ("100%", Sample(share=1.0)),
    ],
)
def test_a_sample_is_a_number_or_a_share(text: str, sample: Sample) -> None:
    assert sample_from(text) == sample


@pytest.mark.parametrize("text", ["", "0", "0%", "101%", "-3", "1.5", "all", "\u0661%", "1%%"])
def test_a_sample_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        sample_from(text)


@pytest.mark.parametrize("count", [1, 7, len(IDS), len(IDS) + 1])
def test_a_number_of_recordings_is_exactly_that_many(count: int) -> None:
    limit = rank_limit(Sample(count=count), (rank(id_, 1) for id_ in IDS))

    assert sum(rank(id_, 1) < limit for id_ in IDS) == min(count, len(IDS))


def test_a_share_is_about_that_share_of_every_part_of_the_archive() -> None:
    limit = rank_limit(Sample(share=0.1), ())

    parts = [IDS[start : start + 5_000] for start in range(0, len(IDS), 5_000)]
    counts = [sum(rank(id_, 1) < limit for id_ in part) for part in parts]
    assert all(400 < count < 600 for count in counts)


def test_the_same_seed_chooses_the_same_recordings_and_another_seed_others() -> None:
    limit = rank_limit(Sample(share=0.01), ())

    once, again, other = ({i for i in IDS if rank(i, seed) < limit} for seed in (1, 1, 2))

    assert once == again
    assert len(once & other) < len(once) / 2


def test_all_of_an_archive_is_hashed_unless_somebody_asks_for_less() -> None:
    assert rank_limit(Sample(), ()) == rank_limit(Sample(share=1.0), ())
    assert rank_limit(Sample(count=3), ()) == 0


def test_days_add_up() -> None:
    fault = Fault(DAY, "r", "audio/r.wav", Cause.SIZE, "…")
    bad = Verification(2, 1, 4_000_000, 1.0, {Cause.SIZE: 1}, (fault,), 1)

    whole = total([bad, Verification(1, 1, 2_000_000, 2.0), bad])

    assert whole == Verification(5, 3, 10_000_000, 4.0, {Cause.SIZE: 2}, (fault, fault), 2)
    assert whole.mb_per_s == 2.5
    assert not whole.is_clean


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a/é.wav", "a/é.wav"), ("a\x1b[2J\n", "a\\x1b[2J\\n"), ("\udcff", "\\xff")],
    ids=["text", "controls of a terminal", "no text at all"],
)
def test_a_path_somebody_else_chose_is_printed_harmlessly(path: str, shown: str) -> None:
    assert printable(path) == shown
