"""Whose file comes next, so that one slow host cannot hold up the others."""

from collections.abc import Mapping, Sized


def next_host(active: Mapping[str, int], waiting: Mapping[str, Sized], limit: int) -> str | None:
    """Choose the host with the fewest transfers among those whose files wait.

    A host gets at most three quarters of the slots, the last of a single one aside, as soon as
    there is another: the slots that are left serve whoever comes. A host that is alone gets all.

    Args:
        active: Transfers on the way, by host.
        waiting: Files that wait, by host.
        limit: How many transfers may run at once.

    Returns:
        None when no file may start now.
    """
    known = {host for host, count in active.items() if count} | {h for h, f in waiting.items() if f}
    share = limit if len(known) == 1 or limit == 1 else limit - max(1, limit // 4)
    free = [host for host in waiting if waiting[host] and active.get(host, 0) < share]
    return min(free, key=lambda host: active.get(host, 0), default=None)
