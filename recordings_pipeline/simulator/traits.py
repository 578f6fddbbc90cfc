"""What can be special about a conversation, and how many of a day's have each trait.

A trait is a bit of one 64-bit number, so that a day of 100,000 conversations is an array.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Picks = npt.NDArray[np.intp]

# Of each group a conversation has at most one.
MEDIA = ("chat", "email", "message")
FATES = ("abandoned", "voicemail")
STATES = ("archived", "deleted", "uploading", "failed", "restoring", "restored")
CODECS = ("pcm", "opus", "webm", "vorbis", "mp3")
LENGTHS = ("three_seconds", "three_hours")
LANGUAGES = ("german", "spanish", "japanese", "arabic", "hostile_text")
PARTNERS = ("transfer", "conference", "consult", "coaching")
VARIANTS = ("sparse_transcript", "empty_transcript", "two_runs", "outside_windows")
LATES = ("late_recording", "late_transcript")
# These come in any combination.
SINGLES = (
    "ivr",
    "outbound",
    "hold",
    "secure_pause",
    "mono",
    "second_recording",
    "screen",
    "snippet",
    "two_files",
    "sensitive",
    "open",
    "untranscribed",
)
# Recordings that the platform has without a conversation: one says whose it is, one does not.
ORPHANS = ("orphaned", "adrift")
# Recordings that were started and never came: an upload that failed, one that nobody knows of, and
# orphans. Their bits follow all others, and so they are dealt: a world without them stays the same.
LOSSES = ("lost_upload", "vanished", *ORPHANS)
# Calls in which the sides talk at once, and those whose batch requests are refused. Younger than
# the losses, so that their bits follow theirs.
MANNERS = ("crosstalk", "refused")
GROUPS = (MEDIA, FATES, LENGTHS, STATES, CODECS, LANGUAGES, PARTNERS, VARIANTS, LATES)
TRAITS = (*(trait for group in GROUPS for trait in group), *SINGLES, *LOSSES, *MANNERS)
_BIT = {trait: np.uint64(1 << position) for position, trait in enumerate(TRAITS)}
# On a day with fewer conversations a rare trait may be absent.
ROOM_FOR_ALL = 24
# What an e-mail can have as well as a call.
_DIGITAL = frozenset({*MEDIA, *STATES, "sensitive", "open", "late_recording"})
_NEEDS_TIME = frozenset({"ivr", "hold", "secure_pause", *PARTNERS})
# All that can be seen of a call of which nothing was kept.
_SEEN_WITHOUT_RECORDING = frozenset(
    {
        "voicemail",
        *LENGTHS,
        "transfer",
        "conference",
        "coaching",
        "ivr",
        "outbound",
        "hold",
        "secure_pause",
        "untranscribed",
    }
)
# What would hide another trait: a deleted recording is not withheld because it is sensitive too.
_HIDES = {
    "sensitive": STATES,
    "open": (*FATES, *STATES, *LENGTHS),
    "untranscribed": (*LANGUAGES, *VARIANTS, *LATES),
    "two_files": STATES,
    "late_recording": STATES,
}


def bit(trait: str) -> np.uint64:
    """Return the bit of a trait."""
    return _BIT[trait]


def has(bits: int, trait: str) -> bool:
    """Say whether one conversation has a trait."""
    return bool(bits & int(_BIT[trait]))


def dealt(
    count: int,
    shares: Mapping[str, float],
    pinned: Mapping[int, Iterable[str]],
    rng: np.random.Generator,
) -> Bits:
    """Deal traits to the conversations of a day.

    Each trait goes to its share of them, rounded, and on a day of some size to at least one as
    long as there is room: such a day has a bit of everything. The last conversation stays an
    ordinary call.

    Args:
        count: Conversations of the day.
        shares: Share of all conversations by trait, 0 to 1; a missing trait is 0.
        pinned: Traits that certain conversations have, and no others; by number, from 0.
        rng: Decides who gets what.

    Returns:
        One number per conversation, bits as in `bit`.
    """
    bits = np.zeros(count, np.uint64)
    numbers = [number for number in pinned if number < count]
    everyone = np.setdiff1d(np.arange(max(count - 1, 0)), numbers)
    for group in GROUPS:
        _deal(bits, group, shares, rng.permutation(_eligible(bits, group, everyone)), count)
    for trait in SINGLES:
        eligible = _eligible(bits, (trait,), everyone)
        _deal(bits, (trait,), shares, rng.permutation(eligible), count)
    if any(shares.get(trait, 0.0) > 0 for trait in LOSSES):
        barred = _union({*TRAITS} - _SEEN_WITHOUT_RECORDING)
        whole = everyone[(bits[everyone] & barred) == 0]
        _deal(bits, LOSSES, shares, rng.permutation(whole), count)
    if any(shares.get(trait, 0.0) > 0 for trait in MANNERS):
        # By a copy: starts and lengths, which are drawn next, stay the same as well.
        queue = deepcopy(rng).permutation(_eligible(bits, MANNERS, everyone))
        _deal(bits, MANNERS, shares, queue, count)
    for number in numbers:
        bits[number] = _union(pinned[number])
    return bits


def _eligible(bits: Bits, group: Iterable[str], everyone: Picks) -> Picks:
    """Return who may get a trait of a group, given what they have already."""
    names = set(group)
    taken = bits[everyone]
    barred = np.uint64(0)
    if not names & _DIGITAL:
        barred |= _union(MEDIA)
    if not names & {*FATES, *MEDIA}:
        barred |= bit("abandoned")
    if names & _NEEDS_TIME:
        barred |= _union(("three_seconds", "voicemail"))
    for name in names & _HIDES.keys():
        barred |= _union(_HIDES[name])
    found: Picks = everyone[(taken & barred) == 0]
    return found


def _deal(
    bits: Bits, group: Iterable[str], shares: Mapping[str, float], queue: Picks, count: int
) -> None:
    """Hand a group's traits to those in the queue, first come, first served."""
    for trait, wanted in _wanted(group, shares, count):
        chosen, queue = queue[:wanted], queue[wanted:]
        bits[chosen] |= bit(trait)


def _wanted(
    group: Iterable[str], shares: Mapping[str, float], count: int
) -> Iterator[tuple[str, int]]:
    for trait in group:
        share = shares.get(trait, 0.0)
        if share > 0:
            yield trait, max(int(count >= ROOM_FOR_ALL), round(share * count))


def _union(group: Iterable[str]) -> np.uint64:
    return np.uint64(sum(int(bit(trait)) for trait in group))
