"""The tables of what was said belong together, also after a crash between two of them."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.contracts import ContractBroken
from recordings_pipeline.core.errors import StorageFailed
from recordings_pipeline.core.speech import SpeechEvent, Transcript
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.conversation_metrics import rebuild_metrics
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.transcript_tables import Told, write_tables
from recordings_pipeline.stages.transcripts import rebuild_transcripts
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

TABLES = ("transcripts", "words", "speech_events")


@pytest.fixture
def archive(start: Start, opened: Open, tmp_path: Path) -> Generator[Archive]:
    export = opened(start(calls_per_day=6))
    for stage in ("recording_index", "transcripts"):
        run_stage(export, stage, DAY)
    with open_archive(tmp_path) as found:
        yield found


def contents(archive: Archive) -> dict[str, bytes]:
    return {name: path_of(archive, name).read_bytes() for name in TABLES}


def path_of(archive: Archive, table: str) -> Path:
    return archive.home.path(layout.table_path(table, DAY))


def empty(archive: Archive) -> None:
    """Publish the tables of a day on which nothing was said."""
    write_tables(archive.home, DAY, ())


def test_no_table_is_replaced_where_the_last_one_breaks_its_contract(archive: Archive) -> None:
    before = contents(archive)
    event = SpeechEvent("silence", "nobody", None, 0, 1)
    found = Transcript("c", "l", "r", None, (), (), (event,))

    with pytest.raises(ContractBroken, match="source is one of"):
        write_tables(archive.home, DAY, [Told(found)])

    assert contents(archive) == before


def test_what_a_crash_between_two_tables_left_is_mended_by_the_next_stage(
    archive: Archive,
) -> None:
    before = contents(archive)
    empty(archive)
    old = contents(archive)
    words = path_of(archive, "words")
    words.unlink()
    words.mkdir()  # what cannot be replaced ends the work where a crash would

    with pytest.raises((StorageFailed, OSError)), archive.home.storing():
        rebuild_transcripts(archive, DAY)
    shutil.rmtree(words)
    words.write_bytes(old["words"])
    half = contents(archive)
    rebuild_metrics(archive, DAY)

    assert half == {**old, "transcripts": before["transcripts"]}
    assert contents(archive) == before


def test_whole_tables_are_not_published_again(archive: Archive) -> None:
    empty(archive)
    old = contents(archive)

    rebuild_metrics(archive, DAY)

    assert contents(archive) == old
