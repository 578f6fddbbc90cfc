"""Ogg pages and packets."""

import io

import av
import numpy as np
import soundfile

from recordings_pipeline.simulator.ogg import checksum, opus_samples, opus_stream, with_serial
from recordings_pipeline.simulator.speech import rendered
from tests.listening import conversation

SECONDS = 6


def theirs(subtype: str) -> bytes:
    """What libsndfile writes, with the serial it happened to draw."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8_000, 2, format="OGG", subtype=subtype) as writer:
        for piece in np.array_split(rendered(conversation(2, SECONDS)), 12):
            writer.write(piece)
    return file.getvalue()


def test_the_checksum_is_the_one_libsndfile_writes() -> None:
    content = theirs("VORBIS")
    end = content.index(b"OggS", 4)
    page = bytearray(content[:end])
    page[22:26] = bytes(4)

    assert checksum(bytes(page)) == int.from_bytes(content[22:26], "little")


def test_a_fixed_serial_makes_equal_bytes_that_play_alike() -> None:
    one, other = theirs("OPUS"), theirs("OPUS")
    fixed = with_serial(one, 7)

    assert one != other
    assert fixed == with_serial(other, 7)
    assert np.array_equal(soundfile.read(io.BytesIO(fixed))[0], soundfile.read(io.BytesIO(one))[0])


def test_the_packets_are_those_ffmpeg_finds() -> None:
    content = theirs("OPUS")
    stream = opus_stream(content)
    with av.open(io.BytesIO(content), "r") as container:
        found = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
        head = container.streams.audio[0].codec_context.extradata

    assert list(stream.packets) == found
    assert stream.head == head
    assert stream.channels == 2
    assert stream.end - stream.skip == SECONDS * 48_000
    assert 0 <= sum(opus_samples(packet) for packet in found) - stream.end < 960


def test_packets_last_as_long_as_their_first_byte_says() -> None:
    first_bytes = {0b00000_000: 480, 0b00011_001: 5_760, 0b01100_000: 480, 0b11111_010: 1_920}

    assert {byte: opus_samples(bytes([byte])) for byte in first_bytes} == first_bytes
    assert opus_samples(bytes([0b10000_011, 5])) == 600
