"""Downloads the way most tutorials show it: httpx, one file after the other.

``python tutorial_child.py LIST FOLDER``. Appends to the final name in steps of 64 KiB, hashing what
arrives, and writes a line of JSON for each file. No temporary name, no fsync.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import httpx

from benchmarks.racing.signals import read_list, tell_end, wait_for_start

CHUNK_BYTES = 64 * 1024


def main(names: Path, folder: Path) -> None:
    """Fetch every file of a list."""
    digests: dict[str, str] = {}
    with httpx.Client(timeout=120, follow_redirects=True) as client:
        wait_for_start()
        with (folder / "audit.log").open("a") as audit:
            for name, url in read_list(names):
                target = folder / f"{name}.wav"
                digests[name] = _download(client, url, target)
                event = {"timestamp": time.time(), "event_type": "download_completed", "id": name}
                audit.write(json.dumps({**event, "size_bytes": target.stat().st_size}) + "\n")
                audit.flush()
        (folder / "digests").write_text("".join(f"{n} {d}\n" for n, d in digests.items()))
        tell_end({})


def _download(client: httpx.Client, url: str, target: Path) -> str:
    held = os.path.getsize(target) if target.exists() else 0  # noqa: PTH202 (as they do)
    headers = {"Authorization": "Bearer token"}
    if held:
        headers["Range"] = f"bytes={held}-"
    sha256 = hashlib.sha256()
    with client.stream("GET", url, headers=headers) as answer:
        answer.raise_for_status()
        with target.open("ab") as file:
            for chunk in answer.iter_bytes(CHUNK_BYTES):
                file.write(chunk)
                sha256.update(chunk)
    return sha256.hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
