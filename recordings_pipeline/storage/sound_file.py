"""What a file on the disk really is: the probes of `core.probes`, driven by positioned reads.

They read at most a megabyte in at most 64 pieces, whatever the file says; a WAV file takes one
piece of 4 kB. Nobody else's header reader does what they do: libsndfile, FFmpeg and mutagen all
report the announced length of a file that lost 40 % of its bytes.
"""

import os
from dataclasses import replace
from pathlib import Path

from recordings_pipeline.core.probes.probe import probe
from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.storage.silence import is_silent


def examine(file: Path | int, size: int | None = None) -> Sound:
    """Say what a finished file is, and whether anything can be heard in it.

    Safe in any thread, and leaves the position of an open file where it is.

    Args:
        file: Its path, or the descriptor of a file open for reading.
        size: Its size in bytes, if known.

    Raises:
        OSError: It cannot be read.
    """
    if isinstance(file, int):
        return _examined(file, size)
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _examined(descriptor, size)
    finally:
        os.close(descriptor)


def _examined(descriptor: int, size: int | None) -> Sound:
    sound = probed(descriptor, os.fstat(descriptor).st_size if size is None else size)
    return replace(sound, is_silent=is_silent(descriptor, sound))


def probed(descriptor: int, size: int) -> Sound:
    """Drive the probe over an open file."""
    steps = probe(size)
    try:
        need = next(steps)
        while True:
            need = steps.send(os.pread(descriptor, need.length, need.offset))
    except StopIteration as end:
        sound: Sound = end.value
        return sound
