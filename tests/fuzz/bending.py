"""Real files bent out of shape: what is nearly right gets further into a parser than noise."""

import json
from collections.abc import Callable
from typing import Any

# Chooses a number from 0 up to, and not including, another one.
Choose = Callable[[int], int]
# Deeper than any stack.
_DEEP = b"[" * 20_000
HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**30, 1e308, 0.1, "", " ", "0", "-1", "\ud800",
    "\0", "a" * 300, "../../x", "=1+1", "\x1b[2J", "<script>", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59", "2026-01-31T24:00:00Z", "2026-01-31T12:00:00",
    "00000000-0000-4000-8000-00000000000c", "https://[", "http://a b/?c=\udfff", [], {}, [None],
    [[]], {"": None}, [{}], "\U0001f44b",
)  # fmt: skip


def bent(data: bytes, choose: Choose) -> bytes:
    """Return a file with a few changes: of values where it is JSON, of bytes otherwise.

    Of a file of lines one line is changed.
    """
    if data.endswith(b"\n"):
        lines = data[:-1].split(b"\n")
        place = choose(len(lines))
        return b"\n".join([*lines[:place], bent(lines[place], choose), *lines[place + 1 :], b""])
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return _bytes_bent(data, choose)
    if choose(4) == 0:
        return _bytes_bent(data, choose)
    for _ in range(1 + choose(3)):
        value = _value_bent(value, choose)
    return json.dumps(value).encode()


def _value_bent(value: Any, choose: Choose) -> Any:  # noqa: ANN401 (JSON)
    """Replace, remove or double something inside of a value."""
    if isinstance(value, dict) and value and choose(12):
        name = [*value][choose(len(value))]
        rest = {key: found for key, found in value.items() if key != name}
        return rest if choose(12) == 0 else {**value, name: _value_bent(value[name], choose)}
    if isinstance(value, list) and value and choose(12):
        place = choose(len(value))
        inside = _value_bent(value[place], choose)
        pieces = (value[:place], [value[place]] * choose(3), [inside])
        return [*pieces[0], *pieces[1 + choose(2)], *value[place + 1 :]]
    return HOSTILE[choose(len(HOSTILE))]


def _bytes_bent(data: bytes, choose: Choose) -> bytes:
    """Overwrite, remove, double or insert a few bytes."""
    for _ in range(1 + choose(4)):
        at, length = choose(len(data) + 1), choose(9)
        noise = bytes(choose(256) for _ in range(length))
        match choose(6):
            case 0:
                data = data[:at] + noise + data[at + length :]
            case 1:
                data = data[:at] + data[at + length :]
            case 2:
                data = data[: at + length] + data[at:]
            case 3:
                data = data[:at] + noise + data[at:]
            case 4:
                data = data[:at]
            case _:
                data = data[:at] + _DEEP + data[at:]
    return data
