"""URLs that are credentials: signed, and good for a while."""

import hashlib
import hmac
from urllib.parse import parse_qs

_KEY = b"simulated signing key"


def signed(base: str, path: str, expires: int) -> str:
    """Return a URL for a path that works until ``expires``, in seconds since the epoch."""
    return f"{base}{path}?Expires={expires}&Signature={_signature(path, expires)}"


def refusal(path: str, query: str, now: float) -> tuple[str, str] | None:
    """Return code and message of the media host's refusal, or None for a good URL."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    expires = given.get("Expires", "")
    if not expires.isdigit() or "Signature" not in given:
        return "AccessDenied", "Access Denied"
    if not hmac.compare_digest(given["Signature"], _signature(path, int(expires))):
        return "SignatureDoesNotMatch", "The request signature does not match."
    if now >= int(expires):
        return "AccessDenied", "Request has expired"
    return None


def _signature(path: str, expires: int) -> str:
    return hmac.new(_KEY, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()
