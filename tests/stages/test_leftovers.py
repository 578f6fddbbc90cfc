"""Before a day is fetched: files that went or changed come again, parts nobody needs go."""

from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

UNLISTED_ID = "11111111-1111-4111-8111-111111111111"


def test_a_file_that_was_removed_by_hand_is_fetched_again_and_the_log_says_why(
    start: Start, opened: Open
) -> None:
    export = opened(start(calls_per_day=6))
    index_day(export, DAY)
    fetched = fetch_day(export, DAY)
    (removed, *_), *_ = export.ledger.files(DAY).values()
    path = export.home.path(PurePosixPath(removed["path"]))
    content = path.read_bytes()
    path.unlink()

    again = fetch_day(export, DAY)

    events = [
        e
        for e in export.ledger.events.after(0, 10_000)
        if e["object_id"] == removed["recording_id"]
    ]
    assert path.read_bytes() == content
    assert again.throughput.bytes_moved == len(content)
    assert again.counts == fetched.counts
    assert [event["outcome"] for event in events[-2:]] == ["discovered", "exported"]
    assert removed["path"] in events[-2]["reason"]


def test_a_file_of_another_size_is_put_aside_and_fetched_again(start: Start, opened: Open) -> None:
    export = opened(start(calls_per_day=6))
    index_day(export, DAY)
    fetched = fetch_day(export, DAY)
    (changed, *_), *_ = export.ledger.files(DAY).values()
    path = export.home.path(PurePosixPath(changed["path"]))
    content = path.read_bytes()
    path.write_bytes(content[:-1])

    again = fetch_day(export, DAY)

    aside = export.home.path(layout.quarantine_folder(DAY, layout.DAMAGED)) / path.name
    assert (path.read_bytes(), aside.read_bytes()) == (content, content[:-1])
    assert again.counts == fetched.counts


def test_a_part_of_a_recording_that_is_exported_is_removed(start: Start, opened: Open) -> None:
    export = opened(start(calls_per_day=6))
    index_day(export, DAY)
    fetch_day(export, DAY)
    exported, *_ = export.ledger.files(DAY)
    folder = export.home.path(layout.PARTS)
    for name in (f"{exported}.json", f"{exported}-2.part", f".{exported}.json.new"):
        (folder / name).write_text("left by a kill")
    (folder / f"{UNLISTED_ID}.part").write_text("of a recording nobody knows")

    fetch_day(export, DAY)

    assert [path.name for path in folder.iterdir()] == [f"{UNLISTED_ID}.part"]
