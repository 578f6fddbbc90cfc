"""What a day costs in API calls: the whole model, with the numbers of this code, in one place.

| what is asked | calls |
|---|---|
| checks | 6 a day: organization, recorded count, two permissions, allowance, watermark |
| login, names, lifetime of URLs | 5 for the first day of a range |
| conversations | 1 per 100, or 5 + 1 per 1,000 where a details job reads them |
| batches | 1 per 100 conversations that are asked about |
| polls | 3 per batch, and 1 more when `audio_files` reads what the index left open |
| metadata | 1 per odd conversation (5 in 100 until the ledger knows better), or 1 each |
| transcripts | 1 per leg with an audio recording |
| settling | 3 for a day that is old enough: the report on pending uploads, and orphans |

A day that is settled costs one call, to see whose it is, and what is left to be fetched again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

KINDS = ("checks", "conversations", "batches", "polls", "metadata", "transcripts", "settling")
ALWAYS = "always"
CHECKS, CHECKS_OF_THE_FIRST = 6, 5
PAGE_SIZE, JOB_PAGE_SIZE, JOB_CALLS = 100, 1_000, 5
# Polls at 0.5, 1.2 and 2.0 s: ten full batches took thirty of them.
BATCH_SIZE, POLLS, READ_AGAIN = 100, 3, 1
CALLS_OF_A_BATCH = 1 + POLLS
SETTLING = 3
ODD_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """What is left to ask about a day.

    Attributes:
        is_settled: Whether nobody has to ask which recordings it has.
        is_first: Whether it is the first day of the range that is not settled.
        is_old_enough: Whether its settling delay has passed.
        by_job: Whether a details job reads its conversations.
        conversation_count: All its conversations.
        asked_count: Those whose recordings are to be asked for.
        fetched_count: Those whose recordings are to be fetched.
        transcript_count: Transcripts to ask for.
        metadata: ``always`` or ``when_needed``.
        odd_share: Share of the asked ones that need their metadata besides a batch.
        calls_while_urls_live: Calls the allowance has while the URLs of a batch live.
    """

    is_settled: bool
    is_first: bool
    is_old_enough: bool
    by_job: bool
    conversation_count: int
    asked_count: int
    fetched_count: int
    transcript_count: int
    metadata: str
    odd_share: float
    calls_while_urls_live: int


def calls_by_kind(load: Load) -> dict[str, int]:
    """Predict the calls of one run of a day's stages, in the order of `KINDS`."""
    calls = dict.fromkeys(KINDS, 0)
    if load.is_settled:
        calls["checks"] = 1
        _add_batches(calls, pages(load.fetched_count, BATCH_SIZE))
    else:
        calls["checks"] = CHECKS + CHECKS_OF_THE_FIRST * load.is_first
        calls["conversations"] = _listing(load)
        calls["settling"] = SETTLING * load.is_old_enough
        _add_asking(calls, load)
    calls["transcripts"] = load.transcript_count
    return calls


def sum_by_kind(days: list[Mapping[str, int]]) -> dict[str, int]:
    """Add the calls of some days."""
    total: Counter[str] = Counter()
    for calls in days:
        total.update(calls)
    return {kind: total[kind] for kind in KINDS}


def pages(count: int, size: int) -> int:
    """Return how many pages of a size hold a count."""
    return -(-count // size)


def _listing(load: Load) -> int:
    if load.by_job:
        return JOB_CALLS + pages(load.conversation_count, JOB_PAGE_SIZE)
    return max(pages(load.conversation_count, PAGE_SIZE), 1)


def _add_asking(calls: dict[str, int], load: Load) -> None:
    """Add what it takes to learn of recordings, and to come by URLs for those to be fetched."""
    if load.metadata == ALWAYS:
        calls["metadata"] = load.asked_count
        _add_batches(calls, pages(load.fetched_count, BATCH_SIZE))
        return
    calls["metadata"] = -(-round(load.asked_count * load.odd_share * 1_000) // 1_000)
    requests = pages(load.asked_count, BATCH_SIZE)
    _add_batches(calls, requests)
    calls["polls"] += READ_AGAIN * requests
    left = load.fetched_count - load.asked_count
    _add_batches(calls, pages(max(left, 0), BATCH_SIZE))
    _add_batches(calls, _outlived(calls, requests, load.calls_while_urls_live))


def _outlived(calls: Mapping[str, int], requests: int, calls_while_urls_live: int) -> int:
    """Count the requests whose URLs expire while the index still asks about the rest of the day."""
    needed = sum(calls.values())
    if needed <= calls_while_urls_live:
        return 0
    return pages(requests * (needed - calls_while_urls_live), needed)


def _add_batches(calls: dict[str, int], requests: int) -> None:
    calls["batches"] += requests
    calls["polls"] += POLLS * requests
