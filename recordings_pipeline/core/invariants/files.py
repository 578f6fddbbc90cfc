"""I1 and I2: the bytes of files, and which files there are."""

from collections.abc import Iterable, Iterator

from recordings_pipeline.core.invariants.violation import Violation
from recordings_pipeline.core.verification import Cause, Fault

_OF_BYTES = frozenset({Cause.SIZE, Cause.DIGEST})


def no_wrong_bytes(faults: Iterable[Fault]) -> Iterator[Violation]:
    """I1: every file with a final name has exactly the bytes that were verified."""
    return (_violation("I1", fault) for fault in faults if fault.cause in _OF_BYTES)


def manifest_is_disk(faults: Iterable[Fault]) -> Iterator[Violation]:
    """I2: a recording is exported exactly when its files lie there, and nothing else does."""
    return (_violation("I2", fault) for fault in faults if fault.cause not in _OF_BYTES)


def _violation(invariant: str, fault: Fault) -> Violation:
    thing = fault.path or f"recording {fault.recording_id} of {fault.day}"
    return Violation(invariant, thing, fault.reason, fault.next_step)
