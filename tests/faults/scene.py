"""Where a fault is played: a source, a directory of its own, and what became of both."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.invariants.violation import Violation
from recordings_pipeline.core.reports import STAGES, StageReport
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.deep_check import examine_archive
from recordings_pipeline.stages.export import Clock, Export, real_time
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import POLL_S
from tests.faults.haste import hasty_export
from tests.hostile.server import Script, playing
from tests.hosts import SECRET, Host, Reply, changed, running
from tests.stages.conftest import DAY

INDEX, AUDIO, TRANSCRIPTS = STAGES[:3]
FETCHING = (INDEX, AUDIO)
CALLS = 3
# What the simulator asks for with its own credentials is signed by these words.
SIGNATURE = "X-Amz-Signature="
_WORLD = """
calls_per_day = {calls}
[seconds]
median = 4
spread = 0.1
shortest = 3
longest = 5
[share]
[pinned]
{pinned}
"""
T = TypeVar("T")


class Source(Protocol):
    """Whoever can be exported from."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables a client needs."""


@dataclass(frozen=True, slots=True)
class Address:
    """A source that is nothing but an address."""

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "GENESYS_BASE_URL": self.url,
            "GENESYS_CLIENT_ID": "id",
            "GENESYS_CLIENT_SECRET": SECRET,
        }


@dataclass(slots=True)
class Scene:
    """What a case needs, and what happened in it.

    Attributes:
        ends: How each run ended, such as ``2 exported, 1 retry`` or ``fails``.
        told: Everything that a person could read, a line each.
        day: What is exported.
        rooms: Scenes that are parts of this one.
        simulator: The last one that was started.
    """

    folder: Path
    stack: ExitStack
    ends: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    day: Day = DAY
    rooms: "list[Scene]" = field(default_factory=list)
    simulator: Simulator = field(init=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def room(self, name: str) -> "Scene":
        """Return a scene with a directory of its own that tells its ends to this one."""
        folder = self.folder / name
        folder.mkdir()
        self.rooms.append(Scene(folder, self.stack, self.ends, self.told, self.day))
        return self.rooms[-1]

    def source(
        self,
        faults: str = "",
        *,
        pinned: Mapping[int, str] | None = None,
        calls: int = CALLS,
        **options: object,
    ) -> Simulator:
        """Start a source of a few short calls.

        Args:
            faults: Its plan of misbehaviour: names, or the entries of a TOML file.
            pinned: Traits of calls, by number.
            calls: How many there are.
            options: More fields of `Options`.
        """
        lines = "\n".join(f'{number} = ["{word}"]' for number, word in (pinned or {}).items())
        world = self.folder / "world.toml"
        world.write_text(_WORLD.format(calls=calls, pinned=lines))
        if "\n" in faults:
            plan = self.folder / "faults.toml"
            plan.write_text(faults)
            faults = str(plan)
        chosen = {"requests_per_minute": 60_000, **options}
        built = Options(world=str(world), faults=faults, **chosen)  # type: ignore[arg-type]
        self.simulator = self.stack.enter_context(Simulator(built))
        return self.simulator

    def host(self, reply: Reply, login: Reply | None = None) -> Host:
        """Start a host that says what the simulator cannot."""
        return self.stack.enter_context(running(Host(reply, login)))

    def between(self, path: str, change: Callable[[Any], Any]) -> Host:
        """Start a host between us and the source, which changes answers below a path."""
        reply = changed(self.simulator, path, change)
        return self.host(reply, reply)

    def media(self, script: Script) -> Host:
        """Start a media host on a raw socket, and a host that sends everybody there."""
        raw = self.stack.enter_context(playing(script))
        url = f"http://{raw.address}/recording?{SIGNATURE}hush-hush"
        return self.between("batchrequests/", partial(with_links, url))

    def export(
        self,
        host: Source,
        *,
        clock: Clock = real_time,
        stack: ExitStack | None = None,
        **more: str,
    ) -> Export:
        """Open an export from a host into the scene's directory.

        Args:
            host: Where from.
            clock: What time it is.
            stack: Closes it; by default the scene does.
            more: Settings by their variables.
        """
        usual = {"RECORDINGS_VOICE": "off", "RECORDINGS_RESERVE_GB": "0"}
        if hasattr(self, "simulator"):
            mine = self.simulator.environment
            usual |= {name: text for name, text in mine.items() if "CLIENT" in name}
        data = {"RECORDINGS_DATA": str(self.data)}
        settings = settings_from({**host.environment, **POLL_S, **data, **usual, **more})
        return (stack or self.stack).enter_context(hasty_export(settings, clock))

    def run(self, export: Export, *stages: str) -> list[StageReport]:
        """Run stages of the day, by default until the audio is there; note how it ended."""
        reports: list[StageReport] = []
        try:
            for stage in stages or FETCHING:
                reports.append(run_stage(export, stage, self.day))
                self.told += [*reports[-1].warnings, *(gap.reason for gap in reports[-1].gaps)]
        except RecordingsError as error:
            self.say("fails", str(error))
            return reports
        counts = export.ledger.totals.counts(self.day)
        self.ends.append(", ".join(f"{n} {outcome}" for outcome, n in counts.items()) or "nothing")
        reasons = [row["reason"] for row in export.ledger.recordings.manifest(self.day)]
        self.told += filter(None, reasons)
        return reports

    def attempt(self, what: Callable[[], T]) -> T | None:
        """Do something that may be refused, and note how."""
        try:
            return what()
        except RecordingsError as error:
            self.say("fails", str(error))
            return None

    def say(self, end: str, told: str = "") -> None:
        """Note how something ended that is no run of stages."""
        self.ends.append(end)
        self.told.append(told)

    def later(self, hours: float) -> datetime:
        """Return an instant so many hours from now."""
        return datetime.now(UTC) + timedelta(hours=hours)

    def transcripts(self, export: Export) -> str:
        """Say how the day's transcripts stand."""
        path = export.home.path(layout.table_path(TRANSCRIPTS, self.day))
        return f"{len({row['recording_id'] for row in read_rows(path)})} transcribed"

    def violations(self) -> list[Violation]:
        """Judge every invariant over the directory, if there is one."""
        found = [violation for room in self.rooms for violation in room.violations()]
        if not (self.data / layout.LEDGER).exists():
            return found
        secrets = [SECRET]
        if hasattr(self, "simulator"):
            secrets.append(self.simulator.environment["GENESYS_CLIENT_SECRET"])
        with open_archive(self.data) as archive:
            judged = examine_archive(archive, secrets=secrets)
        return [*found, *chain.from_iterable(judged.violations.values())]

    def wrong_files(self) -> list[str]:
        """Return the audio files whose bytes are not the source's: the ledger is not asked."""
        found = [path for room in self.rooms for path in room.wrong_files()]
        if not hasattr(self, "simulator"):
            return found
        return found + [
            str(path.relative_to(self.data))
            for path in self.data.glob("audio/date=*/*/*")
            if not self._is_right(path)
        ]

    def _is_right(self, path: Path) -> bool:
        return path.read_bytes() == self.simulator.media(path.stem[:36], _number(path))


def _number(path: Path) -> int:
    """Return which file of its recording this is."""
    return int(path.stem[37:] or 1)


def with_links(url: str, answer: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return the state of a batch with every link replaced."""
    for result in answer.get("results") or ():
        if "resultUrl" in result:
            result["resultUrl"] = url
    return answer
