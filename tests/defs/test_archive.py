"""The archive in Dagster: a check that names what differs, and quarantine replayed with a click."""

import shutil
from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.options import ARCHIVE
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.storage.home import Home
from tests.conftest import settings_of
from tests.e2e.conftest import world_file

DAY = Day.from_key("2026-01-31")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Simulator, Path]]:
    """A day that was exported, with one recording in quarantine, for all tests to copy."""
    folder = tmp_path_factory.mktemp("exported")
    data = folder / "data"
    options = Options(world=world_file(folder, 6), requests_per_minute=60_000)
    with Simulator(options) as host:
        with open_export(settings_of(host, data)) as export:
            for stage in ("recording_index", "audio_files"):
                run_stage(export, stage, DAY)
            id_ = next(iter(export.ledger.files(DAY)))
            (path,) = data.glob(f"audio/date={DAY}/*/{id_}.*")
            aside = export.home.path(layout.quarantine_folder(DAY)) / id_
            aside.parent.mkdir()
            path.rename(aside)
            export.ledger.settle(id_, Verdict(Outcome.QUARANTINED, "noise"), export.now())
        yield host, data


@pytest.fixture
def simulator(pattern: tuple[Simulator, Path], tmp_path: Path) -> Simulator:
    """The organization of that day, which the test finds in its own directory."""
    host, data = pattern
    shutil.copytree(data, tmp_path, dirs_exist_ok=True)
    return host


def run(name: str, organization: Organization, **ops: object) -> dg.ExecuteInProcessResult:
    """Run a job with some configuration."""
    config = {"ops": {op: {"config": values} for op, values in ops.items()}}
    with dg.DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def(name).execute_in_process(
            instance=instance,
            resources={"organization": organization},
            run_config=config,
            raise_on_error=False,
        )


def organization_of(simulator: Simulator, data: Path) -> Organization:
    fields = {name.lower(): value for name, value in simulator.environment.items()}
    return Organization(**fields, recordings_data=str(data))


@pytest.mark.parametrize("days", [[str(DAY)], []], ids=["a day that is named", "every day"])
def test_a_replay_fetches_the_day_s_quarantine_and_materializes_its_audio(
    simulator: Simulator, tmp_path: Path, days: list[str]
) -> None:
    (aside,) = tmp_path.glob("quarantine/date=*/*")

    organization = organization_of(simulator, tmp_path)
    result = run("replay_quarantine", organization, replay_days={"days": days})

    assert result.success
    (audio,) = result.asset_materializations_for_node("replay_days")
    assert (audio.asset_key, audio.partition) == (dg.AssetKey("audio_files"), str(DAY))
    assert "quarantined" not in audio.metadata
    assert list(tmp_path.glob(f"audio/date=*/*/{aside.name}.wav"))
    assert (aside.parent / "replayed" / aside.name).is_file()


def test_a_replay_fetches_what_was_forbidden_and_leaves_the_quarantine_as_it_is(
    simulator: Simulator, tmp_path: Path
) -> None:
    with open_export(settings_of(simulator, tmp_path)) as export:
        id_ = next(iter(export.ledger.files(DAY)))
        export.ledger.settle(id_, Verdict(Outcome.FORBIDDEN, "sensitive"), export.now())
    config = {"days": [], "outcome": "forbidden"}

    result = run("replay_quarantine", organization_of(simulator, tmp_path), replay_days=config)

    assert result.success
    with open_export(settings_of(simulator, tmp_path)) as export:
        outcomes = {key: one.verdict.outcome for key, one in export.ledger.standings(DAY).items()}
    assert outcomes[id_] is Outcome.EXPORTED
    assert Outcome.QUARANTINED in outcomes.values()


def test_a_replay_of_what_is_never_replayed_is_a_sentence(
    simulator: Simulator, tmp_path: Path
) -> None:
    config = {"days": [], "outcome": "missing"}

    result = run("replay_quarantine", organization_of(simulator, tmp_path), replay_days=config)

    assert said(result).startswith("outcome is one of quarantined, excluded")


def test_a_replay_of_a_day_that_is_being_exported_fails_with_a_sentence(
    simulator: Simulator, tmp_path: Path
) -> None:
    with Home(tmp_path).day_lock(DAY):
        result = run("replay_quarantine", organization_of(simulator, tmp_path), replay_days={})

    assert "is being exported by another process" in said(result)
    assert list(tmp_path.glob("quarantine/date=*/*-*"))


@pytest.mark.parametrize(
    ("job", "ops"),
    [
        ("replay_quarantine", {"replay_days": {"days": ["January"]}}),
        ("verify_archive", {"archive_matches_the_ledger": {"first_day": "January"}}),
    ],
)
def test_a_day_that_is_none_is_a_sentence(
    simulator: Simulator, tmp_path: Path, job: str, ops: dict[str, object]
) -> None:
    result = run(job, organization_of(simulator, tmp_path), **ops)

    assert said(result).startswith("not a day: ")


def said(result: dg.ExecuteInProcessResult) -> str:
    """Return why the first step failed."""
    failure = result.get_step_failure_events()[0].step_failure_data.user_failure_data
    assert failure is not None
    return str(failure.description)


def test_the_check_names_what_differs_and_asks_nobody(simulator: Simulator, tmp_path: Path) -> None:
    everything = {"archive_matches_the_ledger": {"sample": "100%"}}
    organization = Organization(recordings_data=str(tmp_path))
    (clean,) = run("verify_archive", organization, **everything).get_asset_check_evaluations()
    path = next(tmp_path.glob("audio/date=*/*/*.wav"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    asked = simulator.traffic.api_requests

    (broken,) = run("verify_archive", organization, **everything).get_asset_check_evaluations()

    assert clean.passed
    assert clean.metadata["hashed"] == clean.metadata["files"]
    assert not broken.passed
    faults = broken.metadata["faults"]
    assert isinstance(faults, dg.TableMetadataValue)
    (record,) = faults.records
    assert record.data["path"] == str(path.relative_to(tmp_path))
    assert str(record.data["reason"]).startswith("SHA-256 differs")
    assert simulator.traffic.api_requests == asked


def test_no_run_that_makes_assets_checks_all_days() -> None:
    checked = {key.asset_key for one in defs.asset_checks or () for key in one.check_keys}

    assert checked == {ARCHIVE.key}
    assert ARCHIVE.key not in defs.resolve_asset_graph().materializable_asset_keys


def test_a_rebuild_materializes_every_table_about_speech_and_asks_nobody(
    simulator: Simulator, tmp_path: Path
) -> None:
    with open_export(settings_of(simulator, tmp_path)) as export:
        run_stage(export, "transcripts", DAY)
    asked = simulator.traffic.api_requests

    result = run("rebuild_tables", organization_of(simulator, tmp_path), rebuild_days={"days": []})

    made = {
        event.asset_key.to_user_string(): event.partition
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    tables = (
        "transcripts",
        "words",
        "speech_events",
        "diarization",
        "transcript_agreement",
        "conversation_metrics",
    )
    assert made == dict.fromkeys(tables, str(DAY))
    assert simulator.traffic.api_requests == asked
