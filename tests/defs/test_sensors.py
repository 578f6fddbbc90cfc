"""A tick asks for the days that gained audio, a bounded number at a time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.sensors import MOST_DAYS_PER_TICK, arrived_audio
from recordings_pipeline.watch.journal import append_arrivals

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def arrive(root: Path, *days: int) -> None:
    """Journal one file for each of some days, counted from the first."""
    names = [f"audio/date={FIRST + timedelta(days=n)}/c/r.wav" for n in days]
    append_arrivals(root / "watch" / "journal.jsonl", names, NOW)


def tick(root: Path, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    organization = Organization(recordings_data=str(root))
    context = dg.build_sensor_context(resources={"organization": organization}, cursor=cursor)
    result = arrived_audio(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def requests(result: dg.SensorResult | dg.SkipReason) -> list[dg.RunRequest]:
    assert isinstance(result, dg.SensorResult)
    return [request for request in result.run_requests or () if isinstance(request, dg.RunRequest)]


def test_a_flood_of_days_is_spread_over_ticks_without_losing_one(tmp_path: Path) -> None:
    arrive(tmp_path, *range(MOST_DAYS_PER_TICK + 1))

    first = tick(tmp_path)
    assert isinstance(first, dg.SensorResult)
    second = tick(tmp_path, first.cursor)

    assert [len(requests(result)) for result in (first, second)] == [MOST_DAYS_PER_TICK, 1]
    asked = [request.partition_key for result in (first, second) for request in requests(result)]
    assert asked == [str(FIRST + timedelta(days=n)) for n in range(MOST_DAYS_PER_TICK + 1)]


def test_a_day_that_gains_audio_again_is_run_again(tmp_path: Path) -> None:
    arrive(tmp_path, 0)
    first = tick(tmp_path)
    assert isinstance(first, dg.SensorResult)
    arrive(tmp_path, 0)

    (again,) = requests(tick(tmp_path, first.cursor))

    assert again.partition_key == requests(first)[0].partition_key
    assert again.run_key != requests(first)[0].run_key


def test_a_tick_that_is_repeated_asks_for_the_same_runs(tmp_path: Path) -> None:
    arrive(tmp_path, 0, 1)

    keys = [[request.run_key for request in requests(tick(tmp_path))] for _ in range(2)]

    assert keys[0] == keys[1]


def test_before_anybody_watched_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert isinstance(tick(tmp_path), dg.SkipReason)


def test_a_run_begins_where_the_files_already_are() -> None:
    repository = defs.get_repository_def()
    (target,) = repository.get_sensor_def(arrived_audio.name).targets

    assets = repository.get_job(target.job_name).asset_layer.selected_asset_keys

    assert {key.to_user_string() for key in assets} == {
        "transcripts", "words", "speech_events", "voice_activity", "audio_channels",
        "diarization", "transcript_agreement", "conversation_metrics",
    }  # fmt: skip


def test_audio_of_a_day_that_is_no_partition_does_not_stop_the_others(tmp_path: Path) -> None:
    arrive(tmp_path, 0, 100 * 365, 1)

    result = tick(tmp_path)

    assert isinstance(result, dg.SensorResult)
    asked = [request.partition_key for request in requests(result)]
    assert asked == [str(FIRST), str(FIRST + timedelta(days=1))]
    assert isinstance(tick(tmp_path, result.cursor), dg.SkipReason)
