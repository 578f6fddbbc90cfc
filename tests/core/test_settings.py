"""The environment becomes settings, or one clear sentence."""

from pathlib import Path

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.core.variables import VARIABLES

GOOD = {"GENESYS_CLIENT_ID": "id", "GENESYS_CLIENT_SECRET": "secret"}
# As long as one of the platform.
SECRET = "Zk3vPq9-canary_Zk3vPq9-canary_Zk3vPq9-canar"


def test_an_id_and_a_secret_are_enough() -> None:
    settings = settings_from(GOOD)

    assert settings.base_url == "https://api.mypurecloud.com"
    assert settings.login_url == "https://login.mypurecloud.com"
    assert settings.data == Path("data")


@pytest.mark.parametrize(
    "region", ["eu_central_1", "eu-central-1", "mypurecloud.de", " EU_CENTRAL_1 "]
)
def test_a_region_is_known_by_name_and_by_domain(region: str) -> None:
    settings = settings_from({**GOOD, "GENESYS_REGION": region})

    assert settings.base_url == "https://api.mypurecloud.de"
    assert settings.login_url == "https://login.mypurecloud.de"


@pytest.mark.parametrize(
    "url", ["https://api.example-1.com:8443/base", "https://[2001:db8::1]:443", "http://[::1]:80"]
)
def test_an_address_may_have_a_port_a_path_or_numbers(url: str) -> None:
    assert settings_from({**GOOD, "GENESYS_BASE_URL": url}).base_url == url


def test_a_loopback_address_logs_in_where_it_is() -> None:
    settings = settings_from({**GOOD, "GENESYS_BASE_URL": "http://127.0.0.1:8089/"})

    assert settings.login_url == "http://127.0.0.1:8089"


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"GENESYS_CLIENT_ID": " "}, "GENESYS_CLIENT_ID"),
        ({"GENESYS_CLIENT_SECRET": ""}, "GENESYS_CLIENT_SECRET"),
        ({"GENESYS_CLIENT_SECRET_FILE": "/run/secret"}, "GENESYS_CLIENT_SECRET"),
        ({"GENESYS_REGION": "atlantis"}, "GENESYS_REGION"),
        ({"GENESYS_REGION": "mypurecloud.de", "GENESYS_BASE_URL": "https://x"}, "GENESYS_REGION"),
        ({"GENESYS_BASE_URL": "http://api.mypurecloud.com"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "api.mypurecloud.com"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://me:pw@api.mypurecloud.com"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://[::1"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://[zz]"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://h:abc"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://h:99999"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://a b"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://a..b"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://h/a\x00b"}, "GENESYS_BASE_URL"),
        ({"GENESYS_BASE_URL": "https://" + "a" * 64}, "GENESYS_BASE_URL"),
        ({"GENESYS_LOGIN_URL": "https://h:abc"}, "GENESYS_LOGIN_URL"),
        ({"GENESYS_LOGIN_URL": "ftp://login"}, "GENESYS_LOGIN_URL"),
        ({"RECORDINGS_QUOTA_GB": "-3"}, "RECORDINGS_QUOTA_GB"),
        ({"RECORDINGS_RESCUE_DAYS": "0"}, "RECORDINGS_RESCUE_DAYS"),
        ({"RECORDINGS_RESCUE_DAYS": "a week"}, "RECORDINGS_RESCUE_DAYS"),
        ({"RECORDINGS_QUOTA_GB": "nan"}, "RECORDINGS_QUOTA_GB"),
        ({"RECORDINGS_QUOTA_GB": "\u0663"}, "RECORDINGS_QUOTA_GB"),
        ({"RECORDINGS_LOOKBACK_DAYS": "0"}, "RECORDINGS_LOOKBACK_DAYS"),
        ({"RECORDINGS_LOOKBACK_DAYS": "a week"}, "RECORDINGS_LOOKBACK_DAYS"),
        ({"RECORDINGS_CODECS": "wav,flac9"}, "RECORDINGS_CODECS"),
        ({"RECORDINGS_CODECS": "wav,,mp3"}, "RECORDINGS_CODECS"),
        ({"RECORDINGS_CODECS": "wav/"}, "RECORDINGS_CODECS"),
        ({"RECORDINGS_CODECS": "opus/wav"}, "RECORDINGS_CODECS"),
        ({"RECORDINGS_UNSUPPORTED": "deleted"}, "RECORDINGS_UNSUPPORTED"),
    ],
)
def test_a_wrong_variable_is_named(changes: dict[str, str], variable: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings_from({**GOOD, **changes})

    assert caught.value.variable == variable


def test_everything_the_platform_delivers_is_supported_unless_said_otherwise() -> None:
    policy = settings_from(GOOD).policy

    assert policy.codecs == {"wav", "mp3", "aac", "ogg", "webm", "opus", "m4a", "mp4"}
    assert policy.unsupported is Outcome.EXCLUDED


def test_a_policy_names_containers_codecs_and_pairs() -> None:
    variables = {"RECORDINGS_CODECS": "WAV/g729, opus", "RECORDINGS_UNSUPPORTED": "quarantined"}
    policy = settings_from({**GOOD, **variables}).policy

    assert policy.codecs == {"wav/g729", "opus"}
    assert policy.unsupported is Outcome.QUARANTINED


def test_settings_do_not_show_the_secret() -> None:
    assert "secret'" not in repr(settings_from({**GOOD, "GENESYS_CLIENT_SECRET": "hush'"}))
    assert "hush" not in repr(settings_from({**GOOD, "GENESYS_CLIENT_SECRET": "hush"}))


@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES])
@pytest.mark.parametrize("pasted", [SECRET, f"https://{SECRET} ", f"x,{SECRET}"])
def test_a_secret_pasted_into_any_variable_is_not_printed(name: str, pasted: str) -> None:
    said = ""
    try:
        settings_from({**GOOD, name: pasted})
    except ConfigurationError as error:
        said = str(error)

    assert SECRET not in said


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("RECORDINGS_CONNECTIONS", "0", "from 1 to 256"),
        ("RECORDINGS_CONNECTIONS", "many", "from 1 to 256"),
        ("RECORDINGS_API_CONNECTIONS", "21", "from 1 to 20"),
        ("RECORDINGS_RESERVE_GB", "-1", "is not a number of GB"),
        ("RECORDINGS_DURABILITY", "never", "is one of grouped, strict"),
        ("RECORDINGS_POLL_S", "0", "is not a number of seconds up to 60"),
        ("RECORDINGS_POLL_S", "60.1", "is not a number of seconds up to 60"),
    ],
)
def test_how_transfers_run_is_checked(name: str, value: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        settings_from({**GOOD, name: value})


def test_how_transfers_run_can_be_set() -> None:
    given = {
        "RECORDINGS_CONNECTIONS": "8",
        "RECORDINGS_API_CONNECTIONS": "1",
        "RECORDINGS_RESERVE_GB": "2.5",
        "RECORDINGS_DURABILITY": "strict",
        "RECORDINGS_POLL_S": "5",
    }

    found = settings_from({**GOOD, **given})

    assert (found.connections, found.reserve_bytes, found.is_strict) == (8, 2_500_000_000, True)
    assert (found.poll_s, settings_from(GOOD).poll_s) == (5.0, 0.2)
    assert found.api_connections == 1
    usual = settings_from(GOOD)
    assert (usual.connections, usual.reserve_bytes, usual.is_strict) == (64, 10**9, False)
    assert usual.api_connections == 8
