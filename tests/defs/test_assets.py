"""The check that blocks what follows when a recording has neither an end nor a future."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.defs import progress
from recordings_pipeline.defs.assets import audio_files
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.storage.ledger import Ledger
from tests.hosts import Answer, Heard, Serve
from tests.listing import conversation, discovered
from tests.stages.conftest import platform

DAY = "2026-01-31"
LISTED_ID = "11111111-1111-4111-8111-111111111111"
LATE_ID = "22222222-2222-4222-8222-222222222222"


def list_it(data: Path, recording_id: str) -> None:
    """List a recording, as an index that runs beside would."""
    ledger = Ledger(data / layout.LEDGER)
    found = [conversation(recording_id, [discovered(recording_id)])]
    ledger.listed(Day.from_key(DAY), datetime(2026, 2, 3, tzinfo=UTC), found)
    ledger.close()


def named(result: dg.ExecuteInProcessResult, name: str) -> dg.AssetCheckEvaluation:
    (found,) = (c for c in result.get_asset_check_evaluations() if c.check_name == name)
    return found


@pytest.mark.parametrize("is_late", [False, True], ids=["all tried", "one listed meanwhile"])
def test_a_recording_nobody_tried_fails_the_day_s_check(
    serve: Serve,
    tmp_path: Path,
    is_late: bool,  # noqa: FBT001
) -> None:
    known = platform(LISTED_ID, {"/media": Answer(501)})

    def reply(heard: Heard) -> Answer:
        if is_late and heard.path == "/media":
            list_it(tmp_path, LATE_ID)
        return known(heard)

    list_it(tmp_path, LISTED_ID)
    fields = {name.lower(): value for name, value in serve(reply).environment.items()}

    result = dg.materialize(
        [audio_files],
        partition_key=DAY,
        resources={"organization": Organization(**fields, recordings_data=str(tmp_path))},
        raise_on_error=False,
    )

    check = named(result, "every_recording_has_an_outcome")
    assert check.passed is not is_late
    assert check.metadata["unexplained"] == dg.MetadataValue.int(int(is_late))
    assert result.success is not is_late


def test_the_check_of_several_days_names_the_day_that_has_a_gap(
    serve: Serve, tmp_path: Path
) -> None:
    known = platform(LISTED_ID, {"/media": Answer(501)})

    def reply(heard: Heard) -> Answer:
        if heard.path == "/media":
            list_it(tmp_path, LATE_ID)
        return known(heard)

    list_it(tmp_path, LISTED_ID)
    fields = {name.lower(): value for name, value in serve(reply).environment.items()}
    ends = {"start": DAY, "end": "2026-02-01"}

    result = dg.materialize(
        [audio_files],
        tags={f"dagster/asset_partition_range_{end}": day for end, day in ends.items()},
        resources={"organization": Organization(**fields, recordings_data=str(tmp_path))},
        raise_on_error=False,
    )

    assert not result.success
    check = named(result, "every_recording_has_an_outcome")
    assert str(check.description).startswith(f"{DAY}: 1 unexplained | conversation ")
    gaps = check.metadata["gaps"]
    assert isinstance(gaps, dg.TableMetadataValue)
    assert [(record.data["day"], record.data["id"]) for record in gaps.records] == [(DAY, LATE_ID)]
    assert str(check.description).endswith(str(gaps.records[0].data["next_step"]))


def test_while_an_asset_is_made_its_log_says_how_far_it_is(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LOG_S", 0.001)
    list_it(tmp_path, LISTED_ID)
    host = serve(platform(LISTED_ID, {"/media": Answer(501)}))
    fields = {name.lower(): value for name, value in host.environment.items()}

    with dg.instance_for_test() as instance:
        result = dg.materialize(
            [audio_files],
            partition_key=DAY,
            resources={"organization": Organization(**fields, recordings_data=str(tmp_path))},
            instance=instance,
        )
        said = [record.user_message for record in instance.all_logs(result.run_id)]

    assert any(line.startswith("recordings: not counted yet, allowance ") for line in said)


def test_audio_of_an_organization_nobody_named_fails_with_the_variable(tmp_path: Path) -> None:
    result = dg.materialize(
        [audio_files],
        partition_key=DAY,
        resources={"organization": Organization(recordings_data=str(tmp_path))},
        raise_on_error=False,
    )

    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data is not None
    assert "GENESYS_CLIENT_ID" in str(failure.step_failure_data.user_failure_data.description)
