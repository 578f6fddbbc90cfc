"""The chosen detector listens; one whose extra is missing says how to get it."""

import importlib.util
import threading
from datetime import date
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import ConfigurationError, Interrupted
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.plan import Score, plan_of
from recordings_pipeline.simulator.sounds import sound_of
from recordings_pipeline.simulator.timeline import TALK, Phase
from recordings_pipeline.stages.listening import Listener
from recordings_pipeline.storage.extras import SILERO_PACKAGE
from tests.voices import diarization_error, truth_of

HAS_SILERO = importlib.util.find_spec(SILERO_PACKAGE) is not None
CALL = plan_of(Score(11, (date(2026, 1, 31), 0, "recording"), 0, (Phase(TALK, 0, 60_000, (0,)),)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(sound_of(CALL, Format.WAV_ULAW).read())
    return path


@pytest.mark.parametrize(
    ("voice", "most", "name"),
    [
        ("energy", 0.03, "energy-1"),
        pytest.param(
            "silero",
            0.02,
            "silero-6.2.1.1-1",
            marks=pytest.mark.skipif(not HAS_SILERO, reason="the extra [vad] is not installed"),
        ),
    ],
)
def test_each_detector_hears_who_speaks(file: Path, voice: str, most: float, name: str) -> None:
    listener = Listener(voice)

    found = listener.hear(file, threading.Event())

    spans = [
        [(one.start_ms, one.end_ms) for one in found.voiced if one.channel == channel]
        for channel in (1, 2)
    ]
    assert diarization_error(truth_of(CALL.phrases), spans) < most
    assert listener.detector == name


@pytest.mark.skipif(HAS_SILERO, reason="the extra [vad] is installed")
def test_a_detector_that_is_not_installed_says_how_to_get_it() -> None:
    with pytest.raises(ConfigurationError, match=r"recordings-pipeline\[vad\]"):
        Listener("silero")


def test_who_asks_to_stop_does_not_wait_for_the_end_of_a_call(file: Path) -> None:
    stop = threading.Event()
    stop.set()

    with pytest.raises(Interrupted):
        Listener("energy").hear(file, stop)
