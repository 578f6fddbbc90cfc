"""What assets and sensors are handed at run time. Wiring only, no logic."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.variables import VARIABLES

if TYPE_CHECKING:
    from recordings_pipeline.core.audit.keeping import Keeping
    from recordings_pipeline.core.place import Place
    from recordings_pipeline.core.sealing import Keys
    from recordings_pipeline.core.trust import Policy
    from recordings_pipeline.stages.export import Export

_FIELDS = {variable.name.lower(): variable.name for variable in VARIABLES}


def variables_present(environ: Mapping[str, str]) -> dict[str, Any]:
    """Name the variables that are set, as `dg.EnvVar`: Dagster reads them when a step runs.

    Their values stay out of the definitions, which every visitor of the UI can read.
    """
    return {
        field: dg.EnvVar(name)
        for field, name in _FIELDS.items()
        if environ.get(name) and field in Organization.model_fields
    }


class Organization(dg.ConfigurableResource[Any]):
    """A Genesys Cloud organization, real or simulated, and where its recordings go.

    The fields are the environment variables of the README, in lower case; an empty one is not set.
    """

    genesys_client_id: str = ""
    genesys_client_secret: str = ""
    genesys_client_secret_file: str = ""
    genesys_region: str = ""
    genesys_base_url: str = ""
    genesys_login_url: str = ""
    recordings_data: str = ""
    recordings_ledger_url: str = ""
    recordings_quota_gb: str = ""
    recordings_api_reserve_percent: str = ""
    recordings_metadata: str = ""
    recordings_media: str = ""
    recordings_rescue_days: str = ""
    recordings_lookback_days: str = ""
    recordings_reserve_gb: str = ""
    recordings_connections: str = ""
    recordings_api_connections: str = ""
    recordings_durability: str = ""
    recordings_voice: str = ""
    recordings_codecs: str = ""
    recordings_unsupported: str = ""
    recordings_poll_s: str = ""
    recordings_audit_key: str = ""
    recordings_audit_key_file: str = ""
    recordings_audit_anchor_dir: str = ""
    recordings_keep_days: str = ""
    recordings_private_networks: str = ""
    recordings_age_recipients: str = ""
    recordings_age_identity: str = ""
    recordings_age_identity_file: str = ""

    def __repr__(self) -> str:
        """Show nothing: the inherited one prints the secret into Dagster's event log."""
        return "Organization(hidden)"

    __str__ = __repr__

    @property
    def data(self) -> Path:
        """Where everything lies."""
        from recordings_pipeline.core.place import data_directory

        return data_directory(self._environ())

    @property
    def place(self) -> "Place":
        """Where everything lies, with the ledger.

        Raises:
            ConfigurationError: The address of the ledger is none.
        """
        from recordings_pipeline.core.place import place_from

        return place_from(self._environ())

    @property
    def keeping(self) -> "Keeping":
        """How the audit log is kept.

        Raises:
            ConfigurationError: A variable is wrong; the message names it.
        """
        from recordings_pipeline.core.audit.keeping import keeping_from

        return keeping_from(self._environ())

    @property
    def age_keys(self) -> "Keys":
        """For whom files are encrypted, and who opens them.

        Raises:
            ConfigurationError: A variable is wrong; the message names it.
        """
        from recordings_pipeline.core.sealing import keys_from

        return keys_from(self._environ())

    @property
    def codec_policy(self) -> "Policy":
        """Which sound is exported.

        Raises:
            ConfigurationError: A variable is wrong; the message names it.
        """
        from recordings_pipeline.core.settings import codec_policy

        return codec_policy(self._environ())

    @property
    def keep_days(self) -> int:
        """For how many days what was exported is kept.

        Raises:
            ConfigurationError: The variable is not set or wrong; the message names it.
        """
        from recordings_pipeline.core.retention import keep_days

        return keep_days(self._environ())

    def days_to_look_at(self, now: datetime) -> list[Day]:
        """Return the days of a look-back; asks the ledger, and nobody else.

        Raises:
            ConfigurationError: A variable is wrong; the message names it.
        """
        from recordings_pipeline.core.lookback import days_to_look_at
        from recordings_pipeline.core.settings import lookback_days
        from recordings_pipeline.storage.home import Home
        from recordings_pipeline.storage.ledger_place import has_ledger, open_ledger

        count = lookback_days(self._environ())
        if not has_ledger(home := Home(self.place)):
            return days_to_look_at(now, date.min, count, [])
        with open_ledger(home) as ledger:
            known = ledger.days.standings(date.min, now.date())
            left = ledger.totals.unfinished(now)
        return days_to_look_at(now, date.min, count, known, left)

    @contextmanager
    def export(self, *, is_backfill: bool = False) -> Generator["Export"]:
        """Open the organization for the length of a ``with`` block.

        A backfill leaves some of the API allowance to daily work.

        Raises:
            ConfigurationError: A variable is missing or wrong; the message names it.
        """
        from recordings_pipeline.core.settings import settings_from
        from recordings_pipeline.stages.export import open_export

        with open_export(settings_from(self._environ()), is_backfill=is_backfill) as export:
            yield export

    def _environ(self) -> dict[str, str]:
        return {
            name: getattr(self, field) for field, name in _FIELDS.items() if hasattr(self, field)
        }
