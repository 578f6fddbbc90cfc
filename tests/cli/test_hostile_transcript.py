"""A hostile transcript file goes through every table, export and page, and nothing of it acts."""

import json
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.model import TranscriptState
from recordings_pipeline.core.standings import TranscriptStanding
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.conversation_metrics import rebuild_metrics
from recordings_pipeline.stages.diarization import rebuild_turns
from recordings_pipeline.stages.transcripts import rebuild_transcripts
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.raw import keep_raw
from recordings_pipeline.storage.tables import read_rows
from tests.cli.conftest import Enter
from tests.listing import START, conversation, discovered
from tests.speech_tables import DAY
from tests.spoken import CONVERSATION, FIRST, HOSTILE

FORMATS = ("vtt", "srt", "rttm", "ctm", "json", "vcon")
START_MS = round(START.timestamp() * 1_000)


def phrase(number: int) -> dict[str, Any]:
    """Return a phrase of an attack; one in seven lies before its recording, or has no length."""
    words = HOSTILE[number % len(HOSTILE)]
    offset_ms = -5_000 if number % 7 == 3 else 40 * number
    return {
        "phraseIndex": number,
        "participantPurpose": ("internal", "external")[number % 2],
        "text": words,
        "decoratedText": f"={words}",
        "offset": {"milliseconds": offset_ms},
        "duration": {"milliseconds": -1 if number % 7 == 5 else 30},
        "words": [{"word": words, "offset": {"milliseconds": offset_ms}}],
    }


def kept(data: Path, count: int) -> None:
    """Keep a file of so many phrases, as if it had been fetched."""
    Home(data).prepare()
    Ledger(data / layout.LEDGER).close()
    run = {"transcriptId": HOSTILE[0], "startTime": START_MS, "language": HOSTILE[1]}
    run["phrases"] = [phrase(number) for number in range(count)]
    content = json.dumps({"conversationId": CONVERSATION, "transcripts": [run]}).encode()
    keep_raw(data / layout.raw_transcript_path(DAY, FIRST), content)
    standing = TranscriptStanding(
        CONVERSATION, CONVERSATION, TranscriptState.FETCHED, START, recording_ids=(FIRST,)
    )
    with open_archive(data) as archive:
        listed = discovered(FIRST, communication_id=CONVERSATION)
        archive.ledger.listed(DAY, START, [conversation(CONVERSATION, [listed])])
        archive.ledger.transcripts.settle(DAY, standing)


@pytest.mark.parametrize("count", [60, pytest.param(200_000, marks=pytest.mark.slow)])
def test_a_hostile_file_becomes_rows_exports_and_a_page(
    tmp_path: Path, enter: Enter, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    data = tmp_path / "data"
    kept(data, count)

    with open_archive(data) as archive:
        for stage in (rebuild_transcripts, rebuild_turns, rebuild_metrics):
            stage(archive, DAY)
    codes = [
        enter("export-transcript", FIRST, "--format", kind, "--data", str(data)) for kind in FORMATS
    ]
    codes.append(enter("show", FIRST, "--data", str(data), "--output", str(tmp_path / "a.html")))
    page = (tmp_path / "a.html").read_text()

    rows = read_rows(data / layout.table_path("transcripts", DAY))
    assert len(rows) == count
    assert min(row["start_ms"] for row in rows) == 0
    assert codes == [0] * (len(FORMATS) + 1)
    assert page.count("<script") == 1
    printed = capsys.readouterr().out
    assert not {letter for letter in printed if letter < " " and letter != "\n"}
