"""One run of a program that downloads: wall time, CPU time, memory, and who else was busy."""

import ctypes
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.racing.signals import DONE, READY

TIMEOUT_S = 1_800
_LOOK_S = 0.02
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


class ProgramFailed(Exception):
    """A program ended with an error, or not at all; holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took.

    Attributes:
        wall_s: Until everything is on disk.
        cpu_s: User and system time of the program, its children, and what made it durable.
        peak_mb: Largest resident memory, all its processes together.
        start_s: CPU time a client of ours took before the clock started; in none of the above.
        foreign_cores: Cores that neither the program nor the server nor we kept busy.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    start_s: float
    foreign_cores: float


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how.

    Attributes:
        environment: Variables to add to ours.
        log: Gets what it says on standard error.
        says_ready: It tells when it starts and ends, as `racing.signals` describes.
        finish: Makes durable what it downloaded; its time counts.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    says_ready: bool = False
    finish: Callable[[], None] | None = None


def measured(program: Program, server: int) -> Run:
    """Run a program to its end; the CPU time of the server is not foreign.

    Raises:
        ProgramFailed: It did not end well.
    """
    busy, served, own = _busy_s(), _cpu_s(server), time.process_time()
    started = time.monotonic()
    with program.log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            program.command,
            env={**os.environ, **program.environment},
            stdin=subprocess.PIPE if program.says_ready else subprocess.DEVNULL,
            stdout=subprocess.PIPE if program.says_ready else subprocess.DEVNULL,
            stderr=errors,
        )
        with process, closing(_Observer(process)) as observer:
            start_s = 0.0
            if program.says_ready:
                start_s, started = _start(process), time.monotonic()
                _read(process.stdout, DONE)
                wall = time.monotonic() - started
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = program.log.read_text(errors="replace")[-2_000:]
        raise ProgramFailed(f"{program.command[0]} ended with {process.returncode}: {said}")
    finishing = time.process_time()
    if program.finish is not None:
        program.finish()
    finishing = time.process_time() - finishing
    if not program.says_ready:
        wall = time.monotonic() - started
    cpu = usage.ru_utime + usage.ru_stime
    known = cpu + _cpu_s(server) - served + time.process_time() - own
    elapsed = time.monotonic() - started
    return Run(
        wall_s=wall,
        cpu_s=cpu - start_s + finishing,
        peak_mb=observer.peak_mb,
        start_s=start_s,
        foreign_cores=max(0.0, (_busy_s() - busy - known) / elapsed),
    )


def sync_each(folder: Path, threads: int) -> None:
    """Put every file below a folder on disk, then the directories."""
    paths = list(folder.rglob("*"))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_sync, (path for path in paths if not path.is_dir())))
    for path in (folder, *(path for path in paths if path.is_dir())):
        _sync(path)


def sync_at_once(folder: Path) -> None:
    """Put all that the folder's file system has to write on disk, as ``sync -f`` does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _start(process: subprocess.Popen[bytes]) -> float:
    """Let a client of ours begin; return the CPU time it took until then."""
    spent = float(_read(process.stdout, READY))
    if process.stdin is not None:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    return spent


def _read(lines: IO[bytes] | None, word: str) -> str:
    """Read on to a line that starts with a word, and return the rest of it; 0 at the end."""
    for line in lines or ():
        said, _, rest = line.decode().partition(" ")
        if said.strip() == word:
            return rest
    return "0"


class _Observer:
    """Looks at a program's memory while it runs, and ends it when it takes for ever.

    ``ru_maxrss`` will not do: a child starts with its parent's. A peak as the kernel keeps it is
    missed only by what is added in the last moment.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._peaks_kb: dict[int, int] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    @property
    def peak_mb(self) -> float:
        return sum(self._peaks_kb.values()) * 1_024 / 1_000_000

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        end = time.monotonic() + TIMEOUT_S
        while not self._is_over.wait(_LOOK_S):
            for pid in _family(self._process.pid):
                found = _PEAK.search(_text(Path(f"/proc/{pid}/status")))
                if found:
                    self._peaks_kb[pid] = int(found[1])
            if time.monotonic() > end:
                self._process.kill()


def _family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(task).split():
            found += _family(int(child))
    return found


def _cpu_s(pid: int) -> float:
    """Return what a process and its descendants have used so far."""
    ticks = 0
    for member in _family(pid):
        fields = _text(Path(f"/proc/{member}/stat")).rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:13])
    return ticks / _TICKS_A_SECOND


def _busy_s() -> float:
    """Return what all cores together have worked since the machine started."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, *interrupts = fields
    return (user + nice + system + sum(interrupts)) / _TICKS_A_SECOND


def _text(path: Path) -> str:
    """Read a file of /proc; empty when its process is gone."""
    try:
        return path.read_text()
    except OSError:
        return ""
