"""Twenty planted gaps: each is named, with its true reason, and nothing else is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core.completeness import SENSITIVE
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap, GapKind
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.defs.assets import audio_files
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.options import PERMISSIONS, UPLOADS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export
from tests.conftest import Start
from tests.stages.conftest import Open

TODAY = datetime.now(UTC).date()
OLD, YESTERDAY = Day(TODAY - timedelta(days=5)), Day(TODAY - timedelta(days=1))
# By number from 0; the last of the day is the one that a short page leaves out.
PLANTED = {
    **dict.fromkeys((0, 1, 2, 3), "lost_upload"),
    **dict.fromkeys((4, 5, 6), "vanished"),
    **dict.fromkeys((7, 8, 9), "sensitive"),
    **dict.fromkeys((10, 11), "deleted"),
    **dict.fromkeys((12, 13), "failed"),
    **dict.fromkeys((14, 15), "uploading"),
    16: "restoring",
    **dict.fromkeys((17, 20), "late_recording"),
}
LAST = 23
TRUE_VERDICTS = {
    "sensitive": Verdict(Outcome.FORBIDDEN, SENSITIVE),
    "deleted": Verdict(Outcome.MISSING, "deleted at the source"),
    "failed": Verdict(Outcome.MISSING, "the source failed to store it"),
    "uploading": Verdict(Outcome.DEFERRED, "still uploading"),
    "restoring": Verdict(Outcome.DEFERRED, "still being restored"),
    "late_recording": Verdict(Outcome.EXPORTED),
}
TRUE_KINDS = {"lost_upload": GapKind.UPLOAD_FAILED, "vanished": GapKind.UNEXPLAINED}


@pytest.fixture
def world(tmp_path: Path) -> str:
    pinned = "\n".join(f'{number} = ["{trait}"]' for number, trait in PLANTED.items())
    seconds = "median = 4\nspread = 0.1\nshortest = 3\nlongest = 5"
    text = f"calls_per_day = {LAST + 1}\n[seconds]\n{seconds}\n[share]\n[pinned]\n{pinned}\n"
    (tmp_path / "planted.toml").write_text(text)
    return str(tmp_path / "planted.toml")


@pytest.fixture
def simulator(start: Start, world: str) -> Simulator:
    rights = PERMISSIONS | {*UPLOADS}
    return start(world=world, calls_per_day=None, permissions=rights, faults="short-pages")


def run(export: Export, day: Day) -> tuple[Gap, ...]:
    for stage in ("recording_index", "audio_files"):
        report = run_stage(export, stage, day)
    return report.gaps


def test_each_of_twenty_planted_gaps_is_named_with_its_true_reason(
    simulator: Simulator, opened: Open
) -> None:
    export = opened(simulator)

    found = {gap.conversation_id: gap for gap in run(export, OLD)}

    standings = export.ledger.standings(OLD)
    calls = simulator.world.calls(OLD.date)
    assert len(PLANTED | {LAST: "short page"}) == 20
    assert found.keys() == {calls[n].conversation_id for n, t in PLANTED.items() if t in TRUE_KINDS}
    for number, call in enumerate(calls):
        trait = PLANTED.get(number, "")
        if trait in TRUE_KINDS:
            gap = found[call.conversation_id]
            assert (gap.id, gap.kind) == (call.communication_id, TRUE_KINDS[trait])
            assert call.conversation_id in gap.next_step
            assert call.recording_id not in standings
        else:
            verdict = standings[str(call.recording_id)].verdict
            assert verdict == TRUE_VERDICTS.get(trait, Verdict(Outcome.EXPORTED))


def test_yesterday_fails_for_nothing_because_everything_may_still_come(
    simulator: Simulator, opened: Open
) -> None:
    export = opened(simulator)

    lost = run(export, YESTERDAY)

    calls = simulator.world.calls(YESTERDAY.date)
    # Late by 50 hours: not there before tomorrow, whenever this test runs.
    missing = {*TRUE_KINDS, "late_recording"}
    silent = {n for n, t in PLANTED.items() if t in missing and (t in TRUE_KINDS or n % 3 == 2)}
    gaps = {gap.conversation_id: gap.kind for gap in export.ledger.days.gaps(YESTERDAY)}
    assert lost == ()
    assert gaps.keys() == {calls[n].conversation_id for n in silent}
    assert set(gaps.values()) == {GapKind.MAY_COME}


def test_the_check_reads_the_gaps_from_the_ledger_and_lists_them(
    simulator: Simulator, opened: Open, tmp_path: Path
) -> None:
    gaps = run(opened(simulator), OLD)
    fields = {name.lower(): value for name, value in simulator.environment.items()}

    result = dg.materialize(
        [audio_files],
        partition_key=OLD.key,
        resources={"organization": Organization(**fields, recordings_data=str(tmp_path))},
        raise_on_error=False,
    )

    (check,) = result.get_asset_check_evaluations()
    table = check.metadata["gaps"]
    assert not check.passed
    assert check.blocking
    assert isinstance(table, dg.TableMetadataValue)
    assert [record.data["id"] for record in table.records] == [gap.id for gap in gaps]
    assert {str(record.data["next_step"])[:10] for record in table.records} == {"ask the ve"}


def test_a_settled_day_asks_again_about_its_gaps_only_and_a_repaired_one_closes(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    seconds = "median = 4\nspread = 0.1\nshortest = 3\nlongest = 5"
    common = f"calls_per_day = 6\n[seconds]\n{seconds}\n[share]\n[pinned]\n"
    worlds = {"lost": '1 = ["vanished"]\n2 = ["lost_upload"]', "repaired": '2 = ["lost_upload"]'}
    for name, pinned in worlds.items():
        (tmp_path / f"{name}.toml").write_text(common + pinned)
    lost, repaired = (
        start(world=str(tmp_path / f"{name}.toml"), calls_per_day=None) for name in worlds
    )
    before = run(opened(lost), OLD)
    export = opened(repaired)

    after = run(export, OLD)

    calls = repaired.world.calls(OLD.date)
    assert [gap.id for gap in after] == [calls[2].communication_id]
    assert {gap.id for gap in before} == {calls[n].communication_id for n in (1, 2)}
    assert export.ledger.standings(OLD)[str(calls[1].recording_id)].verdict.outcome == "exported"
    routes = repaired.traffic.routes
    assert routes["GET /api/v2/analytics/conversations/details"] == 1
    assert "POST /api/v2/analytics/conversations/details/query" not in routes
