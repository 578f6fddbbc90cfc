"""What happened so far, as tests ask for it."""

from dataclasses import dataclass

from recordings_pipeline.simulator.state import State


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counters of a simulator, all processes together, at one instant.

    Attributes:
        media_bytes: Bytes of media bodies that were, or are about to be, sent.
        media_unsent_bytes: Those of them that were not sent, because the client had gone.
        cut_bodies: Media answers that something was wrong with on the wire.
        resumed: Ranges served.
        routes: Requests by method and path template.
        faults: How often each fault was fired, by name.
    """

    logins: int
    api_requests: int
    rate_limited: int
    media_requests: int
    media_bytes: int
    media_unsent_bytes: int
    cut_bodies: int
    resumed: int
    transcript_requests: int
    routes: dict[str, int]
    faults: dict[str, int]


def traffic_of(state: State) -> Traffic:
    """Read the counters."""
    found = state.counters()
    return Traffic(
        logins=found.get("logins", 0),
        api_requests=found.get("api_requests", 0),
        rate_limited=found.get("rate_limited", 0),
        media_requests=found.get("media_requests", 0),
        media_bytes=found.get("media_bytes", 0),
        media_unsent_bytes=found.get("media_unsent_bytes", 0),
        cut_bodies=found.get("cut_bodies", 0),
        resumed=found.get("resumed", 0),
        transcript_requests=found.get("transcript_requests", 0),
        routes=_under("route ", found),
        faults=_under("fault ", found),
    )


def _under(start: str, found: dict[str, int]) -> dict[str, int]:
    return {n.removeprefix(start): count for n, count in found.items() if n.startswith(start)}
