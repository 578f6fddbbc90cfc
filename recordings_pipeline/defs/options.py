"""What the assets of all stages have in common, and how Dagster shows them."""

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from recordings_pipeline.core.schemas import schema_of
from recordings_pipeline.core.secrets import LEDGER_URL
from recordings_pipeline.core.table_queries import QUERIES
from recordings_pipeline.core.timetable import days_per_run
from recordings_pipeline.defs.checks import contract_spec
from recordings_pipeline.defs.metadata import column_lineage, column_schema
from recordings_pipeline.defs.partitions import DAYS

GROUP = "recordings"
OWNERS = ["team:recordings"]
# Raised when a stage makes other rows of the same columns; a change of columns shows by itself.
_CODE_VERSION = "1"
# How many steps at once may ask the platform; deploy/dagster.yaml sets the number.
API_POOL = "genesys_api"
# One policy for the whole chain: with several, Dagster starts runs for each of them apart.
BACKFILLS = dg.BackfillPolicy.multi_run(days_per_run(os.environ))

# What is checked of all days at once. Not a check of an asset that runs make: each run of a
# backfill would compare the whole archive, and show it as failed whenever a day is stopped before.
ARCHIVE = dg.AssetSpec(
    "archive",
    deps=["audio_files"],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"file", "postgres" if os.environ.get(LEDGER_URL) else "sqlite"},
    description=(
        "All days together: audio, ledger and audit log. No run makes it; jobs check it: "
        "verify_archive its bytes, verify_audit_log its log, daily_checks whether days settle."
    ),
)


def code_version(table: str) -> str:
    """Return a table's code version: it changes with the columns, and then its days look stale."""
    return f"{_CODE_VERSION}-{schema_of(table).fingerprint}"


def table_options(table: str, *, asks: bool) -> dict[str, Any]:
    """Return what explains a table in the UI, before any day of it was made.

    Args:
        table: Its name.
        asks: Whether what makes it asks the platform.
    """
    return {
        "group_name": GROUP,
        "owners": OWNERS,
        "kinds": {"parquet", "genesys" if asks else "python"},
        "code_version": code_version(table),
        "metadata": {
            "dagster/column_schema": column_schema(table),
            **column_lineage(table),
            "query": dg.MetadataValue.md(_query(table)),
        },
    }


def day_asset(
    table: str,
    *,
    asks: bool,
    deps: Sequence[dg.AssetKey] = (),
    check_specs: Sequence[dg.AssetCheckSpec] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare a stage with one table, a partition a day, and the check of its contract."""
    options = {**table_options(table, asks=asks), **_step_options(asks=asks)}
    checks = [contract_spec(table), *check_specs]
    with warnings.catch_warnings():
        # That backfill policies are beta is said for each asset, by each process.
        warnings.filterwarnings("ignore", ".*backfill_policy.*", dg.BetaWarning)
        declare: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
            **options, deps=deps, check_specs=checks
        )
    return declare


def day_assets(
    name: str,
    specs: Sequence[dg.AssetSpec],
    *,
    asks: bool,
    check_specs: Sequence[dg.AssetCheckSpec] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare a stage with several tables, which one step makes, and the checks of each."""
    checks = [*(contract_spec(spec.key.to_user_string()) for spec in specs), *check_specs]
    return dg.multi_asset(name=name, specs=specs, check_specs=checks, **_step_options(asks=asks))


def _step_options(*, asks: bool) -> dict[str, Any]:
    return {
        "partitions_def": DAYS,
        "backfill_policy": BACKFILLS,
        "pool": API_POOL if asks else None,
    }


def _query(table: str) -> str:
    question, sql = QUERIES[table]
    return f"{question} `duckdb catalog.duckdb`, in the data directory:\n\n```sql\n{sql};\n```"
