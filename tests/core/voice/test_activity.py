"""Speech is found on each channel, and what is no speech of that side is left out."""

import numpy as np
import numpy.typing as npt
import pytest

from recordings_pipeline.core.voice.activity import Heard, heard
from recordings_pipeline.core.voice.features import RATE
from recordings_pipeline.simulator.tones import loop_of, looped
from recordings_pipeline.simulator.voices import FULL_SCALE
from tests.voices import Span, diarization_error, features_of, hiss, sound, talk

SECONDS = 60
COUNT = SECONDS * RATE
Wave = npt.NDArray[np.floating]


def spans_of(found: Heard, channels: int = 2) -> list[list[Span]]:
    return [
        [(one.start_ms, one.end_ms) for one in found.voiced if one.channel == channel]
        for channel in range(1, channels + 1)
    ]


def quiet(seed: int = 9) -> npt.NDArray[np.float64]:
    return hiss(COUNT, -62, seed)


def music(name: str = "music") -> npt.NDArray[np.float64]:
    return looped(loop_of(name), 0, COUNT) / FULL_SCALE


def keypad(row: int, column: int) -> npt.NDArray[np.float64]:
    """Press a key for 0.15 s, every other second."""
    clock = np.arange(COUNT) / RATE
    tones = np.sin(2 * np.pi * row * clock) + np.sin(2 * np.pi * column * clock)
    return np.where(clock % 2 < 0.15, 0.1 * tones, 0)


@pytest.mark.parametrize("dbfs", [-62, -45, -32], ids=["hiss", "noise", "13 dB under the voice"])
@pytest.mark.parametrize(
    "pauses_s", [(0.3, 1.0), (5.0, 20.0)], ids=["who talks a lot", "who hardly talks"]
)
def test_speech_is_found_over_the_noise_of_the_line(
    dbfs: int, pauses_s: tuple[float, float]
) -> None:
    wave, truth = talk(SECONDS, pauses_s)

    found = heard(features_of(sound(wave + hiss(COUNT, dbfs), quiet())))

    assert diarization_error([truth, []], spans_of(found)) < 0.04


def test_a_line_that_is_silent_between_words_has_no_speech_there() -> None:
    wave, truth = talk(SECONDS, (0.3, 1.0))

    found = heard(features_of(sound(wave, np.zeros(COUNT))))

    assert diarization_error([truth, []], spans_of(found)) < 0.01
    assert [channel.speech_ms == 0 for channel in found.channels] == [False, True]


@pytest.mark.parametrize("dbfs", [-75, -50, -32])
def test_noise_alone_is_no_speech(dbfs: int) -> None:
    found = heard(features_of(sound(hiss(COUNT, dbfs, 1), hiss(COUNT, dbfs, 2))))

    assert found.voiced == ()
    assert [channel.snr_db for channel in found.channels] == [None, None]
    assert [channel.noise_dbfs for channel in found.channels] == pytest.approx([dbfs] * 2, abs=1)


@pytest.mark.parametrize(
    "wave", [music(), music("ring"), keypad(697, 1_209)], ids=["music", "ringing", "keypad"]
)
def test_what_sounds_on_as_it_did_is_no_speech(wave: Wave) -> None:
    assert heard(features_of(sound(wave + quiet(), quiet(3)))).voiced == ()


def test_music_before_and_behind_speech_is_left_out() -> None:
    wave, truth = talk(SECONDS, (0.3, 1.0))
    first, last = truth[1][0] * RATE // 1_000, truth[-2][1] * RATE // 1_000
    wave[: first - RATE // 10] = music()[: first - RATE // 10]
    wave[last + RATE // 10 :] = music()[last + RATE // 10 :]

    found = heard(features_of(sound(wave + quiet(), quiet(3))))

    assert diarization_error([truth[1:-1], []], spans_of(found)) < 0.02


@pytest.mark.parametrize(("down_db", "is_heard"), [(20, False), (40, False), (6, True)])
def test_a_faint_copy_of_the_other_side_is_its_echo(down_db: int, is_heard: bool) -> None:  # noqa: FBT001
    wave, _ = talk(SECONDS, (0.3, 1.0))
    late = np.roll(wave, RATE * 45 // 1_000) / 10 ** (down_db / 20)

    found = heard(features_of(sound(late + quiet(), wave + quiet(3))))

    assert bool(spans_of(found)[0]) == is_heard


def test_the_same_sound_on_both_channels_is_heard_once() -> None:
    wave, truth = talk(SECONDS, (0.3, 1.0))

    found = heard(features_of(sound(wave + quiet(), (wave + quiet()) / 2)))

    assert found.is_dual_mono
    assert len(found.channels) == 2
    assert diarization_error([truth, []], spans_of(found)) < 0.01


def test_both_sides_may_speak_at_once() -> None:
    (left, first), (right, second) = (
        talk(SECONDS, (0.1, 0.6), role=role, seed=seed) for seed, role in enumerate("CA")
    )

    found = heard(features_of(sound(left + quiet(), right + quiet(3))))

    assert not found.is_dual_mono
    assert diarization_error([first, second], spans_of(found)) < 0.02


def test_levels_and_lengths_are_the_sound_s() -> None:
    wave, truth = talk(SECONDS, (0.3, 1.0))

    found = heard(features_of(sound(wave + hiss(COUNT, -50))))

    (channel,) = found.channels
    assert found.duration_ms == SECONDS * 1_000
    assert channel.speech_ms == pytest.approx(sum(e - s for s, e in truth), rel=0.15)
    assert channel.noise_dbfs == pytest.approx(-50, abs=1)
    assert channel.snr_db == pytest.approx(35, abs=4)
    assert all(-30 < one.level_dbfs < -10 for one in found.voiced)


def test_blocks_of_any_length_measure_the_same() -> None:
    wave, _ = talk(5, (0.3, 1.0))
    both = sound(wave, np.roll(wave, 4_000))

    whole, pieces = features_of(both), features_of(both, block=997)

    assert (whole.sample_count, whole.levels.shape) == (5 * RATE, (2, 500))
    np.testing.assert_allclose(whole.levels, pieces.levels, atol=1e-3)
    np.testing.assert_allclose(whole.steadiness, pieces.steadiness, atol=1e-3)
    np.testing.assert_array_equal(whole.is_key, pieces.is_key)


@pytest.mark.parametrize("count", [0, 1, 79, 161, 513])
def test_a_moment_of_sound_is_measured_too(count: int) -> None:
    features = features_of(np.full((2, max(count, 1)), 0.5, np.float32)[:, :count], block=100)

    if count:
        assert heard(features).voiced == ()
        assert features.levels.shape == (2, -(-count // 80))
