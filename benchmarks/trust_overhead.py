"""What ledger, events and a sealed log add to downloads: the transfer benchmark with them.

Run it with ``python benchmarks/trust_overhead.py [folder]``; it ends with 1 when a target is
missed. Both runs are our engine, which hashes, verifies and syncs every file; one of them also
tells the ledger of each group, as the stage ``audio_files`` does, and seals the log at its end.
What is listed and sealed before a download begins is the index's work, and is in neither.
"""

import signal
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.engine_child import DAY, media_reader, wanted_files
from benchmarks.nginx import Server, nginx_program, nginx_serving
from benchmarks.racing.contestants import OURS, Contestant, Job
from benchmarks.racing.corpus import make_corpus
from benchmarks.racing.results import ratio
from benchmarks.racing.signals import tell_end, wait_for_start
from benchmarks.racing.track import ROOT, Course, Track
from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Listed, ListedConversation, Settlement
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.stages.arrivals import Ended, Wanted
from recordings_pipeline.stages.arrivals import Job as Download
from recordings_pipeline.stages.file_rows import file_rows
from recordings_pipeline.stages.transfers import Engine, Transfers
from recordings_pipeline.storage.audit.sealing import seal
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger

ROUNDS = 5
_CHILD, _STAGE = "--child", "audio_files"


@dataclass(frozen=True, slots=True)
class Case:
    """Files to fetch, and what trust may add to the time that takes; None for no target."""

    size: int
    count: int
    most_percent: float | None = None


# Four minutes of a call are 2 MB. Of files of six seconds nearly all is what each costs.
CASES = (Case(2_000_000, 300, 10.0), Case(50_000, 600))


def main(folder: Path) -> None:
    """Race, print a table, and say whether the target is met."""
    if nginx_program() is None:
        sys.exit("nginx is not installed: on Debian, apt-get install nginx-light")
    # Ended from outside, we still take the server and the files along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped before the end"))
    with tempfile.TemporaryDirectory(prefix=".transfer-", dir=folder) as name:
        served, track = Path(name, "served"), Track(Path(name))
        served.mkdir()
        with nginx_serving(served) as server:
            are_met = [_race(track, served, server, case) for case in CASES]
    sys.exit(0 if all(are_met) else 1)


def _race(track: Track, served: Path, server: Server, case: Case) -> bool:
    """Let both run in turns; return whether the target is met."""
    corpus = make_corpus(served, str(case.size), case.count, case.size)
    course = Course(corpus, server.plain_url, server.pid)
    runs = track.race([OURS, _WHOLE], course, ROUNDS)
    percent = 100 * (ratio(runs[_WHOLE.name], runs[OURS.name]) - 1)
    told_s, bare_s = (sum(run.cpu_s for run in runs[one.name]) for one in (_WHOLE, OURS))
    is_met = case.most_percent is None or percent < case.most_percent
    said = "" if case.most_percent is None else "  yes" if is_met else "  NO"
    what = f"{case.count} files of {case.size // 1_000:,} kB"
    _row(f"{what}: wall time that trust adds, percent", f"{percent:.1f}", said)
    _row(f"{what}: CPU time that it adds, percent", f"{100 * (told_s / bare_s - 1):.1f}")
    return is_met


def _row(name: str, value: str, said: str = "") -> None:
    print(f"{name:<60}{value:>12}{said}", flush=True)


def _command(job: Job, _options: tuple[str, ...]) -> list[str]:
    names = job.written("list", "{name} {url}\n")
    return [sys.executable, __file__, _CHILD, str(names), str(job.folder)]


_WHOLE = Contestant("ours, and told", _command, says_ready=True)


def _child(names: Path, folder: Path) -> None:
    """Fetch every file of a list, and do all that the stage does about trust."""
    home, meter, files = Home(folder), Meter(), list(wanted_files(names))
    home.prepare()
    keeping = Keeping(folder.with_name("key.pem"))
    with closing(Ledger(folder / layout.LEDGER)) as ledger, (folder / "digests").open("w") as out:
        ledger.listed(DAY, _now(), _listed(files))
        seal(home, ledger.events, keeping, _now())
        wait_for_start()
        ledger.events.started(_STAGE, DAY, _now(), "benchmark")
        transfers: Transfers[Download] = Transfers(
            home, threading.Event(), meter, Engine(new_reader=media_reader)
        )
        with closing(transfers.run(Download((one,)) for one in files)) as groups:
            for group in groups:
                ended = [one for one in group if isinstance(one, Ended)]
                ledger.settle_all(map(_settlement, ended), _now())
                out.writelines(_digests(ended))
        ledger.events.finished(_STAGE, DAY, _now(), is_done=True)
        seal(home, ledger.events, keeping, _now())
        # A run closes its ledger once, after many stages.
        tell_end(asdict(meter.reading()))


def _digests(group: Iterable[Ended]) -> Iterator[str]:
    for ended in group:
        for file in ended.fetched:
            yield f"{ended.recording_id} {file.digest.sha256}\n"


def _listed(files: Iterable[Wanted]) -> Iterator[ListedConversation]:
    for one in files:
        row = {"recording_id": one.recording_id, "communication_id": None}
        row |= {"media": "audio", "conversation_start_time": DAY.start}
        listed = (Listed(row, Verdict(Outcome.DISCOVERED)),)
        yield ListedConversation(one.recording_id, DAY.start, None, (), listed)


def _settlement(ended: Ended) -> Settlement:
    if ended.error is not None:
        raise ended.error
    files = tuple(file_rows(ended, _now()))
    return Settlement(ended.recording_id, Verdict(Outcome.EXPORTED), files=files)


_now = partial(datetime.now, UTC)

if __name__ == "__main__":
    if sys.argv[1:2] == [_CHILD]:
        _child(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
