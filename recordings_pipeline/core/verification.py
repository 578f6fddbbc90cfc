"""Does the archive hold what the ledger says? Decided from what was seen, without looking."""

import hashlib
import heapq
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.quantities import BYTES_PER_MB

# Ranks are spread evenly below this.
RANKS = 1 << 64
# A report names this many faults; the counts are of all.
MOST_KEPT = 10_000
_SAMPLE = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<percent>\s?%)?", re.ASCII)


class Cause(StrEnum):
    """In which way archive and ledger differ."""

    MISSING = "missing"
    NO_REGULAR_FILE = "no regular file"
    SIZE = "size differs"
    DIGEST = "SHA-256 differs"
    UNREADABLE = "unreadable"
    NO_ROW = "exported without a file"
    LEFT_OVER = "left over"
    FOREIGN = "foreign"
    CONTENT = "content differs"
    LOCKED = "cannot be opened"

    @property
    def is_repairable(self) -> bool:
        """Whether fetching the recording again heals it."""
        return self not in (Cause.LEFT_OVER, Cause.FOREIGN, Cause.CONTENT, Cause.LOCKED)


@dataclass(frozen=True, slots=True)
class Promise:
    """What the ledger says of one file of an exported recording.

    Attributes:
        path: Relative to the data directory; empty when the ledger knows no file.
        size_bytes: 0 without a file.
        sha256: Lower-case hex; empty without a file.
    """

    day: Day
    recording_id: str
    path: str = ""
    size_bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen under a path.

    Attributes:
        kind: ``file``, or what it is instead; empty when nothing is there.
        size_bytes: Of a regular file.
        sha256: Over all its bytes; None when it was not hashed.
        problem: What the system refused, in its own words; empty when nothing.
    """

    kind: str = ""
    size_bytes: int = 0
    sha256: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One difference.

    Attributes:
        day: None for what lies outside of every day.
        recording_id: Empty when the file belongs to none.
        path: Relative to the data directory; empty when the ledger knows no file.
        detail: What was seen, as a sentence's end.
    """

    day: Day | None
    recording_id: str
    path: str
    cause: Cause
    detail: str

    @property
    def reason(self) -> str:
        """Say what is wrong, in words that fit an audit event."""
        return f"{self.cause}: {self.detail}"

    @property
    def next_step(self) -> str:
        """Say what helps."""
        if self.cause is Cause.FOREIGN:
            return "find out who put it there, and move it away"
        if self.cause is Cause.CONTENT:
            return "keep it, and find out who changed the file or the ledger"
        if self.cause is Cause.LOCKED:
            return "use the private key it was encrypted for, which may be an older one"
        if self.cause is Cause.LEFT_OVER:
            return f"{export_command(self.day)}: its recording is still to be exported"
        if self.cause is Cause.UNREADABLE:
            return "look at the disk and its permissions; verify --repair if that does not help"
        return "verify --repair, then export the day"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found, of a day or of several.

    Attributes:
        file_count: Files the ledger promises, that were looked at.
        hashed_count: Those of them that were read as a whole.
        seconds: Wall time.
        counts: Faults by cause.
        faults: The first of them, as many as a report keeps.
        unjudged_count: Files nobody knows, of days that are being exported just now.
    """

    file_count: int = 0
    hashed_count: int = 0
    hashed_bytes: int = 0
    seconds: float = 0.0
    counts: Mapping[Cause, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    unjudged_count: int = 0

    @property
    def fault_count(self) -> int:
        return sum(self.counts.values())

    @property
    def is_clean(self) -> bool:
        return not self.fault_count

    @property
    def is_repairable(self) -> bool:
        """Whether fetching again heals any of it."""
        return any(cause.is_repairable for cause in self.counts)

    @property
    def mb_per_s(self) -> float:
        """Megabytes (10⁶ bytes) hashed a second; 0 when nothing was."""
        return self.hashed_bytes / BYTES_PER_MB / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """How much is hashed: a share of the recordings, a number of them, or all by default."""

    share: float | None = None
    count: int | None = None

    @property
    def is_all(self) -> bool:
        return self.share is None and self.count is None


def sample_from(text: str) -> Sample:
    """Read ``200`` as a number of recordings and ``1%`` as a share of them.

    Raises:
        ValueError: It is neither, nothing at all, or more than everything.
    """
    match = _SAMPLE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a sample: {text!r}; write it like 200 or 1%")
    number = float(match["number"])
    if match["percent"]:
        if not 0 < number <= 100:  # noqa: PLR2004 (per cent)
            raise ValueError(f"not a share: {text!r}; write more than 0% and at most 100%")
        return Sample(share=number / 100)
    if number < 1 or not number.is_integer():
        raise ValueError(f"not a number of recordings: {text!r}; write it like 200 or 1%")
    return Sample(count=int(number))


def rank(recording_id: str, seed: int) -> int:
    """Give a recording its place in a sample: evenly spread, another order with another seed."""
    digest = hashlib.blake2b(f"{seed}/{recording_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest)


def rank_limit(sample: Sample, ranks: Iterable[int]) -> int:
    """Return the rank below which recordings belong to a sample.

    Args:
        sample: What is wanted.
        ranks: Those of all recordings; read once, and only to choose a number of them. As many
            as the sample has are kept in memory.
    """
    if sample.count is not None:
        lowest = heapq.nsmallest(sample.count, ranks)
        return lowest[-1] + 1 if lowest else 0
    return RANKS if sample.share is None else round(sample.share * RANKS)


def judge(promise: Promise, look: Look) -> Fault | None:
    """Compare what was seen with what the ledger says; None when they agree."""
    found = _difference(promise, look)
    if found is None:
        return None
    return Fault(promise.day, promise.recording_id, promise.path, *found)


def _difference(  # noqa: PLR0911 (one for each way to differ)
    promise: Promise, look: Look
) -> tuple[Cause, str] | None:
    if not promise.path:
        return Cause.NO_ROW, "the ledger says exported and knows no file"
    if look.problem:
        return Cause.UNREADABLE, look.problem
    if not look.kind:
        return Cause.MISSING, "nothing has this name"
    if look.kind != "file":
        return Cause.NO_REGULAR_FILE, f"a {look.kind} has this name"
    if look.size_bytes != promise.size_bytes:
        return Cause.SIZE, f"{look.size_bytes} bytes instead of {promise.size_bytes}"
    if look.sha256 not in (None, promise.sha256):
        return Cause.DIGEST, f"{look.sha256} instead of {promise.sha256}"
    return None


def printable(path: str) -> str:
    """Write a path so that it can be printed, whoever chose it: bytes and controls as escapes."""
    if path.isprintable():  # surrogates are not
        return path
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def export_command(day: Day | None) -> str:
    """Return what a person types to fetch what a day lacks."""
    return f"recordings-pipeline export --from {day} --to {day}"


def total(parts: Iterable[Verification]) -> Verification:
    """Add up days that were verified one after the other; the seconds as well."""
    whole = Verification()
    for part in parts:
        counts = dict(whole.counts)
        for cause, count in part.counts.items():
            counts[cause] = counts.get(cause, 0) + count
        whole = Verification(
            file_count=whole.file_count + part.file_count,
            hashed_count=whole.hashed_count + part.hashed_count,
            hashed_bytes=whole.hashed_bytes + part.hashed_bytes,
            seconds=whole.seconds + part.seconds,
            counts=counts,
            faults=(*whole.faults, *part.faults)[:MOST_KEPT],
            unjudged_count=whole.unjudged_count + part.unjudged_count,
        )
    return whole
