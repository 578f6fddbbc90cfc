"""The audit log in Dagster: its table, its check, and its head with every stage."""

from pathlib import Path

import dagster as dg

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.manifest import head_from
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.audit import export_audit
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.storage.tables import read_rows
from tests.audited import DAY, Intruder, Scene
from tests.conftest import Start
from tests.e2e.conftest import world_file


def organization(scene: Scene) -> Organization:
    return Organization(
        recordings_data=str(scene.root),
        recordings_audit_key_file=str(scene.keeping.key),
        recordings_audit_anchor_dir=str(scene.keeping.anchor),
    )


def verified(scene: Scene) -> dg.AssetCheckEvaluation:
    job = defs.resolve_job_def("verify_audit_log")
    with dg.DagsterInstance.ephemeral() as instance:
        resources = {"organization": organization(scene)}
        result = job.execute_in_process(instance=instance, resources=resources)
    (check,) = result.get_asset_check_evaluations()
    return check


def test_the_table_of_a_day_is_an_asset(sealed: Scene) -> None:
    result = dg.materialize(
        [export_audit],
        partition_key=str(DAY),
        resources={"organization": organization(sealed)},
    )

    (made,) = result.asset_materializations_for_node("export_audit")
    assert made.metadata["dagster/row_count"] == dg.MetadataValue.int(12)
    assert len(read_rows(sealed.root / layout.table_path("export_audit", DAY))) == 12
    assert all(check.passed for check in result.get_asset_check_evaluations())


def test_a_log_that_nobody_touched_passes_its_check(sealed: Scene) -> None:
    check = verified(sealed)

    assert check.passed
    assert check.metadata["events"] == dg.MetadataValue.int(12)


def test_what_was_changed_fails_the_check_and_is_listed(sealed: Scene, tmp_path: Path) -> None:
    Intruder(sealed.root, tmp_path / "intruder.pem").remove(2)

    check = verified(sealed)

    assert not check.passed
    findings = check.metadata["findings"]
    assert isinstance(findings, dg.TableMetadataValue)
    (record,) = findings.records
    assert record.data["name"] == "audit/segments/00000002.jsonl"


def test_the_head_is_metadata_of_what_ends_a_day_s_run(start: Start, tmp_path: Path) -> None:
    environ = start(world=world_file(tmp_path, 2), calls_per_day=2).environment
    fields = {name.lower(): value for name, value in environ.items()}
    ours = Organization(**fields, recordings_data=str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("export_day").execute_in_process(
            partition_key=str(DAY), instance=instance, resources={"organization": ours}
        )

    (last,) = result.asset_materializations_for_node("conversation_metrics")
    head = head_from(str(last.metadata["audit_head"].value))
    found = verify_audit(tmp_path, ours.keeping, head=head)
    assert found.findings == ()
    assert found.head == head
