"""The official SDK with its own transport, and what it makes of every answer it reads."""

import importlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from recordings_pipeline.genesys.sdk import kept_apart
from recordings_pipeline.simulator.clients import CLIENT_ID, CLIENT_SECRET
from recordings_pipeline.simulator.server import Simulator
from tests.simulator.schema import operations

LOST = object()
METHODS = {
    path.partition(".")[2]: path
    for operation in operations().values()
    for path in operation.sdk[:1]
} | {"delete_tokens_me": "tokens_api.delete_tokens_me"}


class Organization:
    """An organization as the SDK shows it, with every difference to what came over the wire."""

    def __init__(self, simulator: Simulator) -> None:
        with kept_apart():
            self.sdk: Any = importlib.import_module("PureCloudPlatformClientV2")
        self.surprises: dict[str, str] = {}
        self.called: set[str] = set()
        surprises = self.surprises

        class Compared(self.sdk.ApiClient):  # type: ignore[name-defined,misc]
            def deserialize(self, response: Any, response_type: str) -> Any:  # noqa: ANN401
                model = super().deserialize(response, response_type)
                if response.data:
                    for found in differences(model, json.loads(response.data)):
                        surprises.setdefault(f"{response_type} {found}", response.data[:200])
                return model

        self.api = Compared(host=simulator.base_url)
        self.api.get_client_credentials_token(CLIENT_ID, CLIENT_SECRET)

    def ask(self, method: str, *args: object, **options: object) -> Any:  # noqa: ANN401
        """Call a method of whichever class of the SDK has it."""
        module = METHODS[method].partition(".")[0]
        owner = "".join(word.capitalize() for word in module.split("_"))
        self.called.add(method)
        return getattr(getattr(self.sdk, owner)(self.api), method)(*args, **options)

    @property
    def status(self) -> int:
        return int(self.api.last_response.status)

    def refusal(self, method: str, *args: object) -> Any:  # noqa: ANN401
        """Return the SDK's exception for a question that has to be refused."""
        with pytest.raises(self.sdk.rest.ApiException) as caught:
            self.ask(method, *args)
        return caught.value


def differences(model: Any, raw: Any, where: str = "") -> Iterator[str]:  # noqa: ANN401
    """Yield what a model lost, changed or misread of the JSON it was made from."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from differences(_member(model, key), value, f"{where}.{key}")
    elif isinstance(raw, list) and isinstance(model, list) and len(model) == len(raw):
        for one, other in zip(model, raw, strict=True):
            yield from differences(one, other, where)
    elif not _is_read(model, raw):
        yield f"{where}: {raw!r} was read as {model!r}"


def _member(model: Any, key: str) -> Any:  # noqa: ANN401
    """Return what a model, or a map, has for a member of the JSON; LOST when nothing."""
    if isinstance(model, dict):
        return model.get(key, LOST)
    names = {json_name: name for name, json_name in getattr(model, "attribute_map", {}).items()}
    return getattr(model, names[key]) if key in names else LOST


def _is_read(value: object, raw: object) -> bool:
    """Say whether a value is what the JSON says: a time is aware, a number is no text."""
    if isinstance(value, datetime):
        return value.tzinfo is not None and value == datetime.fromisoformat(str(raw))
    return value == raw
