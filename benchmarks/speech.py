"""How fast transcript files become tables, how large those are, and that memory stays flat.

Run it with ``python benchmarks/speech.py [phrases]``: two million by default, two minutes or so;
30 million, seven minutes or so, are a day of an organization with 10,000 agents. It ends with 1
when a target is missed.
The files are synthetic, of the shape the platform documents; each run has a process of its own.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.transcript_file import transcript
from recordings_pipeline.stages.transcript_tables import Told, write_tables
from recordings_pipeline.storage.home import Home

DAY = Day.from_key("2026-01-31")
START_MS = 1_769_817_600_000
DEFAULT_COUNT = 2_000_000
TARGET_PER_S, TARGET_GROWTH = 100_000, 1.25
# What the hand-made layout takes for a million phrases, by the study of layouts.
STUDY_MB = 26.1
# A day of this size shows what memory a large one needs.
SMALL_SHARE, MOST_SMALL = 5, 2_000_000
# What words cost shows with fewer of them.
MOST_WITH_WORDS = 500_000
_DAY = "--day"
DISTINCT, FEWEST, MOST = 200, 10, 105
PLACEHOLDER = "ffffffff-ffff-4fff-bfff-ffffffffffff"
WORDS = (
    *("yes", "no", "okay", "thank", "you", "for", "calling", "how", "may", "I", "help", "account"),
    *("number", "order", "billing", "payment", "please", "hold", "one", "moment", "would", "like"),
    *("to", "the", "a", "my", "our", "is", "was", "not", "working", "since", "last", "week"),
    *("internet", "router", "signal", "invoice", "charged", "twice", "refund", "agent", "transfer"),
    *("department", "confirm", "address", "street", "postal", "code", "email", "date", "birth"),
    *("perfect", "anything", "else", "today", "sorry", "about", "that", "issue", "ticket"),
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Took:
    """What a day took."""

    phrases: int
    words: int
    cpu_s: float
    loads_cpu_s: float
    peak_mb: float
    sizes_mb: dict[str, float]


def main(count: int) -> None:
    """Print rates, sizes and memory."""
    small = _alone(min(count // SMALL_SHARE, MOST_SMALL), has_words=False)
    large = _alone(count, has_words=False)
    full = _alone(min(count // 4, MOST_WITH_WORDS), has_words=True)
    print(f"{'':<34}{'phrases':>12}{'phrases/s':>12}{'json.loads/s':>14}{'ratio':>8}{'MB':>7}")
    for name, took in (("small day", small), ("large day", large), ("with words", full)):
        rate, loads = took.phrases / took.cpu_s, took.phrases / took.loads_cpu_s
        print(
            f"{name:<34}{took.phrases:>12,}{rate:>12,.0f}{loads:>14,.0f}{rate / loads:>8.1f}"
            f"{took.peak_mb:>7.0f}"
        )
    per_million = {
        "transcripts": large.sizes_mb["transcripts"] / large.phrases * 1e6,
        "words": full.sizes_mb["words"] / full.words * 1e6,
    }
    print(f"{'MB per million phrases':<34}{per_million['transcripts']:>12.1f}", end="")
    print(f"  (hand-made layout: {STUDY_MB})")
    print(f"{'MB per million words':<34}{per_million['words']:>12.1f}")
    rate, growth = large.phrases / large.cpu_s, large.peak_mb / small.peak_mb
    is_fast, is_flat = rate >= TARGET_PER_S, growth <= TARGET_GROWTH
    print(f"at least {TARGET_PER_S:,} phrases a second and core: {'yes' if is_fast else 'NO'}")
    print(f"memory grows by {growth:.2f}, at most {TARGET_GROWTH}: {'yes' if is_flat else 'NO'}")
    sys.exit(0 if is_fast and is_flat else 1)


def _alone(count: int, *, has_words: bool) -> Took:
    """Publish a day in a process of its own, so that its peak is its own."""
    found = subprocess.run(  # noqa: S603 (this file)
        [sys.executable, __file__, _DAY, str(count), str(int(has_words))],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Took(**json.loads(found.stdout))


def publish_day(count: int, *, has_words: bool) -> Took:
    """Parse and publish so many phrases, and say what it took."""
    files = corpus(has_words=has_words)
    tables: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="speech-") as folder:
        home = Home(Path(folder))
        home.prepare()
        started = time.process_time()
        published = write_tables(home, DAY, _told(files, count))
        cpu_s = time.process_time() - started
        started = time.process_time()
        deque(_contents(files, count), maxlen=0)
        cpu_s -= time.process_time() - started  # making the files is no part of it
        for table in published.tables:
            tables[table.name] = home.path(table.path).stat().st_size / 1e6
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024 / 1_000_000
    phrases, words = (table.row_count for table in published.tables[:2])
    started = time.process_time()
    held = sum(len(json.loads(content)["transcripts"][0]["phrases"]) for content in files)
    loads_cpu_s = (time.process_time() - started) * phrases / held
    return Took(phrases, words, cpu_s, loads_cpu_s, peak_mb, tables)


def _told(files: list[bytes], count: int) -> Iterator[Told]:
    return (Told(transcript(content, id_, id_, id_)) for id_, content in _contents(files, count))


def _contents(files: list[bytes], count: int) -> Iterator[tuple[str, bytes]]:
    """Yield files until there are enough phrases, each of a conversation of its own."""
    held = [content.count(b'"stability":') for content in files]
    number = phrases = 0
    while phrases < count:
        number += 1
        # Ids as random as real ones, or they would take less room; ordered, as the tables are.
        random_part = random.Random(number).getrandbits(96)  # noqa: S311 (no secret)
        id_ = str(UUID(int=number << 96 | random_part))
        phrases += held[number % len(files)]
        yield id_, files[number % len(files)].replace(PLACEHOLDER.encode(), id_.encode())


def corpus(*, has_words: bool) -> list[bytes]:
    """Return transcript files of the documented shape, always the same."""
    return [_file(random.Random(seed), has_words=has_words) for seed in range(DISTINCT)]  # noqa: S311 (no secret)


def _file(dice: random.Random, *, has_words: bool) -> bytes:
    phrases, sentiment, at_ms = [], [], 0
    for index in range(dice.randint(FEWEST, MOST)):
        words, start_ms = [], at_ms
        for _ in range(dice.randint(1, 22)):
            length_ms = dice.randrange(80, 600, 10)
            confidence = round(dice.uniform(0.4, 1), 4)
            spoken = {"word": dice.choice(WORDS), "confidence": confidence}
            words.append({**spoken, **_when(at_ms, length_ms)})
            at_ms += length_ms + dice.randrange(0, 120, 10)
        text = " ".join(word["word"] for word in words)
        side, when = dice.choice(("internal", "external")), _when(start_ms, at_ms - start_ms)
        phrase = {"phraseIndex": index, "participantPurpose": side, "text": text, "stability": 1.0}
        phrase |= {"decoratedText": f"{text.capitalize()}.", "alternatives": []}
        phrase |= {"confidence": round(dice.uniform(0.5, 1), 4), **when}
        phrases.append(phrase | ({"words": words} if has_words else {}))
        if dice.random() < 0.15:
            mood = {"phrase": text[:40], "phraseIndex": index, "sentiment": dice.choice((-1, 1))}
            sentiment.append({"participant": side, **mood, **when})
        at_ms += dice.randrange(0, 2_000, 10)
    ends = {"startTimeMs": START_MS, "endTimeMs": START_MS + at_ms}
    run = {"transcriptId": PLACEHOLDER, "language": "en-us", "startTime": START_MS}
    run |= {"duration": {"milliseconds": at_ms}, "phrases": phrases}
    run |= {"analytics": {"sentiment": sentiment, "topics": [], "acoustic": []}}
    people = [{"participantPurpose": "customer", **ends}]
    people.append({"participantPurpose": "agent", "userId": str(UUID(int=dice.randrange(400)))})
    file = {"conversationId": PLACEHOLDER, "communicationId": PLACEHOLDER, "mediaType": "call"}
    file |= {"conversationStartTime": START_MS, "startTime": START_MS, "participants": people}
    file |= {"duration": {"milliseconds": at_ms}, "transcripts": [run]}
    return json.dumps(file, separators=(",", ":")).encode()


def _when(start_ms: int, length_ms: int) -> Json:
    span = {"offset": {"milliseconds": start_ms}, "duration": {"milliseconds": length_ms}}
    return {"startTimeMs": START_MS + start_ms, **span}


if __name__ == "__main__":
    if _DAY in sys.argv:
        print(json.dumps(asdict(publish_day(int(sys.argv[2]), has_words=sys.argv[3] == "1"))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_COUNT)
