"""What tests hear: calls whose words are known, two decoders, and a detector of voice."""

import io
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import soundfile

from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL, Clip
from recordings_pipeline.simulator.voices import RATE, fragments_of, spoken, voices_of

Wave = npt.NDArray[np.float64]
Span = tuple[int, int]

# -46 dBFS: over the line's noise and over what a codec smears around a word.
VOICE_LEVEL = 0.005
# Words closer than this are heard as one run.
JOIN_MS = 100
MS = RATE // 1000


@dataclass
class Conversation:
    """A score made for a test, with the truth about it.

    Attributes:
        words: By channel, (start, end) in milliseconds of each word, ordered.
    """

    length: int
    clips: tuple[Clip, ...] = ()
    words: dict[int, list[Span]] = field(default_factory=lambda: {EXTERNAL: [], INTERNAL: []})


def conversation(seed: int, seconds: float) -> Conversation:
    """Let two sides talk in turns from the first half second to the end, overlapping at times."""
    rng = np.random.default_rng(seed)
    made = Conversation(int(seconds * RATE))
    clips: list[Clip] = []
    at, side = RATE // 2, INTERNAL
    while True:
        voice = str(rng.choice(voices_of("A" if side == INTERNAL else "C")))
        speech = spoken(voice, str(rng.choice(fragments_of(voice))))
        if at + speech.length > made.length:
            break
        clips.append(Clip(side, at, speech.length, speech))
        made.words[side] += [(at // MS + start, at // MS + end) for _, start, end in speech.words]
        # Whole milliseconds, so that words lie where they are said to lie.
        at += speech.length // MS * MS + int(rng.integers(-100, 500)) * MS
        side = 1 - side
    made.clips = tuple(clips)
    return made


def three_hours() -> Conversation:
    """Repeat a call of two minutes until it fills three hours, in no order of time."""
    minutes = conversation(5, 120)
    rounds = range(90)
    clips = [
        Clip(clip.channel, clip.at + turn * minutes.length, clip.length, clip.speech)
        for clip in minutes.clips
        for turn in rounds
    ]
    return Conversation(minutes.length * len(rounds), tuple(clips))


def decoded_by_ffmpeg(content: bytes) -> Wave:
    """Decode to (samples, channels) at 8 kHz; Opus comes at 48 kHz and is thinned out."""
    with av.open(io.BytesIO(content), "r") as container:
        stream = container.streams.audio[0]
        channels, step = stream.codec_context.channels, stream.codec_context.sample_rate // RATE
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    if len(frames[0]) != channels:  # interleaved: one row
        frames = [frame.reshape(-1, channels).T for frame in frames]
    joined = np.concatenate(frames, axis=1)
    scale = 32_768 if joined.dtype == np.int16 else 1
    return joined.T[::step].astype(np.float64) / scale


def decoded_by_libsndfile(content: bytes) -> Wave:
    """Decode to (samples, channels) at 8 kHz; WebM is put into Ogg by FFmpeg before."""
    if content.startswith(b"\x1aE\xdf\xa3"):
        content = _rewrapped(content)
    wave, rate = soundfile.read(io.BytesIO(content), dtype="float64", always_2d=True)
    assert rate == RATE
    return np.asarray(wave)


def _rewrapped(webm: bytes) -> bytes:
    """Let FFmpeg take the packets out and lay them into Ogg, which libsndfile can open.

    WebM counts milliseconds, Ogg samples: half a millisecond short, and libsndfile refuses the
    first page. So packets are timed anew, 20 ms each from the codec's delay of 6.5 ms on.
    """
    out = io.BytesIO()
    with av.open(io.BytesIO(webm), "r") as source, av.open(out, "w", format="ogg") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for index, packet in enumerate(source.demux(audio=0)):
            if packet.size:
                packet.stream, packet.time_base = stream, Fraction(1, 48_000)
                packet.pts = packet.dts = index * 960 - 312
                packet.duration = 960
                target.mux(packet)
    return out.getvalue()


def voice_in(wave: Wave) -> npt.NDArray[np.int64]:
    """Return the milliseconds at which one channel is louder than `VOICE_LEVEL` for 10 ms."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave, 5 * MS), 10 * MS)[::MS]
    return np.flatnonzero(np.sqrt(np.square(frames).mean(axis=1)) > VOICE_LEVEL)


def runs_of(words: list[Span]) -> list[Span]:
    """Join words that follow each other within `JOIN_MS`."""
    runs: list[Span] = []
    for start, end in sorted(words):
        if runs and start - runs[-1][1] < JOIN_MS:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs
