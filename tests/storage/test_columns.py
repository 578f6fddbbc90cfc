"""A column made from bytes is what pyarrow would have made, without pandas."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from recordings_pipeline.storage.columns import column_of, repeated_column

NOW = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
VALUES: list[tuple[pa.DataType, list[Any]]] = [
    (pa.string(), ["a", None, "", "þ 日本", "\x00"]),
    (pa.int64(), [0, None, -(2**63), 2**63 - 1, 7]),
    (pa.float64(), [0.0, None, -1.5, float("inf"), 3]),
    (pa.bool_(), [True, None, False, True, True]),
    (pa.timestamp("us", tz="UTC"), [NOW, None, NOW.replace(year=1969), NOW.replace(year=1), NOW]),
    (pa.list_(pa.string()), [["a", "b"], None, [], ["c", None], ("d",)]),
]
_IDS = [str(shape) for shape, _ in VALUES]
_WRITES = """
import sys, tempfile, pathlib
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.storage.tables import TableWriter, write_table
folder = pathlib.Path(tempfile.mkdtemp())
for schema in SCHEMAS.values():
    write_table(folder / schema.name / "part-0.parquet", schema, [])
row = {"conversation_id": "a", "is_transcribed": True, "turn_count": 1}
write_table(folder / "b" / "part-0.parquet", SCHEMAS["conversation_metrics"], [row])
with TableWriter(folder / "c" / "part-0.parquet", SCHEMAS["conversation_metrics"]) as writer:
    writer.add({"turn_count": [1, 2]}, {"conversation_id": ["a"], "is_transcribed": [True]}, [2])
    writer.publish()
print({"pandas", "pyarrow.compute"} & sys.modules.keys())
"""


@pytest.mark.parametrize(("shape", "values"), VALUES, ids=_IDS)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_it_equals_what_pyarrow_makes(shape: pa.DataType, values: list[Any], count: int) -> None:
    found = column_of(values[:count], shape)

    found.validate(full=True)
    assert found.equals(pa.array(values[:count], shape))


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [(pa.string(), 1), (pa.int64(), "x"), (pa.timestamp("us", tz="UTC"), "2026")],
    ids=["string", "number", "instant"],
)
def test_a_value_of_another_type_is_refused(shape: pa.DataType, wrong: object) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        column_of([wrong], shape)


@pytest.mark.parametrize(("shape", "values"), VALUES, ids=_IDS)
@pytest.mark.parametrize("counts", [(), (2,), (3, 0, 1, 2, 1)])
def test_a_repeated_value_stands_for_as_many_rows_as_its_count(
    shape: pa.DataType, values: list[Any], counts: tuple[int, ...]
) -> None:
    some = values[: len(counts)]

    found = repeated_column(some, shape, counts)

    rows = [value for value, count in zip(some, counts, strict=True) for _ in range(count)]
    found.validate(full=True)
    assert found.equals(pa.array(rows, shape))


def test_writing_a_table_imports_neither_pandas_nor_compute() -> None:
    found = subprocess.run(
        [sys.executable, "-c", _WRITES], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "set()"
