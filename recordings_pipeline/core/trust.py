"""Whether a finished file may be published: what it is, against what it should be.

Durations. The platform knows up to two: that of the recording (`outputDurationMs`, only where full
metadata were read) and that of the conversation. A codec adds up to 245 ms (AAC; MP3 181 ms), which
is no difference; more than half a second and 0.5 % is told. A file that is 2 s and 5 % shorter than
its recording lost a piece. A file that is longer than its conversation by 60 s and 5 % belongs to
something else: the clocks of both differ by seconds at most, and nobody records what is not a
conversation. It may be much shorter: holds and secure pauses are cut out, a leg is a part.
"""

from dataclasses import dataclass
from typing import Literal

from recordings_pipeline.core.model import WRITTEN_MEDIA, Outcome, Verdict
from recordings_pipeline.core.probes.sound import Sound

WRITTEN = frozenset({"zip", "json", "eml"})
# A word takes 200 ms; what is shorter than half of one is the trace of a recording that failed.
LEAST_S = 0.1
# Every word of a policy: what the probes call what they find.
CONTAINERS = frozenset({"wav", "ogg", "webm", "mkv", "mp3", "aac", "m4a", "mp4"})
CODECS = frozenset(
    {
        *("pcm", "float", "ulaw", "alaw", "g722", "g723", "g726", "g729", "gsm"),
        *("adpcm_ms", "adpcm_ima", "mp3", "aac", "alac", "opus", "vorbis", "speex"),
        *("vp8", "vp9", "av1", "h264", "h265", "theora"),
    }
)
# What an announced type may turn out to be.
_TYPES = {
    "audio/wav": ("wav",),
    "audio/wave": ("wav",),
    "audio/x-wav": ("wav",),
    "audio/vnd.wave": ("wav",),
    "audio/ogg": ("ogg",),
    "audio/opus": ("ogg",),
    "application/ogg": ("ogg",),
    "audio/webm": ("webm", "mkv"),
    "video/webm": ("webm", "mkv"),
    "audio/mpeg": ("mp3",),
    "audio/mp3": ("mp3",),
    "audio/aac": ("aac",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/x-m4a": ("m4a",),
    "video/mp4": ("mp4", "m4a"),
    "application/json": ("json",),
    "application/zip": ("zip",),
    "message/rfc822": ("eml",),
    "text/plain": ("eml",),
}
# The end of a reason, after container and codec; what a wider policy lets in is found by it.
NOT_IN_CODECS = " is not in RECORDINGS_CODECS"
DEFAULT_CODECS = frozenset({"wav", "mp3", "aac", "ogg", "webm", "opus", "m4a", "mp4"})


@dataclass(frozen=True, slots=True)
class Policy:
    """Which sound is exported.

    Attributes:
        codecs: Containers (``wav``), codecs (``opus``) and pairs (``wav/g729``); a file is
            supported when one of the three is listed.
        unsupported: What becomes of the others; ``excluded`` drops their bytes, ``quarantined``
            keeps them.
    """

    codecs: frozenset[str] = DEFAULT_CODECS
    unsupported: Literal[Outcome.EXCLUDED, Outcome.QUARANTINED] = Outcome.EXCLUDED


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a file before it is opened.

    Attributes:
        media: ``audio``, ``screen``, ``chat``, ``email`` or ``message``.
        content_type: As announced, lower case, without parameters; empty for nothing.
        recording_s: Duration of the recording by its metadata; None for unknown, and for one of
            several files.
        conversation_s: Duration of the conversation; None while it is open.
    """

    media: str
    content_type: str = ""
    recording_s: float | None = None
    conversation_s: float | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """What becomes of a file, and what its manifest row says.

    Attributes:
        verdict: ``exported``, ``excluded`` or ``quarantined``, with a reason without personal
            data; that of an exported file says what is odd about it.
        extension: Of its final name, from its content; None unless exported.
        is_silent: Whether nothing can be heard in it; None for unknown.
        differs: Whether its duration is not quite that of the recording's metadata.
        is_mislabelled: Whether the announced type names another container.
    """

    verdict: Verdict
    extension: str | None = None
    is_silent: bool | None = None
    differs: bool = False
    is_mislabelled: bool = False


def judge_sound(sound: Sound, facts: Facts, policy: Policy) -> Trust:
    """Decide on a file of any media, after `examine` looked at it.

    A file that lies is quarantined even where its codec is excluded: a person should know.
    """
    problem = sound.problem or _wrong_kind(sound, facts) or _wrong_duration(sound, facts)
    if problem is None and sound.container not in WRITTEN:
        unsupported = _unsupported(sound, policy)
        if unsupported is not None:
            return Trust(unsupported)
    if problem is not None:
        return Trust(Verdict(Outcome.QUARANTINED, problem))
    return Trust(
        Verdict(Outcome.EXPORTED, _doubt(sound, facts)),
        extension=sound.container,
        is_silent=sound.is_silent,
        differs=_differs(sound, facts),
        is_mislabelled=_is_mislabelled(sound, facts),
    )


def is_codec_excluded(verdict: Verdict) -> bool:
    """Say whether a recording was left out because nobody wanted its codec."""
    return verdict.outcome is Outcome.EXCLUDED and verdict.reason.endswith(NOT_IN_CODECS)


def is_codec_wanted(verdict: Verdict, policy: Policy) -> bool:
    """Say whether what was left out for its codec is wanted now, be it for the quarantine."""
    pair = verdict.reason.removesuffix(NOT_IN_CODECS)
    return policy.unsupported is Outcome.QUARANTINED or _is_listed(pair, policy)


def _wrong_kind(sound: Sound, facts: Facts) -> str | None:
    """Say what is amiss when text comes for sound, sound for text, or no picture of a screen."""
    if facts.media in WRITTEN_MEDIA:
        is_written = sound.container in WRITTEN
        return None if is_written else "the bytes are no known form of a written conversation"
    if sound.container is None:
        return "the bytes are no known audio container"
    if sound.container in WRITTEN:
        return f"the bytes are text or an archive ({sound.container}), not sound"
    if facts.media == "screen" and not sound.is_video:
        return "the recording of a screen holds no picture"
    return None


def _wrong_duration(sound: Sound, facts: Facts) -> str | None:
    lasts, expected = sound.duration_s, facts.recording_s
    if lasts is not None and lasts < LEAST_S:
        return f"it lasts {lasts * 1000:.0f} ms, too short for any word"
    if lasts is not None and expected is not None and expected - lasts > max(2, expected / 20):
        return f"it lasts {lasts:.1f} s, the recording {expected:.1f} s: a piece is missing"
    most = facts.conversation_s if facts.media == "audio" else None
    if lasts is not None and most is not None and lasts - most > max(60, most / 20):
        return f"it lasts {lasts:.1f} s, the whole conversation {most:.1f} s"
    return None


def _doubt(sound: Sound, facts: Facts) -> str:
    """Say what is odd about a file that is exported all the same; empty for nothing.

    A source that never ends its streams properly would otherwise fill the quarantine with them.
    """
    is_dispelled = sound.duration_s is not None and facts.recording_s is not None
    return "" if sound.doubt is None or is_dispelled else sound.doubt


def _differs(sound: Sound, facts: Facts) -> bool:
    if sound.duration_s is None or facts.recording_s is None:
        return False
    return abs(sound.duration_s - facts.recording_s) > max(0.5, facts.recording_s / 200)


def _unsupported(sound: Sound, policy: Policy) -> Verdict | None:
    if sound.codec is None:
        # No policy speaks of it, and nobody could play it: a person should look.
        return Verdict(Outcome.QUARANTINED, f"the codec inside {sound.container} is unknown")
    pair = f"{sound.container}/{sound.codec}"
    return None if _is_listed(pair, policy) else Verdict(policy.unsupported, pair + NOT_IN_CODECS)


def _is_listed(pair: str, policy: Policy) -> bool:
    return not policy.codecs.isdisjoint({pair, *pair.split("/")})


def _is_mislabelled(sound: Sound, facts: Facts) -> bool:
    if facts.content_type in ("", "application/octet-stream", "binary/octet-stream"):
        return False
    known = _TYPES.get(facts.content_type)
    if known is None:
        return not facts.content_type.startswith(("audio/", "video/"))
    return sound.container not in known
