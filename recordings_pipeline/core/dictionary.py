"""The data dictionary: what lies where, and what every column means, as Markdown.

The text is written into data directories, so that it ends with a seal: a file whose seal fits was
written by us and changed by nobody, and may be replaced.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

from recordings_pipeline.core.columns import Column, Schema
from recordings_pipeline.core.questions import QUESTIONS, Question
from recordings_pipeline.core.schemas import ALL_SCHEMAS, RESCUE_LIST

COMMAND = "recordings-pipeline dictionary"
_HEAD = f"""\
# data/

What lies below a data directory: `./data` unless `RECORDINGS_DATA` says otherwise. This file is the
output of `{COMMAND}`; exports replace it with theirs unless somebody changed it.

| path | what it is |
|---|---|
| `audio/date=2026-01-31/<conversation>/<recording>.<ext>` | verified audio, parts in `.parts/` |
| `tables/<table>/date=2026-01-31/part-0.parquet` | one data set per table, a file a day |
| `incoming/` | where you put recordings that came another way |
| `raw/transcripts/date=2026-01-31/` | the source's transcript files; `….age`: encrypted |
| `raw/incoming/date=2026-01-31/<conversation>/` | metadata and transcripts that came that way |
| `quarantine/` | bytes that arrived and cannot be trusted, or were not taken from `incoming/` |
| `audit/segments/` | what happened to each recording, sealed, one event a line |
| `audit/manifest.jsonl` | a signed line for each segment; `audit/keys/` has the public keys |
| `watch/` | which files arrived, by `recordings-pipeline watch` |
| `catalog.duckdb` | all tables as views, for DuckDB; `catalog.sql` makes the same views |
| `ledger.db` | how each recording stands: the truth the rest is published from |

## Tables

Instants are UTC, in microseconds; counts are 64-bit integers. Null means unknown, or that there is
none; a zero was measured. A table read as a whole has the column `date` as well, from the names of
its directories: the UTC day on which the conversation started. What is *personal* holds, or leads
to, what a person said or did; a *pseudonym* is the id of a person, whom the source can name.
"""
_QUESTIONS = """\
## Ten questions

`recordings-pipeline sql -` answers what is pasted into it, and so does `duckdb -readonly
catalog.duckdb`; change days and words to yours.
"""
_TYPES = {"strings": "list of strings"}
_SEAL = re.compile(r"\n<!-- sealed ([0-9a-f]{64}) -->\n", re.ASCII)


def dictionary() -> str:
    """Return the dictionary of all tables, sealed."""
    text = "\n".join([_HEAD, *map(_table, ALL_SCHEMAS), _QUESTIONS, *map(_question, QUESTIONS)])
    return f"{text}\n<!-- sealed {_digest(text)} -->\n"


def is_untouched(text: str) -> bool:
    """Say whether a text is a dictionary, of any version, that nobody has changed."""
    found = list(_SEAL.finditer(text))
    if not found or found[-1].end() != len(text):
        return False
    return _digest(text[: found[-1].start()]) == found[-1][1]


def column_text(column: Column) -> str:
    """Say what a column holds: description, unit, and whether it is about people."""
    unit = "" if column.type == "timestamp" else column.unit
    privacy = "" if column.privacy == "none" else column.privacy
    notes = [note for note in (unit, privacy) if note]
    return f"{column.description} [{', '.join(notes)}]" if notes else column.description


def _table(schema: Schema) -> str:
    return "\n".join(
        [
            f"### {schema.name}",
            "",
            schema.description,
            *_facts(schema),
            "",
            "| column | type | null | meaning |",
            "|---|---|---|---|",
            *map(_row, schema.columns),
            "",
        ]
    )


def _question(question: Question) -> str:
    return f"**{question.title}**\n\n```sql\n{question.query};\n```\n"


def _facts(schema: Schema) -> Iterator[str]:
    if schema.keys:
        yield f"What names a row: {_names(schema.keys)}."
    if schema.order:
        yield f"A day's rows are sorted by {_names(schema.order)}."
    if schema is RESCUE_LIST:
        yield f"All days are one file, `tables/{schema.name}/part-0.parquet`: it has no `date`."


def _row(column: Column) -> str:
    type_ = _TYPES.get(column.type, column.type)
    null = "yes" if column.nullable else "no"
    meaning = column_text(column).replace("|", r"\|")
    return f"| `{column.name}` | {type_} | {null} | {meaning} |"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
