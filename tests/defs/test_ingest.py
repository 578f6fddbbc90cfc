"""The drop folder in Dagster: a run takes what lies there, and its numbers belong to the day."""

from pathlib import Path, PurePosixPath

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import open_export
from tests.conftest import Start, settings_of

DAY = Day.from_key("2026-01-31")


@pytest.fixture
def simulator(start: Start, tmp_path: Path) -> Simulator:
    """A day that was exported, with one file moved to the drop folder and another name beside."""
    host = start(world="plain", calls_per_day=4)
    with open_export(settings_of(host, tmp_path)) as export:
        for stage in ("recording_index", "audio_files"):
            run_stage(export, stage, DAY)
        file = next(export.ledger.recordings.files(DAY))
        incoming = export.home.path(layout.INCOMING)
        incoming.mkdir()
        id_ = file["recording_id"]
        export.home.path(PurePosixPath(file["path"])).rename(incoming / f"{id_}.wav")
        export.ledger.settle(id_, Verdict(Outcome.MISSING), export.now())
        (incoming / "+49 170 1234567.wav").write_bytes(b"noise")
    return host


def run(data: Path) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def("ingest_incoming").execute_in_process(
            instance=instance,
            resources={"organization": Organization(recordings_data=str(data))},
            run_config={"ops": {"ingest_files": {"config": {"quiet_s": 0.0}}}},
            raise_on_error=False,
        )


@pytest.mark.usefixtures("simulator")
def test_a_run_takes_what_it_can_and_materializes_the_day(tmp_path: Path) -> None:
    result = run(tmp_path)

    assert result.success
    (made,) = result.asset_materializations_for_node("ingest_files")
    assert (made.asset_key, made.partition) == (dg.AssetKey("audio_files"), str(DAY))
    assert made.metadata["ingested_files"].value == 1
    assert made.metadata.keys() >= {"exported", "ingested_bytes"}
    assert [p.name for p in (tmp_path / "quarantine/incoming/refused").glob("*.wav")] == [
        "+49 170 1234567.wav"
    ]
    assert not list((tmp_path / "incoming").iterdir())


def test_a_run_without_a_ledger_fails_with_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path)

    failure = result.get_step_failure_events()[0].step_failure_data.user_failure_data
    assert failure is not None
    assert "holds no ledger" in str(failure.description)
