"""How one simulator is set up."""

from dataclasses import dataclass

CONVERSATIONS = "analytics:conversationDetail:view"
RECORDINGS = "recording:recording:view"
SENSITIVE = "recording:recording:viewSensitiveData"
SPEECH = "speechAndTextAnalytics:data:view"
PERMISSIONS = frozenset({CONVERSATIONS, RECORDINGS, SPEECH})


@dataclass(frozen=True, slots=True)
class Options:
    """Size of the world, allowances, and misbehaviour.

    Attributes:
        port: Port of the API; 0 for a free one. The media port is always a free one.
        requests_per_minute: API allowance of a token.
        cut_every: Every n-th whole media body is cut in the middle; 0 for never.
        rate_limit_every: Every n-th API request is answered 429; 0 for never.
        permissions: What the client's roles grant.
    """

    seed: int = 1
    calls_per_day: int = 240
    port: int = 0
    requests_per_minute: int = 300
    cut_every: int = 0
    rate_limit_every: int = 0
    token_lifetime_s: int = 86_400
    url_lifetime_s: int = 3_600
    transcript_url_lifetime_s: int = 600
    permissions: frozenset[str] = PERMISSIONS
