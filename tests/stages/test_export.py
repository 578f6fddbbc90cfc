"""What an open export holds, and what closing it ends."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.settings import Settings, settings_from
from recordings_pipeline.stages.export import open_export
from tests.conftest import Start, settings_of


def settings(data: Path, **more: str) -> Settings:
    """Return settings for an organization that nobody asks."""
    environ = {
        "GENESYS_BASE_URL": "http://127.0.0.1:9",
        "GENESYS_CLIENT_ID": "id",
        "GENESYS_CLIENT_SECRET": "secret",
    }
    return settings_from({**environ, "RECORDINGS_DATA": str(data), **more})


def test_opening_asks_the_platform_nothing(start: Start, tmp_path: Path) -> None:
    simulator = start()

    with open_export(settings_of(simulator, tmp_path)):
        pass

    assert (simulator.traffic.logins, simulator.traffic.api_requests) == (0, 0)


def test_everything_an_export_makes_is_private_to_its_owner(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_export(settings(tmp_path / "data")):
            made = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    finally:
        os.umask(before)

    assert "ledger.db" in {path.name for path in made}
    assert {path.stat().st_mode & 0o077 for path in made if path.exists()} == {0}


@pytest.mark.parametrize("error", [None, ValueError])
def test_what_a_process_makes_after_an_export_is_as_it_was_before(
    tmp_path: Path, error: type[BaseException] | None
) -> None:
    before = os.umask(0o022)
    try:
        with suppress(ValueError), open_export(settings(tmp_path / "data")):
            if error:
                raise error
        (tmp_path / "theirs").touch()
    finally:
        os.umask(before)

    assert (tmp_path / "theirs").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_leaving_ends_every_wait_of_its_threads(
    tmp_path: Path, error: type[BaseException] | None
) -> None:
    with (
        suppress(ValueError, KeyboardInterrupt),
        open_export(settings(tmp_path)) as export,
    ):
        assert not export.stop.is_set()
        if error:
            raise error

    assert export.stop.is_set()


def test_a_directory_that_cannot_be_made_names_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(ConfigurationError, match=r"RECORDINGS_DATA is not writable"),
        open_export(settings(tmp_path / "file" / "data")),
    ):
        pass


def test_the_quota_of_the_settings_is_the_quota_of_the_export(tmp_path: Path) -> None:
    with open_export(settings(tmp_path, RECORDINGS_QUOTA_GB="0.5")) as export:
        assert export.quota_bytes == 500_000_000
