"""Two server processes are one simulator, and none of them outlives it."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from tests.conftest import Start
from tests.simulator.raw import DAY, SETTINGS, Caller, caller, fetch, link, written

PLANT = {"day": "2026-01-31", "what": "recording", "count": 1}
_LONG_S = 20
# Starts a simulator, says where it is, and has it hang on a connection until killed.
_PARENT = """
import sys
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
with Simulator(Options(world="plain", calls_per_day=12, processes=2, faults="hang")) as simulator:
    print(simulator.base_url, simulator.media_url, flush=True)
    sys.stdin.read()
"""


def workers_of(pid: int) -> list[int]:
    """Return the server processes that a process has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [
        int(child)
        for found in lists
        for child in found.read_text().split()
        if b"simulator.server" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def both_of(pid: int) -> list[int]:
    """Return two server processes; a process has no command line for a moment at its start."""
    until = time.monotonic() + _LONG_S
    while len(found := workers_of(pid)) < 2 and time.monotonic() < until:
        pass
    return found


def are_gone(pids: list[int]) -> bool:
    """Wait until processes have ended."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([handle], [], [], _LONG_S)
        os.close(handle)
        if not ended:
            return False
    return True


@contextmanager
def without(worker: int, me: Caller) -> Generator[None]:
    """Stop one process, at a moment when it does not hold the shared state."""
    for _ in range(_LONG_S):
        os.kill(worker, signal.SIGSTOP)
        while not is_stopped(worker):
            pass
        is_served = me.get("/simulator/status", most_s=2).status == 200
        if is_served:
            break
        os.kill(worker, signal.SIGCONT)
    try:
        assert is_served
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def is_stopped(pid: int) -> bool:
    """Say whether every thread has stopped: the signal reaches them one after the other."""
    stats = [stat.read_text() for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    return all(stat.rpartition(") ")[2][0] == "T" for stat in stats)


@pytest.fixture(scope="module")
def pair() -> Generator[Simulator]:
    options = Options(world="plain", calls_per_day=12, processes=2, requests_per_minute=300)
    with Simulator(options) as simulator:
        yield simulator


def test_what_one_process_learns_the_other_knows(pair: Simulator) -> None:
    me = Caller(pair)
    one, other = both_of(os.getpid())
    me.login()

    with without(other, me):
        me.login()
        me.plan("server-error@2")
        planted = me.post("/simulator/plant", PLANT).json
        moved = me.post("/simulator/clock", {"advance_s": 86_400}).json["now"]
        first = me.get(SETTINGS).status
    with without(one, me):
        second = me.get(SETTINGS).status
        status = me.get("/simulator/status").json
        conversation_id = planted["conversation_ids"][0]
        listed = me.get(f"/api/v2/conversations/{conversation_id}/recordingmetadata").json
        me.post("/simulator/revoke", {})
    with without(other, me):
        revoked = me.get(SETTINGS).status

    assert (first, second, revoked) == (200, 500, 401)
    assert status["faults"] == ["server-error"]
    assert status["now"] >= moved
    assert planted["recording_ids"][0] in [item["id"] for item in listed]


def test_objects_are_hit_once_in_all_processes_together(start: Start) -> None:
    simulator = start(processes=2, calls_per_day=24, faults="cut-bodies")
    urls = [link(simulator, c) for c in simulator.world.calls(DAY) if c.is_exportable]

    with ThreadPoolExecutor(8) as threads:
        ends = [list(threads.map(lambda url: fetch(url).end, urls)) for _ in range(2)]

    assert [{*found} for found in ends] == [{"RST"}, {"FIN"}]
    assert simulator.traffic.faults == {"cut-bodies": len(urls)}


def test_the_allowance_is_one_for_all_connections(start: Start) -> None:
    simulator = start(processes=2, requests_per_minute=300)
    me = caller(simulator)

    with ThreadPoolExecutor(16) as threads:
        statuses = Counter(threads.map(lambda _: me.get(SETTINGS).status, range(360)))

    assert statuses == {200: 300, 429: 60}
    assert simulator.traffic.rate_limited == 60


@pytest.mark.parametrize("processes", [1, 2])
def test_the_end_waits_for_no_connection_and_leaves_no_process(processes: int) -> None:
    options = Options(world="plain", processes=processes, faults="hang,stalled-bodies")
    with ExitStack() as connections:
        with Simulator(options) as simulator:
            me, url = caller(simulator), urlsplit(link(simulator))
            api = written(f"GET {SETTINGS} HTTP/1.1", f"Authorization: Bearer {me.token}")
            media = written(f"GET {url.path}?{url.query} HTTP/1.1")
            hung = [
                connections.enter_context(opened(base, request))
                for base, request in ((simulator.base_url, api), (simulator.media_url, media))
            ]
            assert hung[1].recv(1)
            workers = [pid for pid in workers_of(os.getpid()) if is_of(pid, simulator)]
            began = time.monotonic()
        took_s = time.monotonic() - began
        ends = [rest_of(connection) for connection in hung]

    assert took_s < 4
    assert len(workers) == (0 if processes == 1 else 2)
    assert are_gone(workers)
    assert ends[0] == b""
    assert b"HTTP/1.1 500" not in ends[1]


def opened(base: str, request: bytes) -> socket.socket:
    """Return a connection that was sent a request, and stays."""
    place = urlsplit(base)
    connection = socket.create_connection((place.hostname or "", place.port or 0), timeout=_LONG_S)
    connection.sendall(request)
    return connection


def rest_of(connection: socket.socket) -> bytes:
    """Read until the other side ends the connection, in whatever way."""
    found = b""
    with suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            found += data
    return found


def is_of(pid: int, simulator: Simulator) -> bool:
    """Say whether a process has the simulator's sockets, not another's."""
    port = int(simulator.base_url.rpartition(":")[2])
    mine = {line.split()[9] for line in listeners() if int(line.split()[1][-4:], 16) == port}
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return any(f"socket:[{inode}]" in links for inode in mine)


def listeners() -> list[str]:
    return Path("/proc/net/tcp").read_text().splitlines()[1:]


def test_no_process_and_no_file_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PARENT]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        base_url, _, _ = parent.stdout.readline().decode().partition(" ")
        hung = fetch(f"{base_url}/simulator/status?")
        workers = both_of(parent.pid)
        folders = list(tmp_path.iterdir())

        parent.kill()
        parent.wait()
        gone = are_gone(workers)

    assert hung.status == 200
    assert (len(workers), len(folders)) == (2, 1)
    assert gone
    assert list(tmp_path.iterdir()) == []
