"""The six renderings the platform offers of a recording."""

from enum import Enum


class Format(Enum):
    """Container and codec of a media; the value is the platform's ``formatId``."""

    WAV_PCM = "WAV"
    WAV_ULAW = "WAV_ULAW"
    OGG_OPUS = "OGG_OPUS"
    WEBM_OPUS = "WEBM"
    OGG_VORBIS = "OGG_VORBIS"
    MP3 = "MP3"

    @property
    def content_type(self) -> str:
        """What an object store says of such a media."""
        return _WIRE[self][0]

    @property
    def extension(self) -> str:
        """What its file name ends in, without a dot."""
        return _WIRE[self][1]


_WIRE = {
    Format.WAV_PCM: ("audio/wav", "wav"),
    Format.WAV_ULAW: ("audio/wav", "wav"),
    Format.OGG_OPUS: ("audio/ogg; codecs=opus", "ogg"),
    Format.WEBM_OPUS: ("audio/webm; codecs=opus", "webm"),
    Format.OGG_VORBIS: ("audio/ogg; codecs=vorbis", "ogg"),
    Format.MP3: ("audio/mpeg", "mp3"),
}
