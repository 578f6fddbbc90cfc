"""What ledger and tables can hold."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from recordings_pipeline.core.secrets import SignedUrl

_TEXTS = (str, str | None)


def require_storable(value: Any) -> None:  # noqa: ANN401 (whatever a parser returns)
    """Fail on what ledger and tables cannot hold: half a pair of surrogates, a list for a text."""
    match value:
        case str():
            value.encode()
        case SignedUrl():
            str(value).encode()
            value.host.encode()
        case None | bool() | float() | datetime():
            pass
        case int():
            assert -(2**63) <= value < 2**63
        case list() | tuple() | frozenset():
            for item in value:
                require_storable(item)
        case Mapping():
            require_storable([*value, *value.values()])
        case _ if is_dataclass(value):
            for field in fields(value):
                held = getattr(value, field.name)
                assert held is None or field.type not in _TEXTS or isinstance(held, str)
                require_storable(held)
        case _:
            raise AssertionError(f"a {type(value).__name__} came out of an answer")
