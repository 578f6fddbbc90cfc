"""Tables are found by name, and a change of their columns can be seen."""

from dataclasses import replace

import pytest

from recordings_pipeline.core.columns import Column, Schema, plain
from recordings_pipeline.core.schemas import ALL_SCHEMAS, RESCUE_LIST, schema_of


def test_every_table_is_found_by_its_name() -> None:
    assert [schema_of(schema.name) for schema in ALL_SCHEMAS] == list(ALL_SCHEMAS)


@pytest.mark.parametrize(
    ("columns", "is_same"),
    [
        ((plain("a", "string", "other words"),), True),
        ((plain("a", "int64", "a"),), False),
        ((plain("b", "string", "a"),), False),
        ((plain("a", "string", "a"), plain("b", "string", "b")), False),
    ],
    ids=["description", "type", "name", "one more"],
)
def test_a_fingerprint_follows_the_columns_and_not_the_words(
    columns: tuple[Column, ...], *, is_same: bool
) -> None:
    before = Schema("t", "A table.", (plain("a", "string", "a"),))

    assert (replace(before, columns=columns).fingerprint == before.fingerprint) is is_same
    assert len(RESCUE_LIST.fingerprint) == 8
