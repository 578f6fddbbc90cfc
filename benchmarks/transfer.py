"""How fast our transfer engine is next to aria2c, curl, rclone and the way tutorials do it.

Run it with ``python benchmarks/transfer.py``: about 20 minutes, ``--quick`` about six; it ends
with 1 when a target is missed. nginx serves over loopback; every file is checked afterwards.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.nginx import Server, nginx_program, nginx_serving
from benchmarks.racing.contestants import (
    OURS,
    PEERS,
    TUTORIAL,
    Contestant,
    missing_packages,
    synced_otherwise,
    variants,
)
from benchmarks.racing.corpus import Corpus, make_corpus
from benchmarks.racing.late_server import late_server
from benchmarks.racing.measuring import ProgramFailed
from benchmarks.racing.results import Runs, Summary, Verdict, best_of, ratio, summary, table
from benchmarks.racing.track import ROOT, Course, Track

LATE, MEMORY = "late", "memory"
DELAY_S, TUTORIAL_TARGET = 0.05, 0.10
SMALL_BYTES, PEAK_TARGET_MB = 4_000, 200.0
# A disk's behaviour cannot be seen in memory.
_NO_DISKS = ("tmpfs", "ramfs")


@dataclass(frozen=True, slots=True)
class Race:
    """A case in which the peers run as well.

    Attributes:
        folder: Name of the corpus.
        count: Files of it; the second number is for ``--quick``.
        rounds: The shorter a run, the more of them.
        target: Most that ours takes when the best of the peers takes 1.
    """

    folder: str
    size: int
    count: tuple[int, int]
    rounds: tuple[int, int]
    target: float
    is_tls: bool = False

    @property
    def name(self) -> str:
        return f"{self.folder}-{'tls' if self.is_tls else 'plain'}"


_KINDS = (
    Race("50kB", 50_000, (1_000, 500), (7, 3), 1.25),
    Race("2MB", 2_000_000, (400, 100), (5, 3), 1.0),
    Race("512MB", 512_000_000, (4, 2), (3, 3), 1.0),
)
RACES = [replace(kind, is_tls=is_tls) for kind in _KINDS for is_tls in (False, True)]


@dataclass(slots=True)
class Findings:
    """What was found so far."""

    summaries: dict[str, list[Summary]]
    runs: dict[str, Runs]
    verdicts: list[Verdict]


class Meeting:
    """All cases of one run of this program."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self._served = folder / "served"
        self._track = Track(folder, tries=1 if arguments.quick else 2)
        self._is_quick: bool = arguments.quick
        self._rounds: int | None = arguments.rounds
        self._peers = [] if arguments.without_peers else list(PEERS)
        self._ours = OURS if not arguments.profile else replace(OURS, options=("--profile",))
        self._corpora: dict[str, Corpus] = {}
        self.found = Findings({}, {}, [])

    def hold(self, cases: Sequence[str]) -> None:
        """Hold the cases one after the other, and print each."""
        self._served.mkdir()
        with nginx_serving(self._served, with_tls=True) as server:
            for race in RACES:
                if race.name in cases:
                    self._race(race, server)
            if MEMORY in cases:
                self._memory(server)
        if LATE in cases:
            self._late()

    def profile(self, case: str) -> None:
        """Run ours alone and print where its threads spend their time."""
        race = next(race for race in RACES if race.name == case)
        self._served.mkdir()
        with nginx_serving(self._served, with_tls=True) as server:
            self._track.run(self._ours, self._course(race, server))
        print(f"{case}\n{self._track.log_of_last()}")

    def _race(self, race: Race, server: Server) -> None:
        course = self._course(race, server)
        contestants = [self._ours, *(self._prepared(name, course) for name in self._peers)]
        runs = self._track.race(contestants, course, self._rounds or race.rounds[self._is_quick])
        self._sum_up(race.name, course.corpus, contestants, runs)
        if self._peers:
            best = best_of(runs, self._ours.name)
            value = ratio(runs[self._ours.name], runs[best])
            self._judge(Verdict(f"{race.name}: ours to the best, {best}", value, race.target))

    def _prepared(self, name: str, course: Course) -> Contestant:
        """Return a peer with what is fastest for it here, which also warms everything up."""
        best = self._track.fastest(variants(name), course)
        return self._track.fastest([best, *synced_otherwise(best)], course)

    def _late(self) -> None:
        """Let ours and the tutorial's way fetch from a server that is slow to answer."""
        corpus = self._corpus("late", 50_000, (400, 200)[self._is_quick])
        contestants = [self._ours, TUTORIAL]
        with late_server(self._served, DELAY_S) as (pid, url):
            runs = self._track.race(contestants, Course(corpus, url, pid), self._rounds or 3)
        title = f"{LATE}, {1_000 * DELAY_S:.0f} ms to the first byte"
        self._sum_up(title, corpus, contestants, runs)
        value = ratio(runs[self._ours.name], runs[TUTORIAL.name])
        self._judge(Verdict("late: ours to the tutorial's way", value, TUTORIAL_TARGET))

    def _memory(self, server: Server) -> None:
        """Fetch few and many small files."""
        corpus = self._corpus("small", SMALL_BYTES, 1_000)
        for count in (10, (100_000, 10_000)[self._is_quick]):
            course = Course(corpus.taken(count), server.plain_url, server.pid)
            runs = self._track.race([self._ours], course, 1)
            title = f"{MEMORY}-{count}"
            self._sum_up(title, course.corpus, [self._ours], runs)
            peak = runs[self._ours.name][0].peak_mb
            self._judge(Verdict(f"{title}: peak of ours", peak, PEAK_TARGET_MB, " MB"))

    def _course(self, race: Race, server: Server) -> Course:
        corpus = self._corpus(race.folder, race.size, race.count[self._is_quick])
        if race.is_tls:
            return Course(corpus, server.tls_url, server.pid, server.authority)
        return Course(corpus, server.plain_url, server.pid)

    def _corpus(self, folder: str, size: int, count: int) -> Corpus:
        """Make a corpus, once; what was just written is in the page cache, where it stays."""
        if folder not in self._corpora:
            self._corpora[folder] = make_corpus(self._served, folder, count, size)
        return self._corpora[folder]

    def _sum_up(
        self, title: str, corpus: Corpus, contestants: Sequence[Contestant], runs: Runs
    ) -> None:
        ours = runs[self._ours.name]
        rows = [summary(one, runs[one.name], ours, corpus) for one in contestants]
        self.found.summaries[title] = rows
        self.found.runs[title] = runs
        rounds = f"{len(ours)} rounds" if len(ours) > 1 else "one round"
        text = f"{title}: {len(corpus.items):,} files, {corpus.size / 1e6:,.0f} MB, {rounds}"
        print(table(text, rows), flush=True)

    def _judge(self, verdict: Verdict) -> None:
        self.found.verdicts.append(verdict)
        print(verdict, flush=True)


def main() -> None:
    """Measure and print tables; fail when a target is missed."""
    arguments = _arguments()
    # Ended from outside, we still take the server and gigabytes of files along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped before the end"))
    _check_programs(with_peers=not (arguments.without_peers or arguments.profile))
    kind = _file_system(arguments.directory)
    if kind in _NO_DISKS:
        sys.exit(f"--directory {arguments.directory} is {kind}: give a folder on a disk")
    print(f"{os.cpu_count()} cores shared with the server, loopback, files on {kind}, warm cache.")
    print("ours: SHA-256, fsync of file and directory, link; its start is not counted.")
    print("The others: no hash asked of them; fsync added after the download, its time counted.")
    print("to ours: wall time to ours, median of rounds. others: cores foreign work kept busy.")
    with tempfile.TemporaryDirectory(prefix=".transfer-", dir=arguments.directory) as name:
        meeting = Meeting(Path(name), arguments)
        if arguments.profile:
            meeting.profile(arguments.profile)
            return
        try:
            meeting.hold(arguments.case or [*(race.name for race in RACES), LATE, MEMORY])
        finally:
            if arguments.json:
                arguments.json.write_text(json.dumps(_as_json(meeting.found), indent=1) + "\n")
    print("\nTargets")
    for verdict in meeting.found.verdicts:
        print(verdict)
    sys.exit(0 if all(verdict.is_met for verdict in meeting.found.verdicts) else 1)


def _arguments() -> argparse.Namespace:
    races = [race.name for race in RACES]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--case", action="append", choices=[*races, LATE, MEMORY])
    parser.add_argument("--quick", action="store_true", help="fewer files and rounds")
    parser.add_argument("--rounds", type=int, help="instead of each case's own number")
    parser.add_argument("--without-peers", action="store_true", help="run only what is ours")
    parser.add_argument("--profile", choices=races, help="show where our time goes in a case")
    parser.add_argument("--directory", type=Path, default=ROOT, help="a folder on the disk to use")
    parser.add_argument("--json", type=Path, help="write everything to this file as well")
    return parser.parse_args()


def _check_programs(*, with_peers: bool) -> None:
    """End with the packages to install when a program is missing."""
    packages = [] if nginx_program() else ["nginx-light"]
    packages += [] if shutil.which("openssl") else ["openssl"]
    packages += missing_packages() if with_peers else []
    if packages:
        rest = ", or run only ours with --without-peers" if with_peers else ""
        sys.exit(f"Programs are missing: apt-get install {' '.join(packages)}{rest}")


def _file_system(folder: Path) -> str:
    """Name the kind of file system a folder lies on."""

    def mounts() -> Iterator[tuple[Path, str]]:
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _, point, kind, *_ = line.split()
            yield Path(point), kind

    real = folder.resolve()
    found = [(point, kind) for point, kind in mounts() if real.is_relative_to(point)]
    return max(found, key=lambda mount: len(mount[0].parts))[1]


def _as_json(found: Findings) -> dict[str, object]:
    return {
        "cases": {
            title: {
                "summaries": [asdict(row) for row in rows],
                "runs": {
                    name: [asdict(run) for run in runs] for name, runs in found.runs[title].items()
                },
            }
            for title, rows in found.summaries.items()
        },
        "targets": [asdict(verdict) | {"is_met": verdict.is_met} for verdict in found.verdicts],
    }


if __name__ == "__main__":
    try:
        main()
    except ProgramFailed as failure:
        sys.exit(str(failure))
