"""Listens to one audio file at a time, with the detector that the settings name."""

import threading
from pathlib import Path

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.voice.activity import ENERGY, RULES_VERSION, Heard, heard
from recordings_pipeline.core.voice.features import Meter
from recordings_pipeline.storage.silero import Silero, SileroEar
from recordings_pipeline.storage.sound import telephone_blocks
from recordings_pipeline.storage.sound_decoders import CannotListen


class Listener:
    """Hears who speaks when; safe to use from any number of threads."""

    def __init__(self, voice: str) -> None:
        self._model = Silero() if voice == "silero" else None

    @property
    def detector(self) -> str:
        """What listens, with the version of what it goes by."""
        return ENERGY if self._model is None else f"{self._model.name}-{RULES_VERSION}"

    def hear(self, path: Path, stop: threading.Event) -> Heard:
        """Listen to a file from its start to its end.

        Raises:
            CannotListen: It is no sound that somebody here can decode.
            Interrupted: Somebody asked to stop.
        """
        meter: Meter | None = None
        ear: SileroEar | None = None
        for block in telephone_blocks(path):
            if stop.is_set():
                raise Interrupted
            if meter is None:
                meter = Meter(len(block))
                ear = None if self._model is None else SileroEar(self._model, len(block))
            meter.add(block)
            if ear is not None:
                ear.add(block)
        features = None if meter is None else meter.features()
        if features is None or not features.sample_count:
            raise CannotListen("holds no sound")
        probabilities = None if ear is None else ear.probabilities(features.levels.shape[1])
        return heard(features, probabilities)
