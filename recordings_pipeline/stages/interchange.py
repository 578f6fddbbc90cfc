"""A conversation in a format that others read, for whoever asks for it."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.interchange.ctm import ctm
from recordings_pipeline.core.interchange.plain_json import plain_json
from recordings_pipeline.core.interchange.rttm import rttm
from recordings_pipeline.core.interchange.srt import srt
from recordings_pipeline.core.interchange.vcon import Reference, vcon
from recordings_pipeline.core.interchange.webvtt import webvtt
from recordings_pipeline.core.sealing import NEEDS_IDENTITY, is_sealed
from recordings_pipeline.core.spoken import AUDIO, SoundFile, SpokenConversation
from recordings_pipeline.core.spoken_errors import FileDiffers, NothingSaid
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation import Place, conversation_at
from recordings_pipeline.stages.unsealing import Say, nobody, readable
from recordings_pipeline.storage.digests import digests_of

_OF_WORDS = ("vtt", "srt", "ctm")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        kind: ``vtt``, ``srt``, ``rttm``, ``ctm``, ``json`` or ``vcon``.
        source: Whose turns; None for the transcript's, else the audio's.
        audio_url: Below which the data directory is served; for vCons only.
        is_single_channel: For RTTM only.
    """

    kind: str
    source: str | None = None
    audio_url: str | None = None
    is_single_channel: bool = False


def interchange(archive: Archive, place: Place, wanted: Wanted, say: Say = nobody) -> str:
    """Return a conversation, or one of its recordings, in a format.

    Args:
        archive: What to read.
        place: What of it.
        wanted: In which format.
        say: Told, a sentence each, what the text lacks.

    Raises:
        ConfigurationError: An option makes no sense.
        NothingSaid: Nothing of what the format holds is known.
        FileDiffers: An audio file is not what it was when it was exported.
    """
    if wanted.source == AUDIO and wanted.kind in _OF_WORDS:
        raise ConfigurationError("--source", f"audio has no words for {wanted.kind}: use rttm")
    base = _checked(wanted.audio_url)
    conversation = conversation_at(archive, place)
    _require(conversation, place, wanted)
    match wanted.kind:
        case "vtt":
            return webvtt(conversation)
        case "srt":
            return srt(conversation)
        case "ctm":
            return ctm(conversation)
        case "rttm":
            single = wanted.is_single_channel
            return rttm(conversation, wanted.source, is_single_channel=single)
        case "json":
            return plain_json(conversation, wanted.source)
        case _:
            references = dict(_references(archive, conversation, base, say))
            host = urlsplit(base).hostname or ""
            return vcon(conversation, archive.clock(), references, wanted.source, host)


def _checked(url: str | None) -> str:
    """Return an address that a path can be put behind; empty without one."""
    if url is None:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ConfigurationError(
            "--audio-url", "is no plain HTTPS address: use https://host/path, without ? and #"
        )
    if parts.username is not None:
        raise ConfigurationError(
            "--audio-url", "holds credentials, which a vCon would tell: cut them"
        )
    return url.rstrip("/")


def _require(conversation: SpokenConversation, place: Place, wanted: Wanted) -> None:
    """Refuse to write a file that looks as if nobody had spoken, when nobody knows."""
    recordings = conversation.recordings
    if wanted.kind in ("json", "vcon"):
        return
    if wanted.kind == "ctm":
        has_any = any(said.phrase.words for r in recordings for said in r.said)
    elif wanted.kind == "rttm":
        has_any = any(recording.turns_by(wanted.source) for recording in recordings)
    else:
        has_any = any(recording.said for recording in recordings)
    if not has_any:
        id_ = place.recording_id or place.conversation_id
        raise NothingSaid(id_, "turns" if wanted.kind == "rttm" else "words", str(place.day))


def _references(
    archive: Archive, conversation: SpokenConversation, base: str, say: Say
) -> Iterator[tuple[str, Reference]]:
    files = [file for recording in conversation.recordings for file in recording.files]
    locked = [file for file in files if is_sealed(file.path) and archive.keys.identity is None]
    if locked:
        say(f"{len(locked)} audio files are encrypted and have no hash: {NEEDS_IDENTITY}")
    for file in files:
        if file not in locked:
            # What is served under the address of an encrypted file is not what the hash is of.
            is_served = base and not is_sealed(file.path)
            url = f"{base}/{quote(file.path, safe='/=')}" if is_served else ""
            yield file.path, Reference(url, _content_hash(archive, file))


def _content_hash(archive: Archive, file: SoundFile) -> str:
    """Return the hash that the draft demands, of a file that still is what was exported.

    Raises:
        FileDiffers: It does not: a hash would vouch for the wrong bytes.
        Locked: It is encrypted, and the key does not open it.
    """
    try:
        with readable(archive.home, archive.keys, file.path) as path:
            sha256, sha512 = digests_of(path)
    except OSError as error:
        raise FileDiffers(file.path, error.strerror or "cannot be read") from None
    if file.sha256 and sha256 != file.sha256:
        raise FileDiffers(file.path, "SHA-256 differs")
    return f"sha512-{urlsafe_b64encode(bytes.fromhex(sha512)).decode().rstrip('=')}"
