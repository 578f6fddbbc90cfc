"""Where everything lies, and what must not be seen of the way there."""

from pathlib import Path

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.place import Place, place_from
from recordings_pipeline.core.secrets import LEDGER_URL, credentials_in

URL = "postgresql://user:long%40password@host/ledger?sslmode=verify-full"


@pytest.mark.parametrize("url", [URL, URL.replace("postgresql", "postgresql+psycopg")])
def test_the_ledger_is_where_the_variable_says(url: str) -> None:
    place = place_from({"RECORDINGS_DATA": "there", LEDGER_URL: f" {url} "})

    assert place.root == Path("there")
    assert place.ledger_url is not None
    assert place.ledger_url.reveal() == url
    assert "long" not in repr(place)


@pytest.mark.parametrize("url", ["", "  "])
def test_without_it_the_ledger_is_a_file(url: str) -> None:
    assert place_from({LEDGER_URL: url}) == Place(Path("data"))


def test_a_directory_that_somebody_named_comes_first() -> None:
    assert place_from({"RECORDINGS_DATA": "there"}, Path("here")) == Place(Path("here"))


@pytest.mark.parametrize(
    "url",
    [
        "postgres://user:long%40password@host/ledger",
        "mysql://user:long%40password@host/ledger",
        "postgresql+asyncpg://user:long%40password@host/ledger",
        "sqlite:///long%40password",
        "long@password",
    ],
)
def test_another_kind_of_address_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError, match="RECORDINGS_LEDGER_URL is no address") as refused:
        place_from({LEDGER_URL: url})

    assert "long" not in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({LEDGER_URL: URL}, (URL, "long%40password", "long@password")),
        ({LEDGER_URL: "postgresql://user:short@host/db"}, ("postgresql://user:short@host/db",)),
        ({LEDGER_URL: "postgresql:///db"}, ("postgresql:///db",)),
        ({"GENESYS_CLIENT_SECRET": "hush", LEDGER_URL: ""}, ("hush",)),
        ({"OTHER_SECRET": "theirs"}, ()),
    ],
    ids=["with a password", "a word as password", "without one", "no database", "not ours"],
)
def test_a_search_for_credentials_knows_the_password(
    environ: dict[str, str], found: tuple[str, ...]
) -> None:
    assert credentials_in(environ) == found
