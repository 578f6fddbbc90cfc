"""Our transfer engine in a process of its own, so that memory and CPU time are its own.

``python engine_child.py LIST FOLDER``, started by ``transfer.py``: fetches every file of the list
into a data directory, verified and durably published, and writes their digests beside it. The
environment's ``SSL_CERT_FILE`` names an authority to trust; ``--profile`` prints where time goes.
"""

import argparse
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from benchmarks.racing.profiling import profiled
from benchmarks.racing.signals import read_list, tell_end, wait_for_start
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.peers import Peers
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.stages.arrivals import Ended, Job, Wanted
from recordings_pipeline.stages.transfers import Engine, Transfers
from recordings_pipeline.storage.home import Home

DAY = Day.from_key("2026-01-31")
_FOREIGN = ("dagster", "pandas", "PureCloudPlatformClientV2")

Keep = Callable[[Ended], None]


def main() -> None:
    """Fetch every file of a list."""
    parser = argparse.ArgumentParser()
    parser.add_argument("list", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    home, meter = Home(arguments.folder), Meter()
    home.prepare()
    with (arguments.folder / "digests").open("w") as digests:

        def keep(ended: Ended) -> None:
            if ended.error is not None:
                raise ended.error
            digests.writelines(
                f"{ended.recording_id} {file.digest.sha256}\n" for file in ended.fetched
            )

        wait_for_start()
        with profiled(is_wanted=arguments.profile):
            fetch(wanted_files(arguments.list), home, meter, keep)
    if foreign := [name for name in _FOREIGN if name in sys.modules]:
        sys.exit(f"the transfer engine imported {' and '.join(foreign)}")
    tell_end(asdict(meter.reading()))


def fetch(files: Iterable[Wanted], home: Home, meter: Meter, keep: Keep) -> None:
    """Give the engine its files, the way `stages.audio_files` does; each is a recording."""
    transfers: Transfers[Job] = Transfers(
        home, threading.Event(), meter, Engine(new_reader=media_reader)
    )
    with closing(transfers.run(Job((wanted,)) for wanted in files)) as groups:
        for group in groups:
            for ended in group:
                if isinstance(ended, Ended):
                    keep(ended)


def media_reader() -> MediaReader:
    """Open a reader that may fetch from this machine."""
    return MediaReader(ReaderLimits(peers=Peers(is_loopback=True)))


def wanted_files(names: Path) -> Iterator[Wanted]:
    """Yield the files of a list, each as the only recording of a conversation."""
    for name, url in read_list(names):
        yield Wanted(DAY, name, name, 1, signed_url(url))


if __name__ == "__main__":
    main()
