"""Who downloads: our engine, the way tutorials do it, and three programs people use for it.

Each of those gets the setting that is fastest for it in the case at hand, found by trying the few
that were ever the fastest; and the fsync it lacks, done after it by whichever way is fastest.
"""

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.racing.corpus import Corpus
from benchmarks.racing.measuring import sync_at_once, sync_each

HERE = Path(__file__).parent
SYNCS: Mapping[str, Callable[[Path], None]] = {
    "fsync each, 16 threads": partial(sync_each, threads=16),
    "fsync each, 4 threads": partial(sync_each, threads=4),
    "syncfs": sync_at_once,
}


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be fetched, and where to.

    Attributes:
        base_url: What the paths of the corpus go behind.
        authority: What has to be trusted for it; None over plain HTTP.
        folder: Gets the files; empty at first.
        work: For lists and logs.
    """

    corpus: Corpus
    base_url: str
    authority: Path | None
    folder: Path
    work: Path

    def written(self, name: str, line: str) -> Path:
        """Write a line for each file, with ``{name}``, ``{url}`` and ``{folder}`` filled in."""
        path = self.work / name
        with path.open("w") as file:
            for item in self.corpus.items:
                url = self.base_url + item.path
                file.write(line.format(name=item.name, url=url, folder=self.folder))
        return path


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program with its settings.

    Attributes:
        options: Those that were tried against others.
        sync: Key of `SYNCS`: what makes durable what it wrote; None when nothing is added.
        says_ready: It is a client of ours and tells when it starts, and which digests it found.
    """

    name: str
    command: Callable[[Job, tuple[str, ...]], list[str]]
    options: tuple[str, ...] = ()
    sync: str | None = None
    says_ready: bool = False

    def set_up(self, job: Job) -> list[str]:
        """Write the lists it reads, and return its command."""
        return self.command(job, self.options)

    @property
    def setting(self) -> str:
        """What was chosen for it, in words."""
        return "; ".join(filter(None, (" ".join(self.options), self.sync)))


def _python(script: Path, job: Job, options: tuple[str, ...]) -> list[str]:
    names = job.written("list", "{name} {url}\n")
    return [sys.executable, str(script), str(names), str(job.folder), *options]


OURS = Contestant("ours", partial(_python, HERE.parent / "engine_child.py"), says_ready=True)
TUTORIAL = Contestant("tutorial", partial(_python, HERE / "tutorial_child.py"), says_ready=True)


def _aria2c(job: Job, options: tuple[str, ...]) -> list[str]:
    names = job.written("list", "{url}\n  out={name}.wav\n")
    trust = [f"--ca-certificate={job.authority}"] if job.authority else []
    quiet = ["--no-conf", "--quiet", "--summary-interval=0", "--auto-save-interval=0"]
    quiet += ["--disk-cache=32M"]
    return ["aria2c", *quiet, *trust, *options, f"--dir={job.folder}", f"--input={names}"]


def _curl(job: Job, options: tuple[str, ...]) -> list[str]:
    names = job.written("list", 'url = "{url}"\noutput = "{folder}/{name}.wav"\n')
    trust = ["--cacert", str(job.authority)] if job.authority else []
    quiet = ["--disable", "--silent", "--show-error", "--fail", "--http1.1"]
    return ["curl", *quiet, *trust, "--parallel", *options, "--config", str(names)]


def _rclone(job: Job, options: tuple[str, ...]) -> list[str]:
    trust = ["--ca-cert", str(job.authority)] if job.authority else []
    where = [f":http:{job.corpus.folder}", str(job.folder), f"--http-url={job.base_url}"]
    lean = ["--config=/dev/null", "--quiet", "--no-check-dest", "--ignore-checksum"]
    return ["rclone", "copy", *where, *lean, *trust, *options]


# By program, with the name of its Debian package.
PEERS: Mapping[str, tuple[str, Callable[[Job, tuple[str, ...]], list[str]], tuple[str, ...]]] = {
    "aria2c": (
        "aria2",
        _aria2c,
        (
            "-j16 -x1 --file-allocation=none",
            "-j4 -x1 --file-allocation=falloc",
            "-j4 -x4 -s4 -k4M --file-allocation=none",
        ),
    ),
    "curl": (
        "curl",
        _curl,
        (
            "--parallel-immediate --parallel-max 64",
            "--parallel-immediate --parallel-max 16",
            "--parallel-max 4",
        ),
    ),
    "rclone": (
        "rclone",
        _rclone,
        (
            "--transfers 16 --checkers 32 --multi-thread-streams 0",
            "--transfers 16 --multi-thread-streams 0 --buffer-size 0",
            "--transfers 4 --multi-thread-streams 4",
        ),
    ),
}


def missing_packages() -> list[str]:
    """Name the Debian packages of the peers that are not installed."""
    return [package for name, (package, _, _) in PEERS.items() if shutil.which(name) is None]


def variants(name: str) -> list[Contestant]:
    """Return a peer with each of its settings."""
    _, command, settings = PEERS[name]
    sync = next(iter(SYNCS))
    return [Contestant(name, command, tuple(text.split()), sync) for text in settings]


def synced_otherwise(peer: Contestant) -> list[Contestant]:
    """Return a peer with each of the other ways to make its files durable."""
    return [replace(peer, sync=sync) for sync in SYNCS if sync != peer.sync]
