"""A table is written aside and takes its name when it is whole; a crash leaves no litter."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.speech_schemas import WORDS
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.pending_rows import PendingRows
from recordings_pipeline.storage.staging import staged
from recordings_pipeline.storage.tables import TableWriter, arrow_schema, read_rows, write_table

VALUES = {"string": "x", "int64": 1, "float64": 0.5}
ROW = {column.name: VALUES[column.type] for column in WORDS.columns} | {"side": "internal"}
NAMES = ["conversation_id", "communication_id", "recording_id", "transcript_id", "side"]
DIES = """
import os, signal, sys
from pathlib import Path
from recordings_pipeline.core.speech_schemas import WORDS
from recordings_pipeline.storage.tables import write_table
def die(_staged):
    os.kill(os.getpid(), signal.SIGKILL)
write_table(Path(sys.argv[1]), WORDS, [], check=die)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.prepare()
    return home


@pytest.fixture
def path(home: Home) -> Path:
    path = home.path(layout.TABLES / "words" / "date=2026-01-31" / "part-0.parquet")
    write_table(path, WORDS, [ROW])
    return path


def staging(home: Home) -> list[Path]:
    return list(home.path(layout.STAGING).iterdir())


def test_a_kill_between_staging_and_replacing_leaves_the_old_table_and_is_swept(
    home: Home, path: Path
) -> None:
    before = path.read_bytes()

    died = subprocess.run([sys.executable, "-c", DIES, path], check=False)

    assert died.returncode == -signal.SIGKILL
    assert path.read_bytes() == before
    assert len(staging(home)) == 1
    home.prepare()
    assert staging(home) == []


def test_a_sweep_leaves_alone_what_somebody_is_writing(home: Home) -> None:
    with staged(home.path(layout.STAGING), "table") as file:
        home.prepare()

        assert staging(home) == [Path(file.name)]
    assert staging(home) == []


def test_a_table_that_fails_a_check_is_not_published(home: Home, path: Path) -> None:
    before = path.read_bytes()

    def refuse(found: Path) -> None:
        raise ValueError(str(len(read_rows(found))))

    with pytest.raises(ValueError, match="2"):
        write_table(path, WORDS, [ROW, {**ROW, "word_index": 2}], check=refuse)

    assert path.read_bytes() == before
    assert staging(home) == []


def test_a_writer_that_is_left_early_publishes_nothing(home: Home, path: Path) -> None:
    before = path.stat().st_ino

    with TableWriter(path, WORDS) as writer:
        writer.add_rows([ROW] * 3)

    assert path.stat().st_ino == before
    assert staging(home) == []


def test_rows_by_column_make_the_same_bytes_as_rows(home: Home, path: Path) -> None:
    before = path.stat()
    columns = {name: [value] for name, value in ROW.items() if name not in NAMES}

    with TableWriter(path, WORDS) as writer:
        writer.add(columns, {name: [ROW[name], "y"] for name in NAMES}, [1, 0])
        assert writer.publish() == 1

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert staging(home) == []


@pytest.mark.parametrize(
    ("columns", "repeated", "counts"),
    [
        ({"word": ["a"], "start_ms": [1, 2]}, {}, ()),
        ({"word": ["a"]}, {"side": ["x"]}, [2]),
        ({"word": ["a"]}, {"side": ["x", "y"]}, [1]),
        ({"wrd": ["a"]}, {}, ()),
    ],
    ids=["columns differ", "counts differ", "values without a count", "no such column"],
)
def test_columns_that_do_not_fit_are_refused(
    path: Path,
    columns: dict[str, list[object]],
    repeated: dict[str, list[object]],
    counts: list[int],
) -> None:
    with TableWriter(path, WORDS) as writer, pytest.raises(ValueError, match="column"):
        writer.add(columns, repeated, counts)


def test_values_that_stand_for_no_row_are_not_kept() -> None:
    pending = PendingRows(arrow_schema(WORDS))
    held = [object()]
    before = sys.getrefcount(held[0])

    assert list(pending.add({"word": []}, {"side": held}, [0])) == []

    after = sys.getrefcount(held[0])
    assert after == before
