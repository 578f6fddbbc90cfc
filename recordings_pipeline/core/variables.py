"""The environment variables a person can set, as the README's table shows them.

What they mean to the program is in `core.settings`.
"""

from dataclasses import dataclass

from recordings_pipeline.core.addresses import DEFAULT_BASE_URL


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable, as the README's table shows it."""

    name: str
    meaning: str
    default: str


VARIABLES = (
    Variable("GENESYS_CLIENT_ID", "id of the OAuth client (grant: client credentials)", "required"),
    Variable("GENESYS_CLIENT_SECRET", "its secret", "required, or the next"),
    Variable(
        "GENESYS_CLIENT_SECRET_FILE", "file that holds the secret, read again after a 401", "none"
    ),
    Variable(
        "GENESYS_REGION", "region by name (`eu_central_1`) or domain (`mypurecloud.de`)", "none"
    ),
    Variable(
        "GENESYS_BASE_URL",
        "API address instead of a region; `http` only for loopback",
        DEFAULT_BASE_URL,
    ),
    Variable("GENESYS_LOGIN_URL", "login address", "base URL with `//api.` replaced by `//login.`"),
    Variable("RECORDINGS_DATA", "directory everything is written under", "`./data`"),
    Variable(
        "RECORDINGS_LEDGER_URL",
        "PostgreSQL database for the ledger, such as `postgresql://user:password@host/database`; "
        "a secret",
        "`ledger.db` in this directory",
    ),
    Variable("RECORDINGS_QUOTA_GB", "most this directory may hold, in GB (10⁹ bytes)", "no limit"),
    Variable("RECORDINGS_RESERVE_GB", "free space of its disk that is never used, in GB", "1"),
    Variable(
        "RECORDINGS_CONNECTIONS",
        "most downloads at once; fewer as long as more do not help",
        "64",
    ),
    Variable(
        "RECORDINGS_API_CONNECTIONS",
        "most API requests at once; fewer as long as more do not help, or the API is in trouble",
        "8",
    ),
    Variable(
        "RECORDINGS_DURABILITY",
        "`grouped`: up to 32 recordings, or 0.2 s, are recorded at once; `strict`: each alone",
        "`grouped`",
    ),
    Variable(
        "RECORDINGS_METADATA",
        "`when_needed`, or `always` to read the full metadata of each recording: a call each",
        "`when_needed`",
    ),
    Variable(
        "RECORDINGS_MEDIA",
        "what is exported of `call`, `screen`, `chat`, `email`, `message`; all are indexed",
        "`call`",
    ),
    Variable(
        "RECORDINGS_CODECS",
        "which sound is exported: containers (`wav`), codecs (`opus`), pairs (`wav/g729`)",
        "`wav,mp3,aac,ogg,webm,opus,m4a,mp4`",
    ),
    Variable(
        "RECORDINGS_UNSUPPORTED",
        "what becomes of the others: `excluded`, or `quarantined` to keep their bytes",
        "`excluded`",
    ),
    Variable(
        "RECORDINGS_VOICE",
        "who listens to the sound: `energy`, `silero` (extra `[vad]`), or `off`",
        "`energy`",
    ),
    Variable(
        "RECORDINGS_API_RESERVE_PERCENT",
        "share of the API allowance that backfills leave to daily work",
        "20",
    ),
    Variable(
        "RECORDINGS_RESCUE_DAYS", "how many days ahead the rescue list looks, at most 3650", "14"
    ),
    Variable(
        "RECORDINGS_LOOKBACK_DAYS", "how many of the last days a look-back looks at again", "3"
    ),
    Variable(
        "RECORDINGS_POLL_S",
        "seconds until it is first asked whether a job or a batch is ready, at most 60; more of "
        "them spend fewer API calls",
        "0.2",
    ),
    Variable(
        "RECORDINGS_AUDIT_KEY",
        "private Ed25519 key that signs the audit log: PEM, or its seed in hex",
        "none",
    ),
    Variable(
        "RECORDINGS_AUDIT_KEY_FILE",
        "file that holds it instead; made on first use, and only its owner may read it",
        "`~/.local/state/recordings-pipeline/audit/ed25519.pem`",
    ),
    Variable(
        "RECORDINGS_AUDIT_ANCHOR_DIR",
        "second directory for the head of the audit log, out of reach of who writes the data",
        "none",
    ),
    Variable(
        "RECORDINGS_AGE_RECIPIENTS",
        "public keys (`age1…`) that audio and raw data are encrypted for, with commas between; "
        "extra `[age]`",
        "none",
    ),
    Variable(
        "RECORDINGS_AGE_IDENTITY",
        "private key (`AGE-SECRET-KEY-1…`) that opens them, where they have to be read",
        "none",
    ),
    Variable(
        "RECORDINGS_AGE_IDENTITY_FILE",
        "file of age-keygen that holds it instead; only its owner may read it",
        "none",
    ),
    Variable(
        "RECORDINGS_PRIVATE_NETWORKS",
        "private networks that media may come from, such as `10.20.0.0/16` of a VPC endpoint",
        "none",
    ),
    Variable(
        "RECORDINGS_KEEP_DAYS",
        "after how many days `retain` erases a day; nothing does it unasked",
        "for good",
    ),
    Variable("RECORDINGS_FIRST_DAY", "first day Dagster offers", "2026-01-01"),
    Variable(
        "RECORDINGS_DAYS_PER_RUN",
        "days of a backfill that one run takes, at most 31; 1 where a day takes hours",
        "7",
    ),
    Variable(
        "RECORDINGS_DAILY_HOUR",
        "hour, in UTC, whose half exports the day that has just ended; look-back and checks are "
        "3 h and 6 h later",
        "3",
    ),
    Variable(
        "RECORDINGS_WEBHOOK_URL", "who is told of failed runs and checks, by a signed POST", "none"
    ),
    Variable(
        "RECORDINGS_WEBHOOK_SECRET", "signs those; 24 characters or more, or `whsec_…`", "none"
    ),
)
