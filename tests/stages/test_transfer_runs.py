"""Many transfers at once: stopped, held up by one host, out of room, told in groups."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import (
    Interrupted,
    StorageFailed,
)
from recordings_pipeline.core.secrets import signed_url
from recordings_pipeline.core.transfer import Held
from recordings_pipeline.stages.arrivals import Ended, Job
from recordings_pipeline.stages.transfers import Engine, Transfers
from recordings_pipeline.storage.part_file import PartFile
from tests.conftest import Start
from tests.hosts import Answer, Heard, Serve, in_turn
from tests.stages.conftest import DAY, Open
from tests.stages.fetching import (
    WHOLE,
    call_of,
    content_of,
    etag_of,
    fetch,
    fetch_all,
    hold,
    left_parts,
    local_reader,
    wanted,
)


def test_a_stopped_run_keeps_its_parts_and_asks_for_nothing_more(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    content = content_of(simulator, call)
    part = hold(export, call, content[:1_000], etag_of(simulator, call), len(content))
    export.stop.set()

    with pytest.raises(Interrupted):
        fetch(export, wanted(simulator, call))

    kept = part.read_bytes()
    assert len(kept) >= 1_000
    assert content.startswith(kept)


def test_a_stop_parks_what_is_on_its_way_and_the_next_run_continues_it(
    serve: Serve, start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export, call = opened(simulator), call_of(simulator)
    half = Answer(200, b"RIFF" + bytes(996), WHOLE, is_held=True)

    def reply(_heard: Heard) -> Answer:
        threading.Timer(0.3, export.stop.set).start()
        return half

    host = serve(reply)
    began = time.monotonic()

    with pytest.raises(Interrupted):
        fetch(export, replace(wanted(simulator, call), url=signed_url(f"{host.url}/media")))

    assert time.monotonic() - began < 10
    with PartFile(export.home.path(layout.PARTS), str(call.recording_id)) as part:
        assert part.held == Held(1_000, '"a"', 5_000)


def test_an_interrupt_while_a_run_begins_leaves_no_thread_behind(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    host = wanted(simulator, call_of(simulator))

    def endless() -> Iterator[Job]:
        # The first of the threads is the feeder: the others are still to be started.
        signal.raise_signal(signal.SIGINT)
        while True:
            yield Job((host,))

    transfers: Transfers[Job] = Transfers(export.home, export.stop, export.client.meter)
    with pytest.raises(KeyboardInterrupt):
        next(transfers.run(endless()))

    assert [thread.name for thread in threading.enumerate() if is_of_a_run(thread)] == []


def test_what_has_its_name_when_a_stop_comes_is_still_told(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=60)
    export = opened(simulator)
    calls = [c for c in simulator.world.calls(DAY.date) if c.is_exportable][:40]
    transfers: Transfers[Job] = Transfers(
        export.home,
        export.stop,
        export.client.meter,
        Engine(group_files=1, new_reader=local_reader),
    )
    told: list[Path] = []

    def run() -> None:
        for group in transfers.run([Job((wanted(simulator, call),)) for call in calls]):
            told.extend(
                Path(f.path) for end in group if isinstance(end, Ended) for f in end.fetched
            )
            export.stop.set()

    with pytest.raises(Interrupted):
        run()

    published = export.home.path(layout.AUDIO).glob("date=*/*/*")
    assert {path.relative_to(export.home.root) for path in published} == set(told)


def test_a_stop_reaches_a_feeder_that_waits_for_room(
    serve: Serve, start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=30)
    export = opened(simulator)
    calls = [c for c in simulator.world.calls(DAY.date) if c.is_exportable][:20]
    held = serve(in_turn(Answer(200, b"RIFF", WHOLE, is_held=True)))
    files = [replace(wanted(simulator, c), url=signed_url(f"{held.url}/m")) for c in calls]
    threading.Timer(0.5, export.stop.set).start()

    with pytest.raises(Interrupted):
        fetch_all(
            export,
            *(Job((file,)) for file in files),
            engine=Engine(connections=2, new_reader=local_reader),
        )


def test_a_slow_host_does_not_hold_up_another_one(serve: Serve, start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=60)
    export = opened(simulator)
    calls = [c for c in simulator.world.calls(DAY.date) if c.is_exportable][:20]
    held = serve(in_turn(Answer(200, b"RIFF", WHOLE, is_held=True)))
    slow = [replace(wanted(simulator, c), url=signed_url(f"{held.url}/m")) for c in calls[:12]]
    fast = [wanted(simulator, call) for call in calls[12:]]
    transfers: Transfers[Job] = Transfers(
        export.home,
        export.stop,
        export.client.meter,
        Engine(connections=8, new_reader=local_reader),
    )

    ended: list[object] = []
    with closing(transfers.run([Job((file,)) for file in [*slow, *fast]])) as groups:
        while len(ended) < len(fast):
            ended += next(groups)

    paths = [end.fetched for end in ended if isinstance(end, Ended)]
    assert all(paths)


def test_a_recording_that_would_touch_the_reserve_stops_the_run(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    file = wanted(simulator, call_of(simulator))

    with pytest.raises(StorageFailed, match="RECORDINGS_RESERVE_GB"):
        fetch_all(
            export, Job((file,)), engine=Engine(reserve_bytes=10**18, new_reader=local_reader)
        )

    assert left_parts(export) == []


def test_what_is_no_recording_is_handed_through_and_groups_are_as_small_as_asked_for(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=30)
    export = opened(simulator)
    calls = [call for call in simulator.world.calls(DAY.date) if call.is_exportable]
    jobs: list[Job | str] = [Job((wanted(simulator, call),)) for call in calls]
    transfers: Transfers[str] = Transfers(
        export.home,
        export.stop,
        export.client.meter,
        Engine(group_files=1, new_reader=local_reader),
    )

    groups = list(transfers.run([*jobs, "not a recording"]))

    assert {len(group) for group in groups} == {1}
    assert ["not a recording"] in groups
    assert len(groups) == len(jobs) + 1


def is_of_a_run(thread: threading.Thread) -> bool:
    return thread.name.startswith(("feeder", "loop", "committer"))
