"""A data directory with a few sealed segments, and somebody who may write everything in it."""

import json
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.audit.lines import GENESIS, chained, unchained
from recordings_pipeline.core.audit.manifest import (
    Entry,
    Head,
    Segment,
    entry_from,
    entry_line,
    sealed,
    segment_name,
    signed_text,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.place import Place
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.audit.keys import SigningKey, public_pem, signing_key
from recordings_pipeline.storage.audit.sealing import seal
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_place import open_ledger
from tests.listing import conversation, discovered

DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 3, tzinfo=UTC)
SEGMENTS, EVENTS = 3, 4


@dataclass(frozen=True, slots=True)
class Scene:
    """A directory, its key and its anchor lie apart from each other."""

    root: Path
    keeping: Keeping
    ledger_url: Secret | None = None

    @property
    def place(self) -> Place:
        return Place(self.root, self.ledger_url)

    @property
    def home(self) -> Home:
        return Home(self.place)

    @contextmanager
    def ledger(self) -> Generator[Ledger]:
        with open_ledger(self.home) as ledger:
            yield ledger

    def happen(self, first: int, count: int) -> None:
        """Keep some events, of recordings with numbers."""
        ids = [str(UUID(int=number)) for number in range(first, first + count)]
        with self.ledger() as ledger:
            ledger.listed(DAY, NOW, [conversation(ids[0], map(discovered, ids))])

    def seal(self, now: datetime = NOW) -> Head | None:
        with self.ledger() as ledger:
            return seal(self.home, ledger.events, self.keeping, now)


def scene(folder: Path, url: Secret | None = None) -> Scene:
    """Return a directory without events."""
    (folder / "anchor").mkdir()
    made = scene_in(folder, url)
    made.root.mkdir()
    made.home.prepare()
    return made


def scene_in(folder: Path, url: Secret | None = None) -> Scene:
    """Return the directory that was made in a folder."""
    return Scene(folder / "data", Keeping(folder / "key" / "own.pem", folder / "anchor"), url)


def sealed_scene(folder: Path, url: Secret | None = None) -> Scene:
    """Return a directory with `SEGMENTS` segments of `EVENTS` events each."""
    made = scene(folder, url)
    for number in range(SEGMENTS):
        made.happen(number * EVENTS, EVENTS)
        made.seal()
    return made


class Intruder:
    """Knows the formats, and may write the directory; has neither the key nor the anchor."""

    def __init__(self, root: Path, key: Path) -> None:
        self._root = root
        self.key: SigningKey = signing_key(Keeping(key))

    def lines(self, number: int) -> list[bytes]:
        return self._segment(number).read_bytes().splitlines()

    def write(self, number: int, lines: Iterable[bytes]) -> None:
        self._segment(number).chmod(0o600)
        self._segment(number).write_bytes(b"".join(line + b"\n" for line in lines))

    def remove(self, number: int) -> None:
        self._segment(number).unlink()

    def manifest(self) -> list[bytes]:
        return (self._root / layout.AUDIT_MANIFEST).read_bytes().splitlines()

    def write_manifest(self, lines: Iterable[bytes]) -> None:
        content = b"".join(line + b"\n" for line in lines)
        (self._root / layout.AUDIT_MANIFEST).write_bytes(content)

    def chain_again(self, number: int) -> None:
        """Make the lines of a segment follow each other again."""
        chain = self._entry(number - 1).chain if number > 1 else GENESIS
        lines = []
        for line in self.lines(number):
            again, chain = chained(chain, unchained(line)[0])
            lines.append(again)
        self.write(number, lines)

    def seal_again(self, change: Callable[[int, list[bytes]], list[bytes]], *, sign: bool) -> None:
        """Write the whole log once more, so that it fits in itself."""
        manifest = self.manifest()
        entries = [entry for line in manifest if (entry := entry_from(line))]
        last: tuple[Entry, bytes] | None = None
        chain, written = GENESIS, []
        for old in entries:
            lines = []
            for line in change(old.number, self.lines(old.number)):
                again, chain = chained(chain, unchained(line)[0])
                lines.append(again)
            seqs = [json.loads(line)["seq"] for line in lines]
            segment = Segment(tuple(lines), seqs[0], seqs[-1], chain)
            new = sealed(last, segment, NOW, self.key.id if sign else old.key)
            signature = self.key.sign(signed_text(new)) if sign else old.signature
            new = replace(new, signature=signature)
            self.write(old.number, lines)
            last = new, entry_line(new)
            written.append(last[1])
        self.write_manifest(written)
        pem = self._root / layout.AUDIT_KEYS / f"{self.key.id}.pem"
        pem.write_bytes(public_pem(self.key.public))

    def _segment(self, number: int) -> Path:
        return self._root / layout.AUDIT_SEGMENTS / segment_name(number)

    def _entry(self, number: int) -> Entry:
        entry = entry_from(self.manifest()[number - 1])
        assert entry is not None
        return entry


def settle(ledger: Ledger, number: int, outcome: Outcome) -> None:
    """Change how a recording stands, with its event."""
    ledger.settle(str(UUID(int=number)), Verdict(outcome, "why"), NOW)
