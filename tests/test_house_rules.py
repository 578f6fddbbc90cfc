"""Rules that neither imports nor linters can express."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from recordings_pipeline.cli.main import commands
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.dictionary import COMMAND, dictionary
from recordings_pipeline.core.schemas import ALL_SCHEMAS
from recordings_pipeline.core.variables import VARIABLES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "recordings_pipeline"
SOURCES = sorted(PACKAGE.rglob("*.py"))
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    longest = max(
        (
            (node.end_lineno or 0) - node.lineno + 1
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
        default=0,
    )

    assert len(text.splitlines()) <= 275
    assert longest <= 50


def test_loading_definitions_brings_no_heavy_library() -> None:
    script = (
        "import sys, recordings_pipeline.definitions\n"
        "heavy = {'PureCloudPlatformClientV2', 'pandas', 'duckdb', 'pyarrow', 'httpx', 'pycurl',"
        " 'sqlalchemy', 'numpy', 'soundfile'}\n"
        "print(','.join(sorted(heavy & set(sys.modules))))"
    )

    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == ""


def test_nothing_overrides_the_workspace_file() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]

    assert not {"dagster", "dg"} & set(tools)


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_is_in_the_readme_and_shows_an_example(name: str) -> None:
    help_text = commands.commands[name].get_help(click.Context(commands.commands[name]))

    assert f"recordings-pipeline {name}" in README
    examples = help_text.partition("Example")[2].partition("Options:")[0]
    lines = [line.strip() for line in examples.splitlines()[1:] if line.strip()]
    assert lines
    assert all(line.startswith("recordings-pipeline ") or "=" in line for line in lines)
    assert "\\b" not in help_text


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda v: v.name)
def test_every_variable_is_in_the_readme(variable: object) -> None:
    assert f"`{variable.name}`" in README  # type: ignore[attr-defined]


def test_the_dictionary_in_data_is_the_one_of_the_schemas() -> None:
    found = (ROOT / "data" / "README.md").read_text()

    assert found == dictionary(), f"it is out of date: run `{COMMAND} > data/README.md`"


@pytest.mark.parametrize("schema", ALL_SCHEMAS, ids=lambda s: s.name)
def test_every_table_says_what_its_rows_and_columns_are(schema: Schema) -> None:
    names = schema.names()

    assert schema.description.endswith(".")
    assert len(set(names)) == len(names)
    assert {*schema.keys, *schema.order} <= set(names)
    assert "date" not in names
    assert all(column.description for column in schema.columns)
