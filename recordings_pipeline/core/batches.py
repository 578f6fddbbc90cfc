"""How many conversations one batch request may name, so that no URL expires before it is used."""

MOST_CONVERSATIONS = 100
# Without experience, a lifetime of ten minutes is ample for a hundred files.
_AMPLE_S = 600.0
_FIRST_CONVERSATIONS = 25
# Two batches are under way while one is used up, and a rate may halve.
_SHARE = 1 / 6
# A download needs some of the URL's lifetime to begin; the shortest that can be set is 120 s.
_MARGIN_SHARE, _MOST_MARGIN_S = 0.25, 120.0


def conversations_per_batch(lifetime_s: float, recordings_per_s: float | None) -> int:
    """Return how many conversations to ask for at once.

    Args:
        lifetime_s: How long signed URLs live.
        recordings_per_s: How fast they are used; None before anybody knows.
    """
    if recordings_per_s is None:
        return MOST_CONVERSATIONS if lifetime_s >= _AMPLE_S else _FIRST_CONVERSATIONS
    return max(1, min(MOST_CONVERSATIONS, int(recordings_per_s * lifetime_s * _SHARE)))


def usable_s(lifetime_s: float) -> float:
    """Return for how long after its request a URL is worth using."""
    return lifetime_s - min(lifetime_s * _MARGIN_SHARE, _MOST_MARGIN_S)
