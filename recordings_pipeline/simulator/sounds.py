"""Stand-in until the real one lands."""

import hashlib
from dataclasses import dataclass
from enum import Enum

from recordings_pipeline.simulator.speech import MU_LAW, PCM, wav_of


class Format(Enum):
    WAV_PCM = ("audio/wav", "wav")
    WAV_ULAW = ("audio/wav", "wav", 1)
    OGG_OPUS = ("audio/ogg", "ogg")
    WEBM_OPUS = ("audio/webm", "webm")
    OGG_VORBIS = ("audio/ogg", "ogg", 1)
    MP3 = ("audio/mpeg", "mp3")

    @property
    def content_type(self):
        return self.value[0]

    @property
    def extension(self):
        return self.value[1]


@dataclass
class S:
    data: bytes
    content_type: str

    @property
    def size(self):
        return len(self.data)

    @property
    def etag(self):
        return '"' + hashlib.md5(self.data).hexdigest() + '"'

    def blocks(self, a, b):
        yield self.data[a:b]


def sound_of(plan, format, *, channels=2, span=None):
    return S(wav_of(plan, PCM if format is Format.WAV_PCM else MU_LAW), format.content_type)
