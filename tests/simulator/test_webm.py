"""Opus packets in WebM."""

import io
from collections.abc import Iterator
from functools import lru_cache

import av
import pytest

from recordings_pipeline.simulator.encoders import encoded
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.ogg import OpusStream, opus_samples, opus_stream
from recordings_pipeline.simulator.speech import rendered
from recordings_pipeline.simulator.webm import CLUSTER_MS, webm_of
from tests.listening import conversation

SAMPLES = 88_011
SEGMENT, INFO, TRACKS, TRACK, CLUSTER, GROUP = (
    0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675, 0xA0
)  # fmt: skip
Element = tuple[int, bytes]


@lru_cache(maxsize=1)
def packets() -> OpusStream:
    pcm = rendered(conversation(2, 12), 0, SAMPLES)
    return opus_stream(encoded([pcm], 2, Format.OGG_OPUS))


def elements(content: bytes) -> Iterator[Element]:
    """Walk the elements of one level; fails unless they fill it exactly."""
    at = 0
    while at < len(content):
        wide = 9 - content[at].bit_length()
        number = int.from_bytes(content[at : at + wide], "big")
        at += wide
        size_wide = 9 - content[at].bit_length()
        size = int.from_bytes(content[at : at + size_wide], "big") & ((1 << 7 * size_wide) - 1)
        at += size_wide
        assert at + size <= len(content)
        yield number, content[at : at + size]
        at += size


def inside(content: bytes, *path: int) -> bytes:
    for number in path:
        content = next(body for found, body in elements(content) if found == number)
    return content


def test_ffmpeg_finds_the_packets_that_went_in() -> None:
    with av.open(io.BytesIO(webm_of(packets())), "r") as container:
        stream = container.streams.audio[0]
        found = [bytes(packet) for packet in container.demux(stream) if packet.size]

        assert container.format.name == "matroska,webm"
        assert (stream.codec_context.name, stream.codec_context.channels) == ("opus", 2)
        assert stream.codec_context.extradata == packets().head
        assert container.duration == pytest.approx(SAMPLES / 8_000 * 1e6, abs=1)
    assert found == list(packets().packets)


def test_the_track_says_what_to_drop_and_how_to_seek() -> None:
    track = dict(elements(inside(webm_of(packets()), SEGMENT, TRACKS, TRACK)))

    assert track[0x86] == b"A_OPUS"
    assert track[0x63A2].startswith(b"OpusHead")
    assert int.from_bytes(track[0x56AA], "big") == 6_500_000
    assert int.from_bytes(track[0x56BB], "big") == 80_000_000
    assert int.from_bytes(track[0x73C5], "big") > 0


def test_clusters_last_a_few_seconds_and_count_on_from_each_other() -> None:
    segment = inside(webm_of(packets()), SEGMENT)
    clusters = [list(elements(body)) for number, body in elements(segment) if number == CLUSTER]
    starts = [int.from_bytes(cluster[0][1], "big") for cluster in clusters]

    assert starts == [0, CLUSTER_MS, 2 * CLUSTER_MS]
    for cluster in clusters:
        blocks = [body for number, body in cluster if number == 0xA3]
        times = [int.from_bytes(block[1:3], "big") for block in blocks]
        assert times == [20 * index for index in range(len(blocks))]


def test_the_padding_of_the_last_packet_is_declared() -> None:
    segment = inside(webm_of(packets()), SEGMENT)
    last = [body for number, body in elements(segment) if number == CLUSTER][-1]
    padding = int.from_bytes(inside(last, GROUP, 0x75A2), "big", signed=True)

    decoded = sum(opus_samples(packet) for packet in packets().packets)

    assert packets().end - packets().skip == SAMPLES * 6
    assert padding == (decoded - packets().end) * 1_000_000_000 // 48_000 > 0


def test_equal_packets_make_equal_files_and_others_another_identity() -> None:
    stream = packets()
    shorter = OpusStream(stream.head, stream.packets[:-1], stream.end - 960)

    assert webm_of(stream) == webm_of(stream)
    assert inside(webm_of(stream), SEGMENT, INFO, 0x73A4) != inside(
        webm_of(shorter), SEGMENT, INFO, 0x73A4
    )
