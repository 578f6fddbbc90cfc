"""Fetching some recordings of a simulated day, for tests of the transfers."""

import time
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.peers import Peers
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed
from recordings_pipeline.stages.arrivals import Ended, Fetched, Job, Wanted
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.transfers import Engine, Transfers
from recordings_pipeline.storage.part_file import PartFile
from tests.stages.conftest import DAY

PLAIN, DELETED, TRANSCRIBED = 0, 2, 4


def local_reader() -> MediaReader:
    """Return a reader that may fetch from a simulator."""
    return MediaReader(ReaderLimits(peers=Peers(is_loopback=True)))


def call_of(simulator: Simulator, index: int = PLAIN) -> Call:
    return simulator.world.calls(DAY.date)[index]


def content_of(simulator: Simulator, call: Call) -> bytes:
    return simulator.media(str(call.recording_id))


def wanted(
    simulator: Simulator, call: Call, path: str | None = None, lifetime_s: int = 600
) -> Wanted:
    """Want a call's file, by default with a URL that leads there."""
    path = path or f"/media/{call.recording_id}/1"
    url = signed_url(signed(simulator.media_url, path, int(time.time()) + lifetime_s))
    return Wanted(DAY, call.conversation_id, str(call.recording_id), 1, url)


def hold(export: Export, call: Call, content: bytes, etag: str, total: int) -> Path:
    """Leave a part behind, as a run that was stopped does, and return its path."""
    with PartFile(export.home.path(layout.PARTS), str(call.recording_id)) as part:
        part.begin(0, total, etag)
        part.append(content)
    return export.home.path(layout.PARTS / f"{call.recording_id}.part")


def etag_of(simulator: Simulator, call: Call) -> str:
    return simulator.content(str(call.recording_id)).etag


def fetch_all(export: Export, *jobs: Job, engine: Engine | None = None) -> list[Ended]:
    """Fetch some recordings and record them, as the stage does; in the order they ended."""
    engine = engine or Engine(new_reader=local_reader)
    transfers: Transfers[Job] = Transfers(export.home, export.stop, export.client.meter, engine)
    found = [item for group in transfers.run(jobs) for item in group]
    return [item for item in found if isinstance(item, Ended)]


def fetch(export: Export, file: Wanted) -> Fetched:
    """Fetch a recording that has one file, or raise what stands in its way."""
    (ended,) = fetch_all(export, Job((file,)))
    if ended.error is not None:
        raise ended.error
    return ended.fetched[0]


def left_parts(export: Export) -> list[str]:
    return sorted(path.name for path in export.home.path(layout.PARTS).iterdir())


# A file of which only the beginning comes.
WHOLE = {"Content-Length": "5000", "ETag": '"a"', "Content-Type": "audio/wav"}
