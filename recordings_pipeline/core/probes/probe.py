"""Which probe reads which file, and what becomes of one that is damaged."""

from collections.abc import Callable, Mapping

from recordings_pipeline.core.containers import HEAD_BYTES, container_of
from recordings_pipeline.core.probes.riff import riff
from recordings_pipeline.core.probes.sound import Damaged, Probe, Sound, Window

_PROBES: Mapping[str, Callable[[Window], Probe]] = {
    "wav": riff,
}


def probe(size: int) -> Probe:
    """Say what a file of ``size`` bytes is: ask for a few of them, return a `Sound`.

    Never raises, whatever the bytes are; asks for at most `MOST_READS` pieces and `MOST_BYTES`
    in all. A piece shorter than asked for means that the file is shorter than ``size``.
    """
    window = Window(size)
    container = None
    try:
        head = yield from window.read(0, HEAD_BYTES)
        container = container_of(head)
        if container is not None and container in _PROBES:
            return (yield from _PROBES[container](window))
    except Damaged as damage:
        return Sound(container, problem=damage.problem)
    return Sound(container)
