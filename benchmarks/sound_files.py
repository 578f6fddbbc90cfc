"""What it costs to say what a finished file is, next to libsndfile opening the same file.

Run it with ``python benchmarks/sound_files.py``; it takes a minute, most of it encoding. Times are
of the processor, with the file in the page cache; the best of five rounds.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from recordings_pipeline.simulator.encoders import encoded
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.voices import RATE
from recordings_pipeline.simulator.wav import MU_LAW, PCM, header_of, payload_of
from recordings_pipeline.storage.sound_file import examine, probed

SECONDS = 120
WAV = {Format.WAV_PCM: PCM, Format.WAV_ULAW: MU_LAW}
ROUNDS, TURNS = 5, 100


def main() -> None:
    """Print microseconds for each format, and the speed of the scan of a silent file."""
    print(f"{'format':12} {'probe µs':>9} {'with ears':>9} {'silent':>9}   libsndfile opens it in")
    noise = np.random.default_rng(1).normal(0, 2_000, (RATE * SECONDS, 2)).astype(np.int16)
    with tempfile.TemporaryDirectory(prefix="sounds-") as folder:
        loud, silent = Path(folder) / "loud", Path(folder) / "silent"
        for kind in Format:
            loud.write_bytes(_file(noise, kind))
            silent.write_bytes(_file(np.zeros_like(noise), kind))
            _print(kind, loud, silent)


def _print(kind: Format, loud: Path, silent: Path) -> None:
    size = loud.stat().st_size
    descriptor = os.open(loud, os.O_RDONLY)
    structure = _us(lambda: probed(descriptor, size))
    os.close(descriptor)
    whole = _us(lambda: examine(loud))
    scan = _us(lambda: examine(silent), turns=1)
    line = f"{kind.name:12} {structure:9.0f} {whole:9.0f} {scan:9.0f}"
    if kind is not Format.WEBM_OPUS:
        theirs = _us(lambda: soundfile.info(str(loud)))
        line += f"   {theirs:.0f} µs: {theirs / structure:.1f} times the probe"
    if kind in WAV:
        line += f"; {size / scan:,.0f} MB/s of silence"
    print(line)


def _file(samples: np.ndarray[tuple[int, int], np.dtype[np.int16]], kind: Format) -> bytes:
    if kind in WAV:
        header = header_of(WAV[kind], 2, len(samples))
        return header + payload_of(samples, WAV[kind])
    return encoded([samples], 2, kind)


def _us(act: Callable[[], object], turns: int = TURNS) -> float:
    """Return the processor time of one turn in the best round, in microseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(turns):
            act()
        best = min(best, (time.process_time() - started) / turns)
    return best * 1e6


if __name__ == "__main__":
    main()
