"""From frames to stretches of speech, as people count them."""

from recordings_pipeline.core.voice.features import FRAME_MS
from recordings_pipeline.core.voice.runs import Mask, joined, widened, without_short

# Pauses of less than 0.3 s do not part speech (NIST, Rich Transcription evaluations).
MAX_GAP_MS = 300
LEAST_SPEECH_MS = 100
# The first and the last sound of a word are soft.
_PAD_MS = 30


def smoothed(speech: Mask) -> Mask:
    """Join what is close, drop what is short, and widen what is left."""
    found = joined(speech, MAX_GAP_MS // FRAME_MS)
    found = without_short(found, LEAST_SPEECH_MS // FRAME_MS)
    return widened(found, _PAD_MS // FRAME_MS)
