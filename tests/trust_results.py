"""What the tests of trust found, as lines of JSON for a report."""

import json
import os
from pathlib import Path

# Names the file to append to; without it nothing is written.
VARIABLE = "RECORDINGS_TRUST_RESULTS"


def record(kind: str, name: str, outcome: str, detail: str = "", count: int = 1) -> None:
    """Append one result.

    Args:
        kind: What was tried: ``sweep``, ``mutant``, ``kills``, ``power loss``, ``model``, …
        name: Which of those.
        outcome: ``passed``, ``caught``, ``skipped``, …
        detail: Numbers, as a person reads them.
        count: How many trials that were.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    line = {"kind": kind, "name": name, "outcome": outcome, "detail": detail, "count": count}
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
