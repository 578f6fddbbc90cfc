"""Values to Arrow columns, from their bytes.

``pyarrow.array`` does the same, but imports pandas on its first call, wherever pandas is
installed: 48 MB and half a second for a table that pandas never sees. ``pyarrow.compute``, which
could repeat values, is another 13 MB.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from operator import mul
from types import NoneType
from typing import Any

import numpy as np
import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBERS = {int, NoneType}
Values = Sequence[Any]


def column_of(values: Values, shape: pa.DataType) -> "pa.Array[Any]":
    """Return values as a column; None is null, and an instant may be in microseconds since 1970.

    Raises:
        TypeError: A value is not of the column's type.
    """
    if pa.types.is_list(shape):
        return _lists(values, shape)
    if pa.types.is_string(shape):
        return _strings(values)
    if pa.types.is_boolean(shape):
        buffers = [_valid(values), _bits([value is True for value in values])]
        return pa.Array.from_buffers(shape, len(values), buffers)
    if pa.types.is_timestamp(shape) and not set(map(type, values)) <= _NUMBERS:
        values = [_microseconds(value) for value in values]
    valid = _valid(values)
    found = values if valid is None else [0 if value is None else value for value in values]
    kind = np.float64 if pa.types.is_floating(shape) else np.int64
    # An array of a list takes twice the time, as its shape has to be found out first.
    numbers = np.fromiter(found, kind, len(found))
    return pa.Array.from_buffers(shape, len(values), [valid, _buffer(numbers)])


def repeated_column(values: Values, shape: pa.DataType, counts: Sequence[int]) -> "pa.Array[Any]":
    """Return a column in which each value stands for as many rows as its count says."""
    if not pa.types.is_string(shape):
        return column_of(list(chain.from_iterable(map(repeat, values, counts))), shape)
    parts = [b"" if value is None else value.encode() for value in values]
    lengths = np.repeat(np.fromiter(map(len, parts), np.int32, len(parts)), counts)
    valid = None
    if None in values:
        valid = _bits(np.repeat([value is not None for value in values], counts))
    joined = b"".join(map(mul, parts, counts))
    buffers = [valid, _summed(lengths), pa.py_buffer(joined)]
    return pa.Array.from_buffers(shape, len(lengths), buffers)


def _microseconds(value: Any) -> int | None:  # noqa: ANN401 (an instant, or one as a number)
    if value is None or isinstance(value, int):
        return value
    return int((value - _EPOCH) // _MICROSECOND)


def _strings(values: Values) -> "pa.Array[Any]":
    valid = _valid(values)
    present = values if valid is None else ["" if value is None else value for value in values]
    joined = "".join(present)
    # Of ASCII one character is one byte: nothing needs to be encoded piece by piece.
    parts = present if joined.isascii() else [value.encode() for value in present]
    buffers = [valid, _ends(parts), pa.py_buffer(joined.encode())]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _lists(values: Values, shape: Any) -> "pa.Array[Any]":  # noqa: ANN401 (the stubs have no ListType)
    parts = [() if value is None else value for value in values]
    child = column_of(list(chain.from_iterable(parts)), shape.value_type)
    return pa.Array.from_buffers(
        shape, len(values), [_valid(values), _ends(parts)], children=[child]
    )


def _valid(values: Values) -> pa.Buffer | None:
    """Return which values are there; None for all of them."""
    if None not in values:
        return None
    return _bits([value is not None for value in values])


def _bits(flags: "Sequence[bool] | np.ndarray[Any, Any]") -> pa.Buffer:
    return _buffer(np.packbits(np.asarray(flags, bool), bitorder="little"))


def _ends(parts: Sequence[Sequence[Any]]) -> pa.Buffer:
    """Return where each part begins, and where the last one ends."""
    return _summed(np.fromiter(map(len, parts), np.int32, len(parts)))


def _summed(lengths: "np.ndarray[Any, Any]") -> pa.Buffer:
    ends = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=ends[1:])
    return _buffer(ends)


def _buffer(numbers: "np.ndarray[Any, Any]") -> pa.Buffer:
    return pa.py_buffer(numbers.data)
