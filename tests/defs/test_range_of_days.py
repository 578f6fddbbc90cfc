"""Several days in one run: those that are done stay done, and only what failed is red."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg
import pytest

from recordings_pipeline.defs.assets import audio_files, recording_index
from recordings_pipeline.defs.speech import transcripts
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from tests.e2e.conftest import world_file
from tests.ranges import (
    CHAIN,
    DAYS,
    FIRST,
    LAST,
    MIDDLE,
    TABLES,
    description_of,
    events_of,
    middle_day_taken,
    named,
    organization_of,
    red_days,
    run,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A run, and what the UI shows after it.

    Attributes:
        made: Of which days there are events, by table.
        red: Days that failed, by table.
    """

    result: dg.ExecuteInProcessResult
    made: dict[str, list[str | None]]
    red: dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Story:
    """Three days of one organization, run again and again; every run finds what was there.

    Attributes:
        index_stopped: The index, while another process is at work on the middle day.
        audio_stopped: The audio, while it is at work there once more.
        again: Both, with nobody in the way.
        speech_stopped: Transcripts, while it is at work there.
        whole: All assets, told by themselves.
        told: What the last run told of each table, by day.
        events: What the last run wrote into the log.
        ids: Of all recordings and conversations.
    """

    index_stopped: Seen
    audio_stopped: Seen
    again: Seen
    speech_stopped: Seen
    whole: dg.ExecuteInProcessResult
    told: dict[str, list[tuple[str | None, dict[str, Any]]]]
    events: list[str]
    ids: list[str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Generator[Story]:
    """Run it once: a run of three days costs seconds, and tests only look at results."""
    folder = tmp_path_factory.mktemp("story")
    data = folder / "data"
    options = Options(world=world_file(folder, 4), requests_per_minute=60_000)
    with (
        Simulator(options) as simulator,
        dg.DagsterInstance.ephemeral() as one,
        dg.DagsterInstance.ephemeral() as two,
    ):
        organization = organization_of(simulator, data)
        with middle_day_taken(data):
            index_stopped = seen(one, run(one, organization, CHAIN[:2]))
        run(one, organization, [recording_index])
        with middle_day_taken(data):
            audio_stopped = seen(one, run(one, organization, [audio_files]))
        again = seen(one, run(one, organization, CHAIN[:2]))
        with middle_day_taken(data):
            speech_stopped = seen(one, run(one, organization, [transcripts]))
        whole = run(two, organization)
        calls = [call for day in DAYS for call in simulator.world.calls(date.fromisoformat(day))]
        yield Story(
            index_stopped,
            audio_stopped,
            again,
            speech_stopped,
            whole,
            {table: events_of(two, table) for table in TABLES},
            [event.user_message for event in two.all_logs(whole.run_id)],
            [
                id_
                for call in calls
                for id_ in (call.conversation_id, *(found.id for found in call.recordings))
            ],
        )


def seen(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> Seen:
    return Seen(
        result,
        {table: [day for day, _ in events_of(instance, table)] for table in TABLES},
        {
            asset.key.to_user_string(): red_days(instance, asset)
            for asset in (recording_index, audio_files)
        },
    )


def test_every_table_of_a_range_has_one_event_a_day_with_the_numbers_of_that_day(
    story: Story,
) -> None:
    assert story.whole.success
    for table, told in story.told.items():
        assert sorted(day for day, _ in told if day) == DAYS
        for day, metadata in told:
            assert metadata["path"].endswith(f"{table}/date={day}/part-0.parquet")
            assert isinstance(metadata["dagster/row_count"], int)
    seconds = [metadata["seconds"] for _, metadata in story.told["audio_files"]]
    assert len(set(seconds)) == 3
    check = named(story.whole, "every_recording_has_an_outcome")
    matches = named(story.whole, "transcript_matches_audio")
    assert check.passed
    assert matches.metadata["compared"] != dg.MetadataValue.int(0)
    assert check.metadata["days"].value == 3
    assert check.description == f"every recording of {', '.join(DAYS)} has an outcome"


def test_the_days_around_one_that_fails_stay_green_and_a_retry_takes_the_rest(
    story: Story,
) -> None:
    stopped, again = story.index_stopped, story.again

    assert not stopped.result.success
    assert stopped.made["recording_index"] == [FIRST, LAST]
    assert stopped.red["recording_index"] == {MIDDLE}
    assert description_of(stopped.result).startswith(
        f"2 of 3 days are finished and kept | {MIDDLE}: {MIDDLE} is being exported"
    )
    assert stopped.made["audio_files"] == []
    assert again.result.success
    assert not again.red["recording_index"] | again.red["audio_files"]
    assert set(again.made["audio_files"]) == set(DAYS)


def test_a_step_of_several_tables_keeps_all_of_them_for_the_days_that_are_done(
    story: Story,
) -> None:
    for table in ("transcripts", "words", "speech_events"):
        assert story.speech_stopped.made[table] == [FIRST, LAST]


def test_an_audio_day_that_fails_does_not_hide_what_is_known_of_the_others(story: Story) -> None:
    check = named(story.audio_stopped.result, "every_recording_has_an_outcome")

    assert check.passed
    assert check.description == f"every recording of {FIRST}, {LAST} has an outcome"
    assert story.audio_stopped.made["audio_files"] == [FIRST, LAST]
    assert story.audio_stopped.red["audio_files"] == {MIDDLE}


def test_no_event_is_about_a_recording_or_a_conversation(story: Story) -> None:
    assert len(story.ids) == 2 * 4 * len(DAYS)
    assert not [text for text in story.events if any(id_ in text for id_ in story.ids)]
