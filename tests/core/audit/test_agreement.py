"""What the ledger holds is what its events tell, or the difference is named."""

import hashlib

import pytest

from recordings_pipeline.core.audit.agreement import (
    Held,
    Told,
    digest_of_all,
    erasure_disagrees,
    hold_disagrees,
    recording_disagrees,
)

A, B = "a" * 64, "b" * 64


def test_an_event_tells_the_digest_of_the_only_file_or_one_over_all_of_them() -> None:
    assert digest_of_all([]) is None
    assert digest_of_all([A]) == A
    # What `sha256sum` says of a file with both, a line each.
    assert digest_of_all([A, B]) == hashlib.sha256(f"{A}\n{B}\n".encode()).hexdigest()
    assert digest_of_all([A, B]) != digest_of_all([B, A])


@pytest.mark.parametrize(
    ("told", "held", "cause"),
    [
        (Told("exported", 3, A), Held("exported", (3,), (A,)), None),
        (Told("exported", 3, A), Held("exported", (3,), (B,)), "another digest"),
        (Told("exported", 3, None), Held("exported", (3,), (A,)), "another digest"),
        (Told("exported", 4, A), Held("exported", (3,), (A,)), "has 3 bytes, and its last"),
        (Told("exported", 3, A), Held("exported"), "has 0 bytes"),
        (Told("exported", 7, digest_of_all([A, B])), Held("exported", (3, 4), (A, B)), None),
        (Told("exported", 7, digest_of_all([A, B])), Held("exported", (3, 4), (B, A)), "another"),
        # An event of before several files had a digest.
        (Told("exported", 7, None), Held("exported", (3, 4), (A, B)), None),
        (Told("missing"), Held("missing"), None),
        (Told("missing"), Held("retry"), "is retry, and its last event says missing"),
        (Told("exported", 3, A), Held(None), "is not in the ledger, and its last event says exp"),
    ],
)
def test_a_recording_is_what_its_last_event_says(told: Told, held: Held, cause: str | None) -> None:
    found = recording_disagrees(told, held)

    assert found is None if cause is None else cause in str(found)


@pytest.mark.parametrize(
    ("actions", "is_released", "cause"),
    [
        ({"hold.added"}, False, None),
        ({"hold.added", "hold.release_asked"}, False, None),
        ({"hold.added", "hold.released"}, True, None),
        ({"hold.added"}, None, "is not in the ledger"),
        ((), False, "no event says that it was added"),
        ({"hold.added"}, True, "is released, and its events say otherwise"),
        ({"hold.added", "hold.released"}, False, "is not released, and its events"),
    ],
)
def test_a_hold_is_what_its_events_say(
    *, actions: set[str], is_released: bool | None, cause: str | None
) -> None:
    found = hold_disagrees(actions, is_released=is_released)

    assert found is None if cause is None else cause in str(found)


@pytest.mark.parametrize(
    ("actions", "is_done", "cause"),
    [
        ({"erasure.begun"}, False, None),
        ({"erasure.begun", "conversation.erased"}, True, None),
        ({"erasure.begun", "conversation.erased"}, None, "has no tombstone"),
        ((), True, "no event says that it was erased"),
        ({"erasure.begun"}, True, "to another extent"),
    ],
)
def test_an_erasure_is_what_its_events_say(
    *, actions: set[str], is_done: bool | None, cause: str | None
) -> None:
    found = erasure_disagrees(actions, is_done=is_done)

    assert found is None if cause is None else cause in str(found)
