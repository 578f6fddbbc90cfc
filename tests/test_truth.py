"""The ledger after one run is the simulator's truth: every recording, no more, no less."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import GapKind
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.simulator.options import ORPHANS, PERMISSIONS, UPLOADS
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import open_export
from tests.conftest import Start, settings_of
from tests.truth import expected, held, lost_legs, short_world, truths

DAY = Day.from_key("2026-01-31")
# Everything has come that ever will, and reports and orphans still reach back to it.
NOW = datetime(2026, 2, 4, tzinfo=UTC)
TRUE_KINDS = {
    "lost_upload": GapKind.UPLOAD_FAILED,
    "orphaned": GapKind.ORPHANED,
    "vanished": GapKind.UNEXPLAINED,
    "adrift": GapKind.UNEXPLAINED,
}
# Several recordings of one call, of which one is withheld: what a batch shows is not all there is.
ODD = {"sensitive": 0.3, "second_recording": 0.25, "snippet": 0.25, "screen": 0.15}


@pytest.mark.parametrize(
    ("world", "calls", "mode"),
    [
        ("hostile", 170, "when_needed"),
        ("hostile", 170, "always"),
        pytest.param("busy", 10_000, "when_needed", marks=pytest.mark.slow),
    ],
)
def test_every_recording_ends_as_the_world_says(
    start: Start, tmp_path: Path, world: str, calls: int, mode: str
) -> None:
    simulator = start(
        world=short_world(world, tmp_path, calls, **(ODD if world == "hostile" else {})),
        calls_per_day=None,
        permissions=PERMISSIONS | {*UPLOADS, ORPHANS},
        processes=2 if calls > 1_000 else 1,
        requests_per_minute=10**6,
        now=NOW,
    )
    settings = settings_of(simulator, tmp_path / "data", RECORDINGS_METADATA=mode)

    reports = {}
    with open_export(settings, clock=lambda: NOW) as export:
        for stage in ("recording_index", "audio_files"):
            reports[stage] = run_stage(export, stage, DAY)
        found, gaps = held(export.ledger, DAY), export.ledger.days.gaps(DAY)

    truth = expected(truths(simulator, DAY))
    assert {told.outcome for told in truth.values()} >= {
        Outcome.EXPORTED,
        Outcome.EXCLUDED,
        Outcome.MISSING,
        Outcome.FORBIDDEN,
        Outcome.DEFERRED,
    }
    assert {
        id_: (told, truth.get(id_)) for id_, told in found.items() if told != truth.get(id_)
    } == {}
    assert truth.keys() - found.keys() == set()
    lost = lost_legs(simulator, DAY)
    orphans = [call for call in simulator.world.calls(DAY.date) if call.orphan_id]
    assert {gap.id: gap.kind for gap in gaps} == {leg: TRUE_KINDS[t] for leg, t in lost.items()}
    assert {*lost.values()} == TRUE_KINDS.keys()
    assert {gap.id for gap in reports["audio_files"].gaps} == lost.keys()
    assert reports["recording_index"].counts["orphans"] == len(orphans)
