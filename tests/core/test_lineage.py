"""Where a column comes from is said of columns that exist, and of tables that are made before."""

import pytest

from recordings_pipeline.core.lineage import LINEAGE
from recordings_pipeline.core.schemas import schema_of
from recordings_pipeline.definitions import defs


@pytest.mark.parametrize("table", sorted(LINEAGE))
def test_each_column_and_each_of_its_sources_exists(table: str) -> None:
    found = LINEAGE[table]
    sources = {source for names in found.values() for source in names}

    assert set(found) <= set(schema_of(table).names())
    for source in sources:
        name, _, column = source.partition(".")
        assert column in schema_of(name).names()


def test_every_metric_that_is_measured_on_speech_says_what_it_comes_from() -> None:
    # What is told by the course of the conversation alone has no column to come from.
    told = {"duration_ms", "hold_ms"}

    assert set(schema_of("conversation_metrics").names()) - set(
        LINEAGE["conversation_metrics"]
    ) == (told)


@pytest.mark.parametrize("table", sorted(LINEAGE))
def test_what_a_column_comes_from_is_made_in_the_same_step_or_before(table: str) -> None:
    graph = defs.resolve_asset_graph()
    (node,) = (node for node in graph.asset_nodes if node.key.to_user_string() == table)
    before = {key.to_user_string() for key in graph.get_ancestor_asset_keys(node.key)}
    same = {spec.key.to_user_string() for spec in defs.resolve_assets_def(table).specs}

    tables = {s.partition(".")[0] for names in LINEAGE[table].values() for s in names}
    assert tables <= before | same
