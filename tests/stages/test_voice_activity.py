"""Who spoke when comes from the sound alone, agrees with the truth, and is told once."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.speech_schemas import AUDIO_CHANNELS, VOICE_ACTIVITY
from recordings_pipeline.simulator.call import Recording
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.stages.voice_activity import listen_day
from recordings_pipeline.storage.tables import read_rows, write_table
from tests.conftest import Start
from tests.stages.conftest import DAY, Open
from tests.unchecked import write_unchecked
from tests.voices import SIDES, Span, diarization_error, truth_of

Change = Callable[[dict[str, Any]], dict[str, Any]]
WORLD = """
calls_per_day = {calls}
[seconds]
median = 30
spread = 0.1
shortest = 20
longest = 40
[pinned]
{pinned}
"""


@pytest.fixture
def fetched(start: Start, opened: Open, tmp_path: Any) -> Callable[..., tuple[Simulator, Export]]:  # noqa: ANN401
    """Fetch the audio of a day of a few short calls; traits by the number of the call."""

    def fetch(*traits: list[str], **more: str) -> tuple[Simulator, Export]:
        world = tmp_path / "world.toml"
        pinned = "\n".join(f"{number} = {names}" for number, names in enumerate(traits))
        world.write_text(WORLD.format(calls=len(traits), pinned=pinned))
        simulator = start(world=str(world), calls_per_day=len(traits))
        export = opened(simulator, **more)
        index_day(export, DAY)
        fetch_day(export, DAY)
        return simulator, export

    return fetch


def rows_of(export: Export, name: str) -> list[dict[str, Any]]:
    return read_rows(export.home.path(layout.table_path(name, DAY)))


def change(export: Export, changed: Change) -> None:
    """Publish the table of channels again, changed."""
    rows = [changed(row) for row in rows_of(export, "audio_channels")]
    write_unchecked(
        export.home.path(layout.table_path("audio_channels", DAY)), AUDIO_CHANNELS, rows
    )


def recordings_of(simulator: Simulator) -> dict[str, Recording]:
    calls = simulator.world.calls(DAY.date)
    return {found.id: found for call in calls for found in call.recordings}


def spans_of(export: Export) -> dict[str, tuple[list[Span], ...]]:
    """Return what was heard: by recording, the spans of each side."""
    found: dict[str, dict[str, list[Span]]] = defaultdict(lambda: {side: [] for side in SIDES})
    for row in rows_of(export, "voice_activity"):
        found[row["recording_id"]][row["side"]].append((row["start_ms"], row["end_ms"]))
    return {id_: tuple(sides[side] for side in SIDES) for id_, sides in found.items()}


def test_what_is_heard_is_the_truth_whatever_the_codec(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    traits = [["pcm", "ivr"], ["opus"], ["webm", "hold"], ["vorbis"], ["mp3"], ["two_files"], []]
    simulator, export = fetched(*traits)

    report = listen_day(export, DAY)

    truth = {
        id_: truth_of(found.plan.phrases)
        for id_, found in recordings_of(simulator).items()
        if found.plan is not None
    }
    heard = spans_of(export)
    assert heard.keys() == truth.keys()
    assert {
        id_: diarization_error(truth[id_], heard[id_]) < 0.03 for id_ in truth
    } == dict.fromkeys(truth, True)
    assert report.counts == {
        "listened_to": 7,
        "channels": 16,
        "without_speech": 0,
        "dual_mono": 0,
        "not_heard": 0,
    }
    assert [(other.name, other.row_count) for other in report.others] == [("audio_channels", 16)]


def test_rows_are_in_the_order_of_the_tables(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched([], ["two_files"], [])

    report = listen_day(export, DAY)

    activity, channels = rows_of(export, "voice_activity"), rows_of(export, "audio_channels")
    order = ("conversation_id", "recording_id", "file_number")
    keys = [(*(row[name] for name in order), row["start_ms"], row["channel"]) for row in activity]
    assert len(keys) == report.row_count
    assert keys == sorted(keys)
    channel_keys = [(*(row[name] for name in order), row["channel"]) for row in channels]
    assert channel_keys == sorted(channel_keys)
    assert {row["side"] for row in channels if row["channel"] == 1} == {"external"}
    assert {row["side"] for row in channels if row["channel"] == 2} == {"internal"}
    assert all(row["snr_db"] > 30 for row in channels)


def test_nobody_knows_the_side_of_what_is_on_one_channel(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    simulator, export = fetched(["mono"])

    listen_day(export, DAY)

    (recording,) = recordings_of(simulator).values()
    assert recording.plan is not None
    external, internal = truth_of(recording.plan.phrases)
    (channel,) = rows_of(export, "audio_channels")
    activity = rows_of(export, "voice_activity")
    assert {row["side"] for row in (channel, *activity)} == {None}
    said_ms = sum(end - start for start, end in (*external, *internal))
    assert channel["speech_ms"] == pytest.approx(said_ms, rel=0.15)


def test_a_second_run_listens_to_nothing_and_leaves_the_tables_alone(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    simulator, export = fetched([], [])
    first = listen_day(export, DAY)
    files = [export.home.path(path) for path in (first.path, first.others[0].path)]
    times, asked = [file.stat().st_mtime_ns for file in files], simulator.traffic.api_requests
    for recorded in export.ledger.sounds.of(DAY):
        export.home.path(layout.AUDIO.parent / recorded.files[0].path).unlink()

    again = listen_day(export, DAY)

    assert [file.stat().st_mtime_ns for file in files] == times
    assert again.counts == {**first.counts, "listened_to": 0}
    assert (again.row_count, again.others) == (first.row_count, first.others)
    assert simulator.traffic.api_requests == asked


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"sha256": "0" * 64}, 1),
        ({"detector": "energy-0"}, 1),
        ({"problem": "cannot be read: No such file or directory", "channel": None}, 1),
        ({"problem": "needs the extra [codecs] to be heard", "channel": None}, 1),
        ({"problem": "is no sound", "channel": None}, 0),
        ({"noise_dbfs": -1.0}, 0),
    ],
    ids=["file", "detector", "unreadable", "extra installed", "no sound", "anything else"],
)
def test_only_what_would_be_heard_differently_is_listened_to_again(
    fetched: Callable[..., tuple[Simulator, Export]], what: dict[str, Any], expected: int
) -> None:
    _, export = fetched([], [], [])
    listen_day(export, DAY)
    before = rows_of(export, "voice_activity"), rows_of(export, "audio_channels")
    chosen = before[1][2]["recording_id"]
    change(export, lambda row: {**row, **what} if row["recording_id"] == chosen else row)

    report = listen_day(export, DAY)

    assert report.counts["listened_to"] == expected
    after = rows_of(export, "voice_activity"), rows_of(export, "audio_channels")
    assert (after == before) == (expected == 1)


def test_a_recording_that_came_later_is_added_and_the_others_are_kept(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched([], [], [])
    whole = listen_day(export, DAY)
    rows = {name: rows_of(export, name) for name in ("voice_activity", "audio_channels")}
    late = rows["audio_channels"][2]["recording_id"]
    for schema in (VOICE_ACTIVITY, AUDIO_CHANNELS):
        kept = [row for row in rows[schema.name] if row["recording_id"] != late]
        write_table(export.home.path(layout.table_path(schema.name, DAY)), schema, kept)

    report = listen_day(export, DAY)

    assert report.counts == {**whole.counts, "listened_to": 1}
    assert {name: rows_of(export, name) for name in rows} == rows


def without_a_column(path: Path) -> None:
    pq.write_table(pq.read_table(path).drop_columns(["level_dbfs"]), path)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def overwritten(path: Path) -> None:
    """Damage the first column, and leave the file's end as it is."""
    held = path.read_bytes()
    path.write_bytes(held[:4] + b"\xff" * 100 + held[104:])


def emptied(path: Path) -> None:
    write_table(path, VOICE_ACTIVITY, ())


@pytest.mark.parametrize("is_one_new", [False, True], ids=["nothing new", "one new recording"])
@pytest.mark.parametrize("damage", [Path.unlink, without_a_column, cut_short, overwritten, emptied])
def test_a_table_that_cannot_be_read_back_is_heard_again(
    fetched: Callable[..., tuple[Simulator, Export]],
    damage: Callable[[Path], None],
    is_one_new: bool,  # noqa: FBT001
) -> None:
    _, export = fetched([], ["two_files"])
    listen_day(export, DAY)
    names = ("voice_activity", "audio_channels")
    before = {name: rows_of(export, name) for name in names}
    if is_one_new:
        known = before["audio_channels"][0]["recording_id"]
        kept = [row for row in before["audio_channels"] if row["recording_id"] == known]
        write_table(
            export.home.path(layout.table_path("audio_channels", DAY)), AUDIO_CHANNELS, kept
        )
    damage(export.home.path(layout.table_path("voice_activity", DAY)))

    report = listen_day(export, DAY)

    assert report.counts["listened_to"] == 2
    assert {name: rows_of(export, name) for name in names} == before
    assert listen_day(export, DAY).counts["listened_to"] == 0


def test_the_second_file_keeps_its_place_when_the_first_is_gone(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched(["two_files"])
    listen_day(export, DAY)
    both = rows_of(export, "voice_activity")
    (recorded,) = export.ledger.sounds.of(DAY)
    export.home.path(layout.AUDIO.parent / recorded.files[0].path).unlink()
    change(export, lambda row: {**row, "detector": "x"})

    listen_day(export, DAY)

    times = [(row["channel"], row["start_ms"]) for row in both if row["file_number"] == 2]
    kept = [(row["channel"], row["start_ms"]) for row in rows_of(export, "voice_activity")]
    assert kept == [(channel, pytest.approx(start, abs=50)) for channel, start in times]


def test_nobody_listens_when_it_is_switched_off(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched([])

    report = listen_day(replace(export, voice="off"), DAY)

    assert (report.row_count, report.others[0].row_count) == (0, 0)
    assert rows_of(export, "voice_activity") == rows_of(export, "audio_channels") == []


def test_what_was_heard_before_it_was_switched_off_stays_while_its_file_does(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched([], [], [])
    listen_day(export, DAY)
    before = {name: rows_of(export, name) for name in ("voice_activity", "audio_channels")}
    other = before["audio_channels"][2]["recording_id"]
    change(export, lambda row: {**row, "sha256": "0"} if row["recording_id"] == other else row)

    report = listen_day(replace(export, voice="off"), DAY)

    kept = {
        name: [row for row in rows if row["recording_id"] != other] for name, rows in before.items()
    }
    assert {name: rows_of(export, name) for name in before} == kept
    assert report.counts["listened_to"] == 0
    assert listen_day(export, DAY).counts["listened_to"] == 1
    assert {name: rows_of(export, name) for name in before} == before


def test_a_file_that_is_gone_is_a_row_that_says_so(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched([], [])
    gone = next(export.ledger.sounds.of(DAY))
    export.home.path(layout.AUDIO.parent / gone.files[0].path).unlink()

    report = listen_day(export, DAY)

    first, *others = rows_of(export, "audio_channels")
    assert first["recording_id"] == gone.recording_id
    assert first["problem"] == "cannot be read: No such file or directory"
    assert (first["channel"], first["speech_ms"]) == (None, None)
    assert [row["problem"] for row in others] == [None, None]
    assert report.warnings == ("1 files could not be listened to: audio_channels says why",)


def test_who_asks_to_stop_keeps_what_was_known(
    fetched: Callable[..., tuple[Simulator, Export]],
) -> None:
    _, export = fetched([], [])
    listen_day(export, DAY)
    known = rows_of(export, "audio_channels")
    changed = known[2]["recording_id"]
    change(export, lambda row: {**row, "detector": "x"} if row["recording_id"] == changed else row)
    export.stop.set()

    with pytest.raises(Interrupted):
        listen_day(export, DAY)

    assert rows_of(export, "audio_channels") == known[:2]
    export.stop.clear()
    assert listen_day(export, DAY).counts["listened_to"] == 1
    assert rows_of(export, "audio_channels") == known
