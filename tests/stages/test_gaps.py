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
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS, UPLOADS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export
from tests.conftest import Start
from tests.stages.conftest import Open

TODAY = datetime.now(UTC).date()
OLD, YESTERDAY = Day(TODAY - timedelta(days=5)), Day(TODAY - timedelta(days=1))
# By number from 0; the last of the day is the one that a short page leaves out.
PLANTED = {
    **dict.fromkeys((0, 1), "lost_upload"),
    **dict.fromkeys((2, 3), "orphaned"),
    **dict.fromkeys((4, 5), "vanished"),
    6: "adrift",
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
TRUE_KINDS = {
    "lost_upload": GapKind.UPLOAD_FAILED,
    "orphaned": GapKind.ORPHANED,
    "vanished": GapKind.UNEXPLAINED,
    "adrift": GapKind.UNEXPLAINED,
}


@pytest.fixture
def world(tmp_path: Path) -> str:
    pinned = "\n".join(f'{number} = ["{trait}"]' for number, trait in PLANTED.items())
    seconds = "median = 4\nspread = 0.1\nshortest = 3\nlongest = 5"
    text = f"calls_per_day = {LAST + 1}\n[seconds]\n{seconds}\n[share]\n[pinned]\n{pinned}\n"
    (tmp_path / "planted.toml").write_text(text)
    return str(tmp_path / "planted.toml")


@pytest.fixture
def simulator(start: Start, world: str) -> Simulator:
    rights = PERMISSIONS | {*UPLOADS, ORPHANS}
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
            whose = call.orphan_id if trait == "orphaned" else call.conversation_id
            assert str(whose) in gap.next_step
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

    (check,) = (
        found
        for found in result.get_asset_check_evaluations()
        if found.check_name == "every_recording_has_an_outcome"
    )
    table = check.metadata["gaps"]
    assert not check.passed
    assert check.blocking
    assert isinstance(table, dg.TableMetadataValue)
    assert [record.data["id"] for record in table.records] == [gap.id for gap in gaps]
    assert {str(record.data["next_step"])[:10] for record in table.records} == {
        "ask the ve",
        "have an ad",
    }


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


def test_a_repaired_recording_that_is_not_ready_is_asked_about_until_it_is_there(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    seconds = "median = 4\nspread = 0.1\nshortest = 3\nlongest = 5"
    common = f"calls_per_day = 6\n[seconds]\n{seconds}\n[share]\n[pinned]\n"
    worlds = {"lost": '1 = ["vanished"]', "deferred": '1 = ["uploading"]', "there": ""}
    exports = []
    for name, pinned in worlds.items():
        (tmp_path / f"{name}.toml").write_text(common + pinned)
        simulator = start(world=str(tmp_path / f"{name}.toml"), calls_per_day=None)
        exports.append(opened(simulator))
    lost, deferred, there = exports
    run(lost, OLD)

    repaired = run_stage(deferred, "recording_index", OLD)
    again = run_stage(deferred, "recording_index", OLD)
    last = run_stage(there, "recording_index", OLD)

    not_ready = "1 recordings are not ready at the source"
    assert repaired.counts["deferred"] == again.counts["deferred"] == 1
    assert repaired.provisional_because == again.provisional_because == (not_ready,)
    assert (last.counts["discovered"], last.counts["is_settled"]) == (1, 1)


def test_orphans_are_counted_and_those_that_explain_nothing_are_told(
    simulator: Simulator, opened: Open
) -> None:
    export = opened(simulator)

    index = run_stage(export, "recording_index", OLD)

    calls = simulator.world.calls(OLD.date)
    named, adrift = [str(calls[n].orphan_id) for n in (2, 3)], str(calls[6].orphan_id)
    reasons = {gap.conversation_id: gap.reason for gap in export.ledger.days.gaps(OLD)}
    (warning,) = [said for said in index.warnings if "orphan" in said]
    assert index.counts["orphans"] == 3
    assert adrift in warning
    assert not any(id_ in warning for id_ in named)
    # Nobody can tell which of these the orphan is.
    for number in (4, 5, 6):
        assert "3 orphan recordings" in reasons[calls[number].conversation_id]
        assert adrift in reasons[calls[number].conversation_id]


def test_days_share_a_listing_and_a_young_day_is_not_checked(
    simulator: Simulator, opened: Open
) -> None:
    export, asked = opened(simulator), "GET /api/v2/orphanrecordings"

    young = run_stage(export, "recording_index", YESTERDAY)
    before = simulator.traffic.routes.get(asked, 0)
    run_stage(export, "recording_index", OLD)
    pages = simulator.traffic.routes[asked]
    run_stage(export, "recording_index", OLD)
    run_stage(export, "recording_index", Day(OLD.date - timedelta(days=1)))

    assert "orphans" not in young.counts
    assert before == 0
    # Three a day for 28 days, 25 a page.
    assert pages == simulator.traffic.routes[asked] == 4


def test_an_orphan_that_became_a_recording_is_no_orphan_and_no_gap(
    start: Start, opened: Open, tmp_path: Path
) -> None:
    seconds = "median = 4\nspread = 0.1\nshortest = 3\nlongest = 5"
    common = f"calls_per_day = 6\n[seconds]\n{seconds}\n[share]\n[pinned]\n"
    rights = PERMISSIONS | {ORPHANS}
    worlds = {"lost": '1 = ["orphaned"]', "claimed": ""}
    for name, pinned in worlds.items():
        (tmp_path / f"{name}.toml").write_text(common + pinned)
    lost, claimed = (
        start(world=str(tmp_path / f"{name}.toml"), calls_per_day=None, permissions=rights)
        for name in worlds
    )

    before = run_stage(opened(lost), "recording_index", OLD)
    after = run_stage(opened(claimed), "recording_index", OLD)

    assert (before.counts["orphans"], before.counts["gaps"]) == (1, 1)
    assert (after.counts["orphans"], after.counts["gaps"]) == (0, 0)


def test_without_the_permission_an_unexplained_gap_says_that_nobody_looked(
    start: Start, opened: Open, world: str
) -> None:
    export = opened(start(world=world, calls_per_day=None, permissions=PERMISSIONS | {*UPLOADS}))

    index = run_stage(export, "recording_index", OLD)

    reasons = {g.reason for g in export.ledger.days.gaps(OLD) if g.kind is GapKind.UNEXPLAINED}
    assert "orphans" not in index.counts
    assert reasons
    assert all("recording:orphan:view" in reason for reason in reasons)
