"""Tables of any size are looked at for doubles, a part at a time."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recordings_pipeline.core.speech_schemas import VOICE_ACTIVITY
from recordings_pipeline.storage.contracts import violations

# More rows than are looked at in one part.
MANY = 1_300_000


@pytest.mark.parametrize(
    ("doubled", "is_moved", "count"),
    [
        pytest.param(None, False, [], marks=pytest.mark.slow),
        pytest.param(5, False, [1], marks=pytest.mark.slow),
        pytest.param(MANY - 9, False, [1], marks=pytest.mark.slow),
        (None, True, [1]),
    ],
    ids=["none", "in the first part", "in the last part", "in two parts"],
)
def test_doubles_are_found_also_where_a_table_is_looked_at_in_parts(
    tmp_path: Path,
    doubled: int | None,
    is_moved: bool,  # noqa: FBT001
    count: list[int],
) -> None:
    file = tmp_path / "part.parquet"
    numbers = np.arange(MANY) // 2
    recordings = np.arange(MANY) % 2
    if doubled is not None:
        recordings[doubled] = recordings[doubled - 1]
    names = pa.array([f"{number:08}" for number in range(MANY // 2)]).take(numbers)
    letters = np.array(["a", "b"])[recordings]
    keys = pa.array(np.char.add(names.to_numpy(zero_copy_only=False).astype(str), letters))
    if is_moved:
        keys = pa.concat_arrays([keys[:-1], keys[:1]])
    ones = pa.array(np.ones(MANY, np.int64))
    table = pa.table(
        {
            "conversation_id": names,
            "recording_id": keys,
            **dict.fromkeys(("file_number", "channel", "start_ms", "end_ms"), ones),
            **dict.fromkeys(("side", "level_dbfs"), pa.nulls(MANY)),
        }
    )
    pq.write_table(table, file, row_group_size=100_000)

    found = violations(file, tmp_path / "elsewhere" / "voice_activity" / "x" / "y", VOICE_ACTIVITY)

    assert [v.count for v in found if v.rule.startswith("unique")] == count
