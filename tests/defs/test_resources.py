"""The organization hands every variable on, under the name a person knows."""

from pathlib import Path

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.variables import VARIABLES
from recordings_pipeline.defs.resources import Organization, variables_present
from tests.conftest import Start


def test_every_variable_is_a_field_but_those_of_the_timetable_and_of_the_notifier() -> None:
    """The timetable is there before any resource is; nobody exports with a chat's address."""
    names = {variable.name.lower() for variable in VARIABLES}

    others = {
        "recordings_first_day",
        "recordings_days_per_run",
        "recordings_daily_hour",
        "recordings_webhook_url",
        "recordings_webhook_secret",
    }
    assert names - set(Organization.model_fields) == others


@pytest.mark.parametrize("value", ["", None], ids=["empty", "not set"])
def test_an_empty_variable_counts_as_not_set(value: str | None) -> None:
    environ = {} if value is None else {"GENESYS_REGION": value}

    assert variables_present(environ) == {}


@pytest.mark.parametrize(
    ("fields", "variable"),
    [
        ({}, "GENESYS_CLIENT_ID"),
        ({"genesys_client_id": "x"}, "GENESYS_CLIENT_SECRET"),
        ({"recordings_quota_gb": "much"}, "RECORDINGS_QUOTA_GB"),
    ],
)
def test_a_wrong_field_is_named_like_the_variable(fields: dict[str, str], variable: str) -> None:
    good = {"genesys_client_id": "x", "genesys_client_secret": "y"}
    organization = Organization(
        **(fields if "recordings_quota_gb" not in fields else good | fields)
    )

    with pytest.raises(ConfigurationError, match=variable), organization.export():
        pass


def test_an_export_follows_its_fields(start: Start, tmp_path: Path) -> None:
    fields = {name.lower(): value for name, value in start().environment.items()}
    organization = Organization(**fields, recordings_data=str(tmp_path), recordings_quota_gb="2")

    with organization.export() as export:
        assert export.home.root == tmp_path
        assert export.quota_bytes == 2_000_000_000
        assert export.client.organization().name == "Simulated organization"


def test_which_sound_is_taken_follows_its_fields(tmp_path: Path) -> None:
    organization = Organization(recordings_data=str(tmp_path), recordings_codecs="opus")

    assert organization.codec_policy.codecs == {"opus"}
