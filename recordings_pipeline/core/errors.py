"""What can go wrong, and what each failure asks of its caller.

RecordingsError
├── ConfigurationError       a person must change a setting
├── PreflightFailed          a person must act before anything moves
├── Busy                     another process is at work on the same day
├── StorageFailed            the disk refused a write
├── Interrupted              a person asked us to stop
├── TransientError           the same request may succeed later
│   ├── Unreachable
│   ├── RateLimited
│   ├── ServerFailed
│   ├── NotJson              (in core/fields.py)
│   ├── LinkExpired
│   ├── AnswerUnusable
│   └── TransferInterrupted
├── PermanentError           another attempt cannot change the answer
│   ├── LoginRefused
│   ├── PermissionMissing
│   ├── NotFound
│   ├── MalformedPayload
│   ├── ContractBroken       (in core/contracts.py)
│   ├── AuditBroken          (in core/audit/errors.py)
│   ├── Locked               (in core/sealing.py)
│   └── UnexpectedStatus
└── IntegrityError           bytes arrived, but not the promised ones
    ├── UntrustedBytes
    ├── Unsupported
    └── NameTaken

A route is a method with a path template, a correlation id what the vendor's support asks for. No
message holds a secret, a query string, a phone number or a spoken word: messages end in
logs and in Dagster's event log, where every visitor of the UI can read them.
"""

from dataclasses import dataclass


class RecordingsError(Exception):
    """Root of every error this package raises on purpose."""


class TransientError(RecordingsError):
    """The same request may succeed later: wait, then try again."""


class PermanentError(RecordingsError):
    """Another attempt cannot change the answer: report it and move on."""


class IntegrityError(RecordingsError):
    """Bytes arrived, but not the promised ones: discard and start over."""


@dataclass(eq=False)
class ConfigurationError(RecordingsError):
    """A setting is missing or wrong.

    Attributes:
        variable: Name of the environment variable or option to change.
        problem: What is wrong with it and what to write instead, as half a sentence.
    """

    variable: str
    problem: str

    def __str__(self) -> str:
        return f"{self.variable} {self.problem}"


@dataclass(eq=False)
class PreflightFailed(RecordingsError):
    """Checks that run before anything moves have failed: a sentence each, with what to do."""

    failures: tuple[str, ...]

    def __str__(self) -> str:
        return "preflight failed: " + " | ".join(self.failures)


@dataclass(eq=False)
class Busy(RecordingsError):
    """Another process is working on the same day of the same data directory."""

    day: str

    def __str__(self) -> str:
        return f"{self.day} is being exported by another process: wait for it, or stop it first"


@dataclass(eq=False)
class StorageFailed(RecordingsError):
    """The disk refused to write a file, named relative to the data directory."""

    name: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} could not be written: {self.reason}; {self.remedy}"


class Interrupted(RecordingsError):
    """The run was asked to stop; what it finished is kept, the rest continues next time."""

    def __str__(self) -> str:
        return "interrupted: what was finished is kept, the next run continues"


@dataclass(eq=False)
class Unreachable(TransientError):
    """No answer arrived from a host and port; the reason is the transport's own name for it."""

    host: str
    reason: str

    def __str__(self) -> str:
        return f"no answer from {self.host}: {self.reason}"


@dataclass(eq=False)
class RateLimited(TransientError):
    """The organization's allowance was used up, and waiting did not help in time."""

    route: str
    retry_after_s: float

    def __str__(self) -> str:
        return f"{self.route}: rate limit reached, retry in {self.retry_after_s:.0f} s"


@dataclass(eq=False)
class ServerFailed(TransientError):
    """The server answered with 5xx or 408, again and again."""

    route: str
    status: int
    correlation_id: str = ""

    def __str__(self) -> str:
        return f"{self.route}: HTTP {self.status} (correlation id {self.correlation_id or 'none'})"


class LinkExpired(TransientError):
    """A signed URL is past its lifetime: ask for a new one and continue the same part."""

    def __str__(self) -> str:
        return "the signed URL has expired"


@dataclass(eq=False)
class AnswerUnusable(TransientError):
    """A media host sent something else than a recording; no byte of it was kept."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class TransferInterrupted(TransientError):
    """A body stopped before its announced end; the bytes that arrived are kept.

    Attributes:
        held_bytes: What is held of it.
        total_bytes: Its size; 0 when no answer told it.
        reason: Why it stopped.
    """

    held_bytes: int
    total_bytes: int
    reason: str

    def __str__(self) -> str:
        if self.total_bytes == 0:
            return f"no byte of it arrived: {self.reason}"
        return f"stopped after {self.held_bytes} of {self.total_bytes} bytes: {self.reason}"


@dataclass(eq=False)
class LoginRefused(PermanentError):
    """The login host does not accept the client credentials."""

    host: str

    def __str__(self) -> str:
        return (
            f"{self.host} refused the client credentials: check GENESYS_CLIENT_ID, the secret "
            "and the region (a wrong region answers exactly like a wrong secret)"
        )


@dataclass(eq=False)
class PermissionMissing(PermanentError):
    """The OAuth client's roles do not grant what the platform says is needed for a route."""

    route: str
    needed: str
    correlation_id: str = ""
    advice: str = "grant it to a role of the OAuth client, in every division"

    def __str__(self) -> str:
        return (
            f"{self.route}: permission missing ({self.needed}); {self.advice} "
            f"(correlation id {self.correlation_id or 'none'})"
        )


@dataclass(eq=False)
class NotFound(PermanentError):
    """The platform does not know the object, or not any more."""

    route: str

    def __str__(self) -> str:
        return f"{self.route}: not found"


@dataclass(eq=False)
class MalformedPayload(PermanentError):
    """An answer has not the shape the platform documents; the problem never quotes it."""

    what: str
    problem: str

    def __str__(self) -> str:
        return f"{self.what}: {self.problem}"


@dataclass(eq=False)
class UnexpectedStatus(PermanentError):
    """The server answered with a status nobody planned for."""

    route: str
    status: int
    correlation_id: str = ""

    def __str__(self) -> str:
        return (
            f"{self.route}: unexpected HTTP status {self.status} "
            f"(correlation id {self.correlation_id or 'none'})"
        )


@dataclass(eq=False)
class UntrustedBytes(IntegrityError):
    """What arrived is whole, and is no audio."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class Unsupported(IntegrityError):
    """What arrived is whole, and of a kind that nobody wants."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class NameTaken(IntegrityError):
    """A file we do not know stands where an audio file should be published."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} exists and is not ours: move it away, then run the day again"
