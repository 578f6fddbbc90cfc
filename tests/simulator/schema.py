"""The official description of the platform, read as JSON Schema: the judge of every answer.

`genesys-openapi-subset.json` is Swagger 2.0, made from the models of the official Python SDK
269.0.0, its documentation of 257.1.0 and the official CLI 166.0.0; its ``x-source`` says what came
from where. Nobody here wrote it, so nobody here changes it; what we add is below:

* The platform lets members be added at any time, and so does the description. The simulator does
  not need to: an answer with a member that no model knows is a misspelt one, so answers are judged
  with every model closed.
* `NULLABLE` names the only members that may be null.
* Times that the description calls ``date-time`` are written in UTC with milliseconds and Z.
"""

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

Json = Any
# Null for calls, set for screen recordings; a recording has neither without playable media.
# Source: docstrings of ``RecordingMetadata`` and ``Recording`` in the SDK.
NULLABLE = {
    "RecordingMetadata": ("startTime", "endTime"),
    "Recording": ("startTime", "endTime"),
}
# The description gives every operation the same standard set of statuses; a method that an
# address does not have is answered by the server before any operation is found.
ALWAYS = {405: {"$ref": "#/definitions/ErrorBody"}}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address, as the official description has it.

    Attributes:
        path: With the description's names for what is in braces.
        schemas: By status; None for an answer without a body.
        all_of: Permissions that are all needed.
        any_of: Permissions of which one suffices.
        sdk: Methods of the official SDK, each ``module.function``.
        is_breakable: Whether it reads more than its address: a query, a form or a body.
    """

    method: str
    path: str
    schemas: Mapping[int, Json]
    all_of: frozenset[str]
    any_of: frozenset[str]
    sdk: tuple[str, ...]
    is_breakable: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def has_body(self) -> bool:
        return self.method in ("POST", "PUT") and self.path.startswith("/api")


def described() -> Json:
    """Return the description, with what may be null marked as Swagger 2.0 tools know it."""
    return copy.deepcopy(_described())


@cache
def _described() -> Json:
    found = json.loads((Path(__file__).parent / "genesys-openapi-subset.json").read_text())
    for model, members in NULLABLE.items():
        for member in members:
            found["definitions"][model]["properties"][member]["x-nullable"] = True
    return found


@cache
def operations() -> Mapping[str, Operation]:
    """Return all operations by name, such as ``GET /api/v2/users``."""
    found = (
        _operation(method.upper(), path, operation)
        for path, methods in _described()["paths"].items()
        for method, operation in methods.items()
    )
    return {operation.name: operation for operation in found}


def operation_at(method: str, path: str) -> Operation | None:
    """Return the operation behind a request; fixed addresses go before those with braces."""
    return next(
        (
            operation
            for pattern, operation in _patterns()
            if operation.method == method and pattern.fullmatch(path)
        ),
        None,
    )


def problems(operation: Operation, status: int, content: bytes) -> list[str]:
    """Return what is wrong with an answer; nothing for a good one."""
    if status not in operation.schemas and status not in ALWAYS:
        return [f"status {status} is not described"]
    if operation.schemas.get(status, ALWAYS.get(status)) is None or operation.method == "HEAD":
        return ["a body where none is described"] if content else []
    try:
        answer = json.loads(content)
    except ValueError:
        return [f"no JSON: {content[:80]!r}"]
    errors = _validator(operation.name, status).iter_errors(answer)
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in errors]


def problems_with(model: str, answer: Json) -> list[str]:
    """Return what is wrong with a value of a model, for what no operation answers."""
    errors = _compiled({"$ref": f"#/definitions/{model}"}).iter_errors(answer)
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in errors]


def as_json_schema(schema: Json) -> Json:
    """Turn a Swagger 2.0 schema into a JSON Schema (draft 4) of what the simulator may answer."""
    if isinstance(schema, list):
        return [as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: as_json_schema(value) for key, value in schema.items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    if found.pop("x-nullable", False):
        found["type"] = [found["type"], "null"]
    return found


@cache
def _validator(name: str, status: int) -> jsonschema_rs.Draft4Validator:
    return _compiled(operations()[name].schemas.get(status, ALWAYS.get(status)))


def _compiled(schema: Json) -> jsonschema_rs.Draft4Validator:
    whole = {**as_json_schema(schema), "definitions": _models()}
    return jsonschema_rs.Draft4Validator(
        whole, validate_formats=True, formats={"date-time": _is_instant}
    )


@cache
def _models() -> Json:
    definitions = _described()["definitions"]
    return {name: as_json_schema(model) for name, model in definitions.items()}


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Operation], ...]:
    fixed_first = sorted(operations().values(), key=lambda one: one.path.count("{"))
    return tuple((re.compile(re.sub(r"\{\w+\}", "[^/]+", one.path)), one) for one in fixed_first)


def _operation(method: str, path: str, operation: Json) -> Operation:
    needed = operation.get("x-inin-requires-permissions", {"type": "NONE", "permissions": []})
    names = frozenset(needed["permissions"])
    return Operation(
        method=method,
        path=path,
        schemas={int(s): r.get("schema") for s, r in operation["responses"].items()},
        all_of=names if needed["type"] == "ALL" else frozenset(),
        any_of=names if needed["type"] == "ANY" else frozenset(),
        sdk=tuple(operation.get("x-python-sdk", ())),
        is_breakable=any(one["in"] != "path" for one in operation.get("parameters", ())),
    )
