"""Which probe reads which file, and what becomes of one that is damaged."""

from collections.abc import Callable, Mapping

from recordings_pipeline.core.containers import HEAD_BYTES, container_of, text_container_of
from recordings_pipeline.core.probes.mp4 import mp4
from recordings_pipeline.core.probes.mpeg import aac, mp3
from recordings_pipeline.core.probes.ogg import ogg
from recordings_pipeline.core.probes.riff import riff
from recordings_pipeline.core.probes.sound import Damaged, Probe, Sound, Window
from recordings_pipeline.core.probes.webm import webm
from recordings_pipeline.core.probes.written import archive, mail, problem_of, text

# Nobody talks longer than a week, in more voices, or in a better quality.
_MOST_S, _MOST_CHANNELS, _MOST_HZ = 604_800, 8, 384_000
_PROBES: Mapping[str | None, Callable[[Window], Probe]] = {
    "wav": riff,
    "ogg": ogg,
    "webm": webm,
    "mp3": mp3,
    "aac": aac,
    "m4a": mp4,
    "zip": archive,
    "json": text,
    "eml": mail,
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
        container = container_of(head) or text_container_of(head)
        read = _PROBES.get(container)
        if read is not None:
            return _sensible((yield from read(window)))
    except Damaged as damage:
        return Sound(container, problem=damage.problem)
    return Sound(None, problem=problem_of(head))


def _sensible(sound: Sound) -> Sound:
    """Refuse numbers that no recording has: they are noise read as a header.

    Raises:
        Damaged: One of them is out of range.
    """
    if sound.duration_s is not None and not 0 < sound.duration_s <= _MOST_S:
        raise Damaged(f"its headers announce {sound.duration_s:.3g} s")
    if not 0 < (sound.channels or 1) <= _MOST_CHANNELS:
        raise Damaged("its headers announce a number of channels that no recording has")
    if sound.sample_rate_hz is not None and not 0 < sound.sample_rate_hz <= _MOST_HZ:
        raise Damaged("its headers announce a sample rate that no recording has")
    return sound
