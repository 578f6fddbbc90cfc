"""How much memory the tables about speech take on growing days: it has to be flat.

Run it with ``python benchmarks/speech_memory.py [conversations ...]``: 10,000 and 40,000 by
default, three minutes of processor time; 100,000 take five more. A day is written straight into a
ledger and its raw files, with the speech of its audio; each stage then has a process of its own.
It ends with 1 when one grows.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.speech import DAY, PLACEHOLDER, START_MS, corpus
from recordings_pipeline.core import layout
from recordings_pipeline.core.rows import row_as_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.speech import Stretch
from recordings_pipeline.core.speech_schemas import AUDIO_CHANNELS, VOICE_ACTIVITY
from recordings_pipeline.core.stretches import stretches_as_text
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.conversation_metrics import rebuild_metrics
from recordings_pipeline.stages.diarization import rebuild_turns
from recordings_pipeline.stages.transcripts import rebuild_transcripts
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.raw import keep_raw
from recordings_pipeline.storage.tables import write_table

COUNTS, TARGET_GROWTH = (10_000, 40_000), 1.25
STAGES = {
    "transcripts": rebuild_transcripts,
    "diarization": rebuild_turns,
    "conversation_metrics": rebuild_metrics,
}
LENGTH_MS, BURSTS = 300_000, 10
# Short calls: what grows with the number of conversations shows in less time.
SHORTEST = 20
# A file system takes so many names of one file, and no more.
_LINKS, _PAGE = 50_000, 10_000
Row = dict[str, Any]


def main(counts: list[int]) -> None:
    """Print what each stage took for each day as it goes, and how much the peaks grow."""
    print(f"{'':<24}{'conversations':>14}{'rows':>12}{'CPU s':>8}{'peak, MB':>10}", flush=True)
    peaks: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="speech-memory-") as folder:
            write_day(Path(folder), count)
            for stage in STAGES:
                took = _alone(stage, folder)
                peaks[stage].append(took["peak_mb"])
                numbers = f"{took['rows']:>12,}{took['cpu_s']:>8.0f}{took['peak_mb']:>10.0f}"
                print(f"{stage:<24}{count:>14,}{numbers}", flush=True)
    growths = {stage: found[-1] / found[0] for stage, found in peaks.items()}
    for stage, growth in growths.items():
        print(f"{stage} grows by {growth:.2f}")
    is_flat = max(growths.values()) <= TARGET_GROWTH
    print(f"by {TARGET_GROWTH} at most: {'yes' if is_flat else 'NO'}")
    sys.exit(0 if is_flat else 1)


def write_day(folder: Path, count: int) -> None:
    """Write a day of so many conversations, each of one recording that was transcribed."""
    home = Home(folder)
    home.prepare()
    Ledger(folder / layout.LEDGER).close()
    _write_ledger(folder / layout.LEDGER, count)
    files = sorted(corpus(has_words=False), key=len)[:SHORTEST]
    contents = [file.replace(PLACEHOLDER.encode(), b"") for file in files]
    kept: Path | None = None
    for number, id_ in enumerate(_ids(count)):
        path = home.path(layout.raw_transcript_path(DAY, id_))
        if kept is None or number % (_LINKS // len(contents)) == 0:
            keep_raw(path, contents[number % len(contents)])
            kept = path
        else:
            os.link(kept, path)
    for schema, rows in ((VOICE_ACTIVITY, _bursts(count)), (AUDIO_CHANNELS, _channels(count))):
        write_table(home.path(layout.table_path(schema.name, DAY)), schema, rows)


def _write_ledger(path: Path, count: int) -> None:
    """Write straight into the database: what the index does takes a millisecond each."""
    waiting = _ids(count)
    start = DAY.start.isoformat(timespec="microseconds")
    with sqlite3.connect(path) as db:
        while page := list(islice(waiting, _PAGE)):
            db.executemany(
                "INSERT INTO conversations (conversation_id, day, asked_time, end_time, unlisted, "
                "stretches) VALUES (?, ?, ?, ?, '', ?)",
                [(id_, DAY.key, start, start, _stretches(id_)) for id_ in page],
            )
            db.executemany(
                "INSERT INTO recordings (recording_id, conversation_id, communication_id, day, "
                "start_time, outcome, reason, attempt, row) VALUES "
                "(?1, ?1, ?1, ?2, ?3, 'exported', '', 1, ?4)",
                [(id_, DAY.key, start, _indexed(id_)) for id_ in page],
            )
            db.executemany(
                "INSERT INTO transcripts (communication_id, conversation_id, day, state, "
                "asked_time, recording_ids, failures, attempt) VALUES "
                "(?1, ?1, ?2, 'fetched', ?3, ?1, 0, 1)",
                [(id_, DAY.key, start) for id_ in page],
            )


def _stretches(id_: str) -> str:
    end_ms = START_MS + LENGTH_MS
    people = (("customer", None), ("agent", str(UUID(int=int(id_[:4], 16) % 400))))
    return stretches_as_text(
        Stretch(purpose, user, id_, "interact", START_MS, end_ms) for purpose, user in people
    )


def _indexed(id_: str) -> str:
    row = {"recording_id": id_, "conversation_id": id_, "communication_id": id_, "media": "audio"}
    row |= {"conversation_start_time": DAY.start, "pauses": ["secure_pause 60000 70000"]}
    return row_as_text(RECORDING_INDEX, row)


def _bursts(count: int) -> Iterator[Row]:
    for id_ in _ids(count):
        for channel in (1, 2):
            for at_ms in range(0, LENGTH_MS, LENGTH_MS // BURSTS):
                start_ms = at_ms + 4_000 * channel
                yield {
                    "conversation_id": id_,
                    "communication_id": id_,
                    "recording_id": id_,
                    "file_number": 1,
                    "channel": channel,
                    "side": "internal" if channel == 1 else "external",
                    "start_ms": start_ms,
                    "end_ms": start_ms + 3_000,
                }


def _channels(count: int) -> Iterator[Row]:
    for id_ in _ids(count):
        for channel in (1, 2):
            yield {
                "conversation_id": id_,
                "recording_id": id_,
                "file_number": 1,
                "channel": channel,
                "side": "internal" if channel == 1 else "external",
                "duration_ms": LENGTH_MS,
                "detector": "energy",
                "is_dual_mono": False,
                "sha256": "0" * 64,
            }


def _ids(count: int) -> Iterator[str]:
    """Yield ids as random as real ones, in order."""
    for number in range(count):
        random_part = Random(number).getrandbits(96)  # noqa: S311 (no secret)
        yield str(UUID(int=(number * (2**32 // count)) << 96 | random_part))


def _alone(stage: str, folder: str) -> Row:
    """Publish in a process of its own, so that its peak is its own."""
    command = [sys.executable, __file__, stage, folder]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 (this file)
    told: Row = json.loads(found.stdout)
    return told


def publish(stage: str, folder: Path) -> None:
    """Publish the tables of a stage, and print what it took as JSON."""
    started = time.process_time()
    with open_archive(folder) as archive:
        rows = STAGES[stage](archive, DAY).row_count
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024 / 1_000_000
    cpu_s = time.process_time() - started
    print(json.dumps({"rows": rows, "peak_mb": peak_mb, "cpu_s": cpu_s}))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STAGES:
        publish(sys.argv[1], Path(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]] or list(COUNTS))
