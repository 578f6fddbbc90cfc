"""What the sealed audit log tells."""

import json
from pathlib import Path
from typing import Any

from recordings_pipeline.storage.audit.reading import sealed_lines


def sealed_events(root: Path) -> list[dict[str, Any]]:
    """Return the sealed events of a data directory, in order."""
    return [json.loads(line) for _, line in sealed_lines(root)]
