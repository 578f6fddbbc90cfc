"""WAV files say what is in them."""

import io

import numpy as np
import pytest
import soundfile

from recordings_pipeline.simulator.wav import MU_LAW, PCM, header_of, payload_of

EVERY_SAMPLE = np.arange(-32_768, 32_768, dtype=np.int16).reshape(-1, 2)


@pytest.mark.parametrize(
    ("codec", "header_bytes", "subtype"), [(PCM, 44, "PCM_16"), (MU_LAW, 58, "ULAW")]
)
def test_the_header_names_codec_channels_and_length(
    codec: int, header_bytes: int, subtype: str
) -> None:
    header = header_of(codec, 2, len(EVERY_SAMPLE))
    content = header + payload_of(EVERY_SAMPLE, codec)

    with soundfile.SoundFile(io.BytesIO(content)) as file:
        assert (file.subtype, file.channels, file.samplerate) == (subtype, 2, 8_000)
        assert file.frames == len(EVERY_SAMPLE)
    assert len(header) == header_bytes
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


def test_every_sample_survives_pcm() -> None:
    content = header_of(PCM, 2, len(EVERY_SAMPLE)) + payload_of(EVERY_SAMPLE, PCM)

    read, _ = soundfile.read(io.BytesIO(content), dtype="int16")

    assert np.array_equal(read, EVERY_SAMPLE)


def test_every_sample_comes_back_from_mu_law_within_one_step_and_with_its_sign() -> None:
    codes = np.frombuffer(payload_of(EVERY_SAMPLE, MU_LAW), np.uint8)
    sent, heard = EVERY_SAMPLE.ravel().astype(np.int64), _levels()[codes]

    assert (heard * sent >= 0).all()
    assert (np.abs(heard - sent).clip(0, 32_767) <= _step_at(sent)).all()
    assert len(set(codes.tolist())) == 256


def _levels() -> np.typing.NDArray[np.int64]:
    """Decode all 256 codes with libsndfile."""
    read, _ = soundfile.read(
        io.BytesIO(bytes(range(256))),
        dtype="int16",
        format="RAW",
        subtype="ULAW",
        channels=1,
        samplerate=8_000,
    )
    return np.asarray(read, np.int64)


def _step_at(samples: np.typing.NDArray[np.int64]) -> np.typing.NDArray[np.int64]:
    """Return how far apart neighbouring levels are there: 8 near silence, 1,024 at full scale."""
    magnitude = np.minimum(np.abs(samples), 32_635) + 132
    return np.asarray(1 << (np.floor(np.log2(magnitude)).astype(np.int64) - 4))
