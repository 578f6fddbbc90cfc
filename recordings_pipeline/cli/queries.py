"""Three questions an analyst asks first, with their answers."""

from pathlib import Path

import click

_TALK = """\
SELECT date, count(*) AS conversations, round(avg(agent_talk_ratio), 3) AS agent_talk_ratio
FROM read_parquet('{tables}/conversation_metrics/*/*.parquet', hive_partitioning = true)
WHERE is_transcribed GROUP BY date"""
_OUTCOMES = """\
SELECT outcome, count(*) AS recordings, round(sum(size_bytes) / 1e6, 1) AS megabytes
FROM read_parquet('{tables}/audio_files/*/*.parquet', hive_partitioning = true)
GROUP BY outcome ORDER BY recordings DESC"""
_PANDAS = """\
import pandas as pd
turns = pd.read_parquet('{tables}/diarization', dtype_backend='pyarrow')
print(turns.groupby('speaker_role', observed=True).word_count.sum().to_string())"""


def print_queries(data: Path) -> None:
    """Print each query, ready to paste, and what it answers now."""
    import pandas as pd

    tables = data / "tables"
    for title, query in (("how did the recordings end?", _OUTCOMES), ("who talks more?", _TALK)):
        text = query.format(tables=tables)
        click.echo(f"-- DuckDB: {title}\n{text};")
        click.echo(_indented(_answer(text)))
    click.echo(f"# pandas: how many words does each side say?\n{_PANDAS.format(tables=tables)}")
    turns = pd.read_parquet(tables / "diarization", dtype_backend="pyarrow")
    words = turns.groupby("speaker_role", observed=True)["word_count"].sum()
    click.echo(_indented(words.to_string()))


def _answer(query: str) -> str:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(query).df().to_string(index=False)


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
