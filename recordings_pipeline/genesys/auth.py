"""A bearer token that is always fresh enough, one login for all threads.

Source: OAuth client credentials grant as the SDK sends it: HTTP Basic, ``grant_type`` only, at the
login host. There is no refresh token in this grant.
"""

import re
import threading
import time
from pathlib import Path

import httpx

from recordings_pipeline.core.errors import (
    ConfigurationError,
    LoginRefused,
    MalformedPayload,
    UnexpectedStatus,
)
from recordings_pipeline.core.fields import parsed
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.core.settings import Settings
from recordings_pipeline.genesys.attempts import Attempts, correlation_id, host_of
from recordings_pipeline.genesys.whole_answer import whole_answer

ROUTE = "POST /oauth/token"
# A token that dies on the way costs a 401 and a second login: renew a minute early, but not a
# minute early of a lifetime of five.
MARGIN_S = 60.0
MARGIN_SHARE = 0.1
# 450 days, the longest the platform offers.
LONGEST_LIFETIME_S = 38_880_000
# What RFC 6750 lets a bearer token consist of.
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_REFUSED = (400, 401, 403)
_OK = 200


class Tokens:
    """Hands out the current token and replaces it before, or when, it stops working."""

    def __init__(self, settings: Settings, http: httpx.Client, attempts: Attempts) -> None:
        self._settings = settings
        self._http = http
        self._attempts = attempts
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._renew_at = 0.0

    def current(self) -> Secret:
        """Return a token that will live a while; logs in if need be.

        Raises:
            LoginRefused: The login host does not accept the credentials.
        """
        with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                self._log_in()
            return self._held()

    def replace(self, rejected: Secret) -> Secret:
        """Return another token than the one the API has just rejected.

        Threads that were rejected together log in once: the first replaces the token, the others
        find it replaced.
        """
        with self._lock:
            if self._token is rejected:
                self._log_in()
            return self._held()

    def _held(self) -> Secret:
        if self._token is None:
            raise LoginRefused(host_of(self._settings.login_url))
        return self._token

    def _log_in(self) -> None:
        url = f"{self._settings.login_url}/oauth/token"
        credentials = (self._settings.client_id, self._secret())
        grant = {"grant_type": "client_credentials"}
        answer = self._attempts.answer(
            ROUTE,
            lambda: whole_answer(self._http, "POST", url, what=ROUTE, auth=credentials, data=grant),
        )
        if answer.status_code in _REFUSED:
            raise LoginRefused(host_of(url))
        if answer.status_code != _OK:
            raise UnexpectedStatus(ROUTE, answer.status_code, correlation_id(answer))
        self._keep(parsed(answer.content, "login"))

    def _keep(self, payload: object) -> None:
        answer = payload if isinstance(payload, dict) else {}
        token = answer.get("access_token")
        if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
            raise MalformedPayload("login", "has no access_token that a header can carry")
        lifetime_s = _seconds(answer.get("expires_in"))
        self._token = Secret(token)
        margin_s = min(MARGIN_S, lifetime_s * MARGIN_SHARE)
        self._renew_at = time.monotonic() + lifetime_s - margin_s

    def _secret(self) -> str:
        source = self._settings.client_secret
        if isinstance(source, Path):
            return _read_secret(source)
        return source.reveal()


def _seconds(lifetime: object) -> float:
    """Return a lifetime that makes sense, in seconds, or 0: the next question logs in again."""
    if isinstance(lifetime, int | float) and 0 < lifetime <= LONGEST_LIFETIME_S:
        return float(lifetime)
    return 0.0


def _read_secret(path: Path) -> str:
    """Read the secret anew at each login, so that a rotated one is picked up."""
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise ConfigurationError(
            "GENESYS_CLIENT_SECRET_FILE", f"cannot be read: {_shown(path)}: {reason}"
        ) from None
    if not text:
        raise ConfigurationError("GENESYS_CLIENT_SECRET_FILE", f"is empty: {_shown(path)}")
    return text


def _shown(path: Path) -> str:
    """Name a file, unless it may be the secret itself that somebody took for a file."""
    return str(path) if path.is_absolute() else "what it names (give the whole path of a file)"
