"""JSON that nothing reads as a command: neither a terminal nor a strict parser."""

import json
import re
from typing import Any

import msgspec

# JSON escapes C0 only. Outside of strings none of these can stand.
_RISKY = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def written_json(value: Any) -> str:  # noqa: ANN401 (what JSON can hold)
    """Write a value; words survive, save halves of surrogate pairs, which UTF-8 cannot hold."""
    # Asked to indent, the json module goes value by value, which takes twice the time. Bytes, as a
    # text takes four of them for each character if one character of it does.
    return (msgspec.json.format(_compact(value), indent=1) + b"\n").decode()


def _compact(value: Any) -> bytes:  # noqa: ANN401 (what JSON can hold)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text = _SURROGATES.sub("\ufffd", text)
    return _RISKY.sub(_escaped, text).encode()


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
