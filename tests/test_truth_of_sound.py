"""Who is heard in a recording without phrases is the simulator's truth, or in doubt."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.options import PERMISSIONS
from recordings_pipeline.simulator.spoken import speaker_of
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start, settings_of
from tests.test_truth_of_speech import DAY, NOW
from tests.truth import busy_world

# Recordings that begin elsewhere than their leg, and whose transcript tells nothing.
ODD = {
    "untranscribed": 0.5, "empty_transcript": 0.3, "second_recording": 0.5, "snippet": 0.3,
    "transfer": 0.3, "mono": 0.0, "three_seconds": 0.0, "two_files": 0.0,
}  # fmt: skip
# A recording that lasts as long as its leg, give or take this much, is believed to begin with it.
SLACK = timedelta(seconds=2)

Row = dict[str, Any]


def test_no_turn_heard_without_a_transcript_is_given_to_somebody_else(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(
        world=busy_world(tmp_path, 40, **ODD),
        calls_per_day=None,
        permissions=PERMISSIONS,
        requests_per_minute=10**6,
        now=NOW,
    )

    with open_export(settings_of(simulator, tmp_path / "data"), clock=lambda: NOW) as export:
        for stage in STAGES[:-1]:
            run_stage(export, stage, DAY)
        turns = read_rows(export.home.path(table_path("diarization", DAY)))

    transcribed = {turn["recording_id"] for turn in turns if turn["source"] == "transcript"}
    heard = [turn for turn in turns if turn["recording_id"] not in transcribed]
    recordings = {r.id: (c, r) for c in simulator.world.calls(DAY.date) for r in c.recordings}
    for turn in heard:
        call, recording = recordings[turn["recording_id"]]
        if turn["start_time"] is not None:
            began = turn["start_time"] - timedelta(milliseconds=turn["start_ms"])
            assert abs(began - recording.start) <= SLACK
        # During a hold the internal side is nobody's.
        if not turn["is_ambiguous"] and turn["speaker_role"] != "internal":
            who = turn["speaker_role"], turn["user_id"]
            assert who == true_speaker(call, recording, turn)
    kinds = {(recordings[t["recording_id"]][1].kind, t["start_time"] is not None) for t in heard}
    assert kinds >= {("recording", True), ("second", True), ("snippet", True), ("snippet", False)}
    assert any(turn["is_ambiguous"] for turn in heard)


def true_speaker(call: Call, recording: Recording, turn: Row) -> tuple[str, str | None]:
    """Return who speaks on the turn's side for most of it."""
    shares: Counter[tuple[str, str | None]] = Counter()
    assert recording.plan is not None
    for phrase in recording.plan.phrases:
        if phrase.side == turn["side"]:
            speaker = speaker_of(call, recording, phrase)
            shared = min(phrase.end_ms, turn["end_ms"]) - max(phrase.start_ms, turn["start_ms"])
            shares[speaker.speaker, speaker.user_id] += max(shared, 0)
    return max(shares, key=shares.__getitem__)
