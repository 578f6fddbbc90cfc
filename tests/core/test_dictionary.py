"""The dictionary says all there is about a table, and knows its own text again."""

import pytest

from recordings_pipeline.core.columns import Schema, personal, plain, pseudonym
from recordings_pipeline.core.dictionary import column_text, dictionary, is_untouched
from recordings_pipeline.core.schemas import ALL_SCHEMAS, SCHEMAS

TEXT = dictionary()


def section(name: str) -> str:
    return TEXT.partition(f"### {name}\n")[2].partition("\n### ")[0]


@pytest.mark.parametrize("schema", ALL_SCHEMAS, ids=lambda schema: schema.name)
def test_every_column_has_a_line_in_the_section_of_its_table(schema: Schema) -> None:
    found = section(schema.name)

    assert schema.description in found
    for column in schema.columns:
        lines = [line for line in found.splitlines() if line.startswith(f"| `{column.name}` |")]
        assert len(lines) == 1
        assert column.description in lines[0]
        assert f"| {'yes' if column.nullable else 'no'} |" in lines[0]


def test_units_and_personal_columns_are_marked() -> None:
    assert column_text(plain("wait_ms", "int64", "Wait")) == "Wait [milliseconds]"
    assert column_text(personal("name", "string", "Name")) == "Name [personal]"
    assert column_text(pseudonym("user_id", "string", "Who")) == "Who [pseudonym]"
    assert column_text(plain("word_count", "int64", "Words")) == "Words"


def test_every_id_of_a_person_is_marked() -> None:
    columns = [column for schema in ALL_SCHEMAS for column in schema.columns]
    marked = {column.name for column in columns if column.privacy == "pseudonym"}

    assert marked == {"agent_user_id", "agent_user_ids", "user_id", "candidate_user_ids"}
    assert not any("user" in c.name for c in columns if c.privacy == "none")


def test_the_columns_that_name_a_row_are_told() -> None:
    assert "What names a row: `recording_id`, `file_number`." in section(
        SCHEMAS["audio_files"].name
    )


def test_only_a_text_that_nobody_changed_is_known_again() -> None:
    assert is_untouched(TEXT)
    assert not is_untouched(TEXT.replace("verified audio", "my notes"))
    assert not is_untouched(TEXT + "my notes\n")
    assert not is_untouched("# my own readme\n")
    assert not is_untouched("")
