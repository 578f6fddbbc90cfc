"""What a media holds: some samples of a call, in one channel or two."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from recordings_pipeline.simulator.clip_index import index_of
from recordings_pipeline.simulator.encoders import WRITE_FRAMES
from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL, Clip
from recordings_pipeline.simulator.speech import Mixable, Pcm, mono, rendered
from recordings_pipeline.simulator.voices import RATE, bank_digest, fragments_of, spoken, voices_of
from recordings_pipeline.simulator.wav import MU_LAW, payload_of


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Samples ``first`` to ``last`` of a plan, the last one not included.

    Attributes:
        channels: 2 for external left and internal right, 1 for both in one.

    Raises:
        ValueError: There are other than 1 or 2 channels, or the span is not within the call.
    """

    plan: Mixable
    channels: int
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.channels not in {1, 2}:
            raise ValueError(f"{self.channels} channels")
        if not 0 <= self.first <= self.last <= self.plan.length:
            raise ValueError(f"samples {self.first} to {self.last} of {self.plan.length}")

    @property
    def frames(self) -> int:
        """Its length in samples."""
        return self.last - self.first

    def pcm(self, first: int, last: int) -> Pcm:
        """Render samples counted from its own start; what lies beyond its end is left out."""
        end = min(self.first + last, self.last)
        both = rendered(self.plan, self.first + first, end)
        return mono(both) if self.channels == 1 else both

    def pieces(self) -> Iterator[Pcm]:
        """Render it piece by piece, so that three hours take no gigabyte."""
        for start in range(0, self.frames, WRITE_FRAMES):
            yield self.pcm(start, start + WRITE_FRAMES)

    def digest(self) -> bytes:
        """Identify its samples without rendering them."""
        digest = hashlib.blake2b(_edition(), digest_size=16)
        digest.update(index_of(self.plan.clips).digest)
        digest.update(repr((self.channels, self.first, self.last, self.plan.length)).encode())
        return digest.digest()


@dataclass(frozen=True, slots=True)
class _Probe:
    clips: tuple[Clip, ...]
    length: int


@lru_cache(maxsize=1)
def _edition() -> bytes:
    """Digest what shapes sounds besides plans: the bank, and how this code renders.

    Twelve seconds with every sound on both channels stand for the code, so that an ETag does
    not outlive a change of level, echo, noise or tones that nobody thought to announce.
    """
    voice = voices_of("I")[0]
    speech = spoken(voice, fragments_of(voice)[0])
    clips = [Clip(side, RATE, speech.length, speech) for side in (EXTERNAL, INTERNAL)]
    clips += [Clip(INTERNAL, 0, 12 * RATE, None, sound) for sound in ("ring", "music")]
    both = rendered(_Probe(tuple(clips), 12 * RATE))
    parts = (bank_digest(), payload_of(both, MU_LAW), both.tobytes(), mono(both).tobytes())
    return hashlib.blake2b(b"".join(parts), digest_size=16).digest()
