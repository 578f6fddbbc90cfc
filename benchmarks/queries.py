"""What questions to the tables cost, beside the same rows in a layout that was chosen by hand.

Phrases of 60 days are written twice: by our writer, and with the options that came out best when
layouts were compared (zstd 3, groups of 131,072 rows, dictionaries for what repeats, deltas and
byte streams for the rest). Six questions are asked of both, in turns; a third way goes through the
views of the catalogue, as people do. Processor time of all threads, the median of nine.
"""

import resource
import statistics
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.speech_schemas import TRANSCRIPTS
from recordings_pipeline.stages.transcript_tables import GROUP_BYTES
from recordings_pipeline.storage.catalog import keep_catalog
from recordings_pipeline.storage.tables import TableWriter, write_table

FIRST, DAYS, CALLS, PHRASES, REPEATS = date(2025, 1, 1), 60, 270, 100, 9
AGENTS, QUEUES, WORDS = 400, 40, 20_000
MOST = 1.2
DATE = "DATE '2025-02-17'"
MONTH = "date BETWEEN DATE '2025-01-15' AND DATE '2025-02-13'"


def main() -> None:
    """Print a line for each question."""
    with tempfile.TemporaryDirectory() as folder:
        ours, by_hand = Path(folder) / "ours", Path(folder) / "by_hand"
        agent, conversation = _write(ours)
        _copy(ours, by_hand)
        keep_catalog(ours)
        size, size_by_hand = _size(ours), _size(by_hand)
        print(f"{DAYS} days, {DAYS * CALLS * PHRASES:,} phrases")
        print(f"MB: {size:.1f}, by hand {size_by_hand:.1f}, ratio {size / size_by_hand:.2f}")
        print(f"{'question':34}{'by hand':>10}{'ours':>8}{'ratio':>7}{'views':>8}{'ratio':>7}")
        for name, query in _questions(agent, conversation):
            _compare(name, query, ours, by_hand)


def _questions(agent: str, conversation: str) -> Iterator[tuple[str, str]]:
    yield (
        "one day by speaker",
        "SELECT speaker_role, count(*), sum(end_ms - start_ms) FROM transcripts "
        f"WHERE date = {DATE} GROUP BY 1",
    )
    yield (
        "one agent, all days",
        f"SELECT count(*), sum(word_count) FROM transcripts WHERE user_id = '{agent}'",
    )
    yield (
        "words by language, all days",
        "SELECT language, count(*), sum(word_count) FROM transcripts GROUP BY 1",
    )
    yield (
        "index and phrases joined, a month",
        "SELECT queue_name, sum(word_count) FROM transcripts JOIN recording_index "
        f"USING (date, recording_id) WHERE {MONTH} GROUP BY 1",
    )
    yield (
        "one conversation, day unknown",
        f"SELECT count(*) FROM transcripts WHERE conversation_id = '{conversation}'",
    )
    yield (
        "a text, a month",
        f"SELECT count(*) FROM transcripts WHERE text ILIKE '%w77 %' AND {MONTH}",
    )


def _write(root: Path) -> tuple[str, str]:
    """Write both tables with our writer; return an agent and a conversation to ask for."""
    random = np.random.default_rng(7)
    words = np.array([f"w{n}" for n in range(WORDS)])
    share = 1 / np.arange(1, WORDS + 1) ** 1.07
    agents = [_id(random) for _ in range(AGENTS)]
    agent = conversation = ""
    for number in range(DAYS):
        day = Day(FIRST + timedelta(days=number))
        calls = sorted((_id(random), _id(random)) for _ in range(CALLS))
        index = [_indexed(*ids, day, n % QUEUES) for n, ids in enumerate(calls)]
        write_table(root / layout.table_path("recording_index", day), RECORDING_INDEX, index)
        path = root / layout.table_path("transcripts", day)
        with TableWriter(path, TRANSCRIPTS, group_bytes=GROUP_BYTES) as writer:
            for n, (conversation, recording) in enumerate(calls):
                agent = agents[n % AGENTS]
                said = random.choice(words, (PHRASES, 9), p=share / share.sum())
                ids = {
                    "conversation_id": conversation,
                    "communication_id": recording,
                    "recording_id": recording,
                    "transcript_id": recording,
                }
                writer.add_rows({**ids, **row} for row in _said(agent, day, said, random))
            writer.publish()
    return agent, conversation


def _said(
    agent: str, day: Day, said: "np.ndarray[Any, Any]", random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for number, words in enumerate(said):
        is_agent, start_ms = number % 2 == 0, number * 3_000 + int(random.integers(900))
        text = " ".join(words)
        yield {
            "phrase_index": number,
            "side": "internal" if is_agent else "external",
            "speaker_role": "agent" if is_agent else "customer",
            "user_id": agent if is_agent else None,
            "is_ambiguous": False,
            "start_ms": start_ms,
            "end_ms": start_ms + 300 + int(random.integers(1_700)),
            "start_time": day.start + timedelta(milliseconds=start_ms),
            "text": text,
            "decorated_text": f"{text.capitalize()}.",
            "confidence": round(float(1 - random.beta(1.2, 12)), 3),
            "word_count": len(words),
            "language": "en-us" if number % 5 else "de-de",
        }


def _indexed(conversation: str, recording: str, day: Day, queue: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "recording_id": recording,
        "conversation_start_time": day.start,
        "is_open": False,
        "queue_name": f"queue {queue}",
        "agent_count": 1,
        "participant_count": 2,
    }


def _copy(ours: Path, by_hand: Path) -> None:
    """Write the same rows with the options that were best when layouts were compared."""
    for path in (ours / layout.TABLES).glob("*/*/*.parquet"):
        target = by_hand / path.relative_to(ours)
        target.parent.mkdir(parents=True)
        table = pq.read_table(path, partitioning=None)
        few = ("_id", "_role", "side", "language", "_name", "purpose")
        repeated = [name for name in table.column_names if name.endswith(few)]
        codings = {pa.int64(): "DELTA_BINARY_PACKED", pa.float64(): "BYTE_STREAM_SPLIT"}
        coding = {f.name: codings[f.type] for f in table.schema if f.type in codings}
        pq.write_table(
            table.replace_schema_metadata(),
            target,
            compression="zstd",
            compression_level=3,
            row_group_size=131_072,
            write_page_index=True,
            use_dictionary=repeated,
            column_encoding=coding,
        )


def _compare(name: str, query: str, ours: Path, by_hand: Path) -> None:
    with _views(by_hand) as hand, _views(ours) as plain, _catalog(ours) as views:
        for way in (hand, plain, views):
            _seconds(way, query)  # what DuckDB sets up once
        taken = [[_seconds(way, query) for way in (hand, plain, views)] for _ in range(REPEATS)]
        answers = {str(sorted(way.execute(query).fetchall())) for way in (hand, plain, views)}
    if len(answers) != 1:
        raise SystemExit(f"{name}: the answers differ")
    least, mine, seen = (statistics.median(column) * 1_000 for column in zip(*taken, strict=True))
    note = "" if mine <= MOST * least else f"  more than {MOST}"
    ratios = f"{mine:8.1f}{mine / least:7.2f}{seen:8.1f}{seen / least:7.2f}"
    print(f"{name:34}{least:7.1f} ms{ratios}{note}")


def _views(root: Path) -> duckdb.DuckDBPyConnection:
    """Open a database in which the tables are read as plainly as DuckDB can."""
    connection = duckdb.connect()
    for table in ("transcripts", "recording_index"):
        files = f"{root / layout.TABLES / table}/*/*.parquet"
        options = "hive_partitioning = true, hive_types = {'date': DATE}"
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{files}', {options})")
    return connection


def _catalog(root: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(root / layout.CATALOG), read_only=True)


def _seconds(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    before = _used()
    connection.execute(query).fetchall()
    return _used() - before


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _size(root: Path) -> float:
    files = (root / layout.TABLES / "transcripts").rglob("*.parquet")
    return sum(path.stat().st_size for path in files) / 1e6


def _id(random: np.random.Generator) -> str:
    return str(UUID(bytes=random.bytes(16), version=4))


if __name__ == "__main__":
    main()
