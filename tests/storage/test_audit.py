"""The audit log follows the ledger."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, TranscriptState, Verdict
from recordings_pipeline.core.standings import TranscriptStanding
from recordings_pipeline.storage.audit import append_events, read_events
from recordings_pipeline.storage.ledger import Ledger
from tests.listing import conversation, discovered
from tests.storage.conftest import run_at_once

DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)
ID = "11111111-1111-4111-8111-111111111111"

PROCESSES, RECORDINGS = 4, 1_000
WRITER = """
import sys
from pathlib import Path
from recordings_pipeline.storage.audit import append_events
from recordings_pipeline.storage.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]) / "ledger.db")
print("ready", flush=True)
sys.stdin.read()
append_events(Path(sys.argv[1]) / "events.jsonl", ledger)
ledger.close()
"""


def listed(ledger: Ledger) -> None:
    ledger.listed(DAY, NOW, [conversation(ID, [discovered(ID)])])


def test_each_change_of_outcome_is_one_event(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    listed(ledger)
    ledger.settle(ID, Verdict(Outcome.MISSING, "deleted at the source"), NOW)
    ledger.settle(ID, Verdict(Outcome.MISSING, "deleted at the source"), NOW)

    written = append_events(tmp_path / "events.jsonl", ledger)
    again = append_events(tmp_path / "events.jsonl", ledger)
    ledger.close()

    actions = [event["action"] for event in read_events(tmp_path / "events.jsonl")]
    assert actions == ["recording.discovered", "recording.missing"]
    assert (written, again) == (2, 0)


def test_several_processes_neither_double_nor_tear_an_event(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    ids = [str(UUID(int=number)) for number in range(RECORDINGS)]
    ledger.listed(DAY, NOW, [conversation(ID, map(discovered, ids))])
    ledger.close()

    codes = run_at_once([sys.executable, "-c", WRITER, str(tmp_path)], PROCESSES)

    assert codes == [0] * PROCESSES
    logged = [event["seq"] for event in read_events(tmp_path / "events.jsonl")]
    assert logged == list(range(1, RECORDINGS + 1))


def test_a_line_torn_by_a_crash_is_written_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    log = tmp_path / "events.jsonl"
    listed(ledger)
    append_events(log, ledger)
    with log.open("ab") as file:
        file.write(b'{"action":"torn')
    standing = TranscriptStanding(ID, ID, TranscriptState.NONE, NOW)
    ledger.transcripts.settle(DAY, standing)

    append_events(log, ledger)
    ledger.close()

    assert [event["seq"] for event in read_events(log)] == [1, 2]
