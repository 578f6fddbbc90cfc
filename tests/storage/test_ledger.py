"""The ledger opens, remembers, and is shared."""

import hashlib
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import StorageFailed
from recordings_pipeline.core.fetch_gaps import unknown_results
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.standings import Settlement
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_engine import open_engine, snapshot
from tests.conftest import largest_file
from tests.listing import conversation, discovered
from tests.storage.conftest import opened, run_at_once

DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)

PROCESSES = 8
# Of two lines, 64 times "a" and 64 times "b".
BOTH = hashlib.sha256(f"{'a' * 64}\n{'b' * 64}\n".encode()).hexdigest()
OPENER = """
import os, sys
from pathlib import Path
from recordings_pipeline.core.place import ledger_url
from recordings_pipeline.storage.ledger import Ledger
print("ready", flush=True)
sys.stdin.read()
Ledger(Path(sys.argv[1]), ledger_url(os.environ)).close()
"""


@pytest.mark.parametrize(
    "place", ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)], indirect=True
)
def test_several_processes_may_open_a_new_ledger_at_once(place: Place) -> None:
    command = [sys.executable, "-c", OPENER, str(place.root / layout.LEDGER)]

    assert run_at_once(command, PROCESSES, place.ledger_url) == [0] * PROCESSES


def test_a_disk_that_takes_no_more_is_a_sentence_and_the_ledger_stays_whole(
    tmp_path: Path,
) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    ids = [str(UUID(int=number)) for number in range(2_000)]
    found = [conversation(ids[0], map(discovered, ids))]

    with largest_file(200_000), pytest.raises(StorageFailed, match=r"^ledger\.db could not be"):
        ledger.listed(DAY, NOW, found)

    assert ledger.standings(DAY) == {}
    ledger.listed(DAY, NOW, found)
    assert len(ledger.standings(DAY)) == len(ids)
    ledger.close()


@pytest.mark.parametrize(
    ("digests", "told"),
    [(["a" * 64], "a" * 64), (["a" * 64, "b" * 64], BOTH)],
    ids=["one file", "two files"],
)
def test_an_event_holds_the_digest_of_the_files(
    place: Place, digests: list[str], told: str | None
) -> None:
    ledger = opened(place)
    id_ = str(UUID(int=1))
    ledger.listed(DAY, NOW, [conversation(id_, [discovered(id_)])])

    files = [file_of(id_, number, digest) for number, digest in enumerate(digests, start=1)]
    ledger.settle(id_, Verdict(Outcome.EXPORTED), NOW, files=files)

    *_, event = ledger.events.after(0, 10_000)
    assert (event["sha256"], event["size_bytes"]) == (told, 3 * len(digests))
    ledger.close()


def test_only_an_exported_recording_has_files(place: Place) -> None:
    ledger = opened(place)
    id_ = str(UUID(int=1))
    ledger.listed(DAY, NOW, [conversation(id_, [discovered(id_)])])
    ledger.settle(id_, Verdict(Outcome.EXPORTED), NOW, files=[file_of(id_, 1, "a" * 64)])

    ledger.settle(id_, Verdict(Outcome.DISCOVERED, "its file was removed"), NOW)

    assert ledger.files(DAY) == {}
    ledger.close()


def test_a_group_is_settled_with_an_event_for_each_of_which_there_is_news(place: Place) -> None:
    ledger = opened(place)
    ids = [str(UUID(int=number)) for number in range(3)]
    ledger.listed(DAY, NOW, [conversation("a", map(discovered, ids))])
    exported, again = Verdict(Outcome.EXPORTED), Verdict(Outcome.RETRY, "it broke off")
    group = [
        Settlement(ids[0], exported, files=(file_of(ids[0], 1, "a" * 64),)),
        Settlement(ids[1], Verdict(Outcome.DISCOVERED)),
        Settlement(ids[2], again),
        Settlement(ids[2], exported, files=(file_of(ids[2], 1, "b" * 64),)),
    ]

    ledger.settle_all(group, NOW)

    told = [(event["object_id"], event["sha256"]) for event in ledger.events.after(3, 10_000)]
    assert told == [(ids[0], "a" * 64), (ids[2], "b" * 64)]
    assert list(ledger.files(DAY)) == [ids[0], ids[2]]
    ledger.close()


def test_a_conversation_is_done_when_none_of_its_recordings_may_still_come(place: Place) -> None:
    ledger = opened(place)
    ids = [str(UUID(int=number)) for number in range(5)]
    outcomes = {
        "a": [Outcome.EXPORTED, Outcome.RETRY],
        "b": [Outcome.EXPORTED, Outcome.FORBIDDEN],
        "c": [Outcome.DEFERRED],
    }
    left = iter(ids)
    for name, found in outcomes.items():
        mine = [next(left) for _ in found]
        ledger.listed(DAY, NOW, [conversation(name, map(discovered, mine))])
        for id_, outcome in zip(mine, found, strict=True):
            ledger.settle(id_, Verdict(outcome), NOW)

    assert ledger.totals.done_count(DAY) == 1
    assert list(ledger.deferred(DAY)) == ["c"]
    assert ledger.totals.counts(DAY) == {"exported": 2, "forbidden": 1, "deferred": 1, "retry": 1}
    ledger.close()


def test_what_a_day_holds_is_the_size_of_its_files(place: Place) -> None:
    ledger = opened(place)
    id_ = str(UUID(int=1))
    empty = ledger.totals.size(DAY)
    ledger.listed(DAY, NOW, [conversation(id_, [discovered(id_)])])
    files = [file_of(id_, number, "a" * 64) for number in (1, 2)]
    ledger.settle(id_, Verdict(Outcome.EXPORTED), NOW, files=files)

    assert (empty, ledger.totals.size(DAY)) == (0, 6)
    assert ledger.totals.size(Day.from_key("2026-02-01")) == 0
    ledger.close()


def test_questions_of_one_transaction_see_the_same_state_whoever_writes_meanwhile(
    place: Place,
) -> None:
    engine = open_engine(place.root / layout.LEDGER, place.ledger_url)
    query = select(tables.names.c.id)
    with closing(opened(place)) as ledger:
        with snapshot(engine) as db:
            before = db.scalars(query).all()
            ledger.names.keep({"id": "a name"}, NOW)
            after = db.scalars(query).all()

        assert (before, after) == ([], [])
        assert ledger.names.all() == {"id": "a name"}
    engine.dispose()


def file_of(recording_id: str, number: int, sha256: str) -> dict[str, object]:
    return {
        "recording_id": recording_id,
        "file_number": number,
        "path": f"audio/{recording_id}_{number}.wav",
        "size_bytes": 3,
        "sha256": sha256,
        "container": "wav",
        "content_type": "audio/wav",
        "is_resumed": False,
        "download_ms": 1,
        "exported_time": NOW,
    }


def test_a_file_that_is_no_ledger_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"no database at all " * 100)

    with pytest.raises(StorageFailed, match=r"ledger\.db .*file is not a database"):
        Ledger(path)


def test_what_a_batch_delivered_unasked_stays_a_gap_until_the_source_lists_it(
    place: Place,
) -> None:
    with closing(opened(place)) as ledger:
        ledger.listed(DAY, NOW, [conversation("c", [])])
        ledger.days.keep_unknown_results(DAY, unknown_results(DAY, {"r": "c"}, NOW))

        ledger.days.keep_gaps(DAY, [])
        before, asked = ledger.days.gaps(DAY), ledger.days.known(DAY, ["c"])["c"].asked
        ledger.listed(DAY, NOW, [conversation("c", [discovered("r")])])
        ledger.days.keep_gaps(DAY, [])

        assert [gap.id for gap in before] == ["r"]
        assert asked == DAY.start
        assert ledger.days.gaps(DAY) == ()
