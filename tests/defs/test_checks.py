"""The checks of published tables say what their rows break, and how bad that is."""

from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.schemas import AUDIO_FILES, SCHEMAS
from recordings_pipeline.core.speech_schemas import DIARIZATION, TRANSCRIPT_AGREEMENT
from recordings_pipeline.core.voice.verdicts import NEXT_STEPS
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.checks import agreement_result, contract_result
from tests.unchecked import write_unchecked

DAY, NEXT_DAY = Day.from_key("2026-01-31"), Day.from_key("2026-02-01")
FILE = {
    "recording_id": "r",
    "conversation_id": "c",
    "outcome": "exported",
    "file_number": 1,
    "duration_ms": 9_000,
}
TURN = {
    "conversation_id": "c",
    "recording_id": "r",
    "source": "transcript",
    "turn_index": 0,
    "side": "internal",
    "speaker_role": "agent",
    "is_ambiguous": False,
    "start_ms": 0,
    "end_ms": 5,
    "overlap_ms": 0,
}


@pytest.mark.parametrize(
    ("change", "broken_rules", "severity"),
    [
        ({}, 0, dg.AssetCheckSeverity.WARN),
        ({"end_ms": 60_000}, 1, dg.AssetCheckSeverity.WARN),
        ({"overlap_ms": -1}, 1, dg.AssetCheckSeverity.ERROR),
    ],
    ids=["good rows", "longer than the audio", "impossible"],
)
def test_what_is_impossible_fails_and_what_is_odd_warns(
    tmp_path: Path, change: dict[str, int], broken_rules: int, severity: dg.AssetCheckSeverity
) -> None:
    write_unchecked(tmp_path / table_path("audio_files", DAY), AUDIO_FILES, [FILE])
    write_unchecked(tmp_path / table_path("diarization", DAY), DIARIZATION, [{**TURN, **change}])

    result = contract_result(tmp_path, "diarization", [DAY])

    assert result.passed is not bool(broken_rules)
    assert result.severity is severity
    assert result.metadata["broken_rules"] == dg.MetadataValue.int(broken_rules)
    assert (result.description or "").startswith(f"broken on {DAY}: " if broken_rules else "")
    assert ("run these days again" in (result.description or "")) is bool(broken_rules)


def test_of_several_days_the_one_that_breaks_it_is_named(tmp_path: Path) -> None:
    bad = Day.from_key("2026-02-01")
    for day, end_ms in ((DAY, 5), (bad, 60_000)):
        write_unchecked(tmp_path / table_path("audio_files", day), AUDIO_FILES, [FILE])
        turns = [{**TURN, "end_ms": end_ms}]
        write_unchecked(tmp_path / table_path("diarization", day), DIARIZATION, turns)

    result = contract_result(tmp_path, "diarization", [DAY, bad])

    assert str(result.description).startswith(f"broken on {bad}: ")
    violations = result.metadata["violations"]
    assert isinstance(violations, dg.TableMetadataValue)
    assert [record.data["day"] for record in violations.records] == [str(bad)]


def test_every_table_of_a_day_has_the_check_and_it_blocks() -> None:
    keys = {
        key.asset_key.path[-1]: spec.blocking
        for assets in defs.assets or ()
        if isinstance(assets, dg.AssetsDefinition)
        for key, spec in ((spec.key, spec) for spec in assets.check_specs)
        if key.name == "contract"
    }

    assert keys == dict.fromkeys(SCHEMAS, True)


def agreements(data: Path, day: Day, **verdicts: str) -> None:
    """Publish how transcript and audio agree, by recording."""
    numbers = {"conversation_id": "c", "transcript_ms": 1, "audio_ms": 1}
    rows = [{**numbers, "recording_id": id_, "verdict": v} for id_, v in verdicts.items()]
    write_unchecked(data / table_path("transcript_agreement", day), TRANSCRIPT_AGREEMENT, rows)


def test_recordings_that_transcript_and_audio_tell_differently_are_listed_with_the_next_step(
    tmp_path: Path,
) -> None:
    agreements(tmp_path, DAY, r1="agrees", r2="swapped_channels", r3="unsure")
    agreements(tmp_path, NEXT_DAY, r4="missing_speech", r5="shifted_clock")

    result = agreement_result(tmp_path, [DAY, NEXT_DAY])

    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.description == f"3 recordings disagree on {DAY}, {NEXT_DAY}"
    counts = {name: result.metadata[name].value for name in ("compared", "disagreeing")}
    assert counts == {"compared": 5, "disagreeing": 3}
    table = result.metadata["recordings"]
    assert isinstance(table, dg.TableMetadataValue)
    names = ("day", "recording_id", "verdict", "next_step")
    assert [tuple(record.data[name] for name in names) for record in table.records] == [
        (str(day), id_, verdict, NEXT_STEPS[verdict])
        for day, id_, verdict in (
            (DAY, "r2", "swapped_channels"),
            (NEXT_DAY, "r4", "missing_speech"),
            (NEXT_DAY, "r5", "shifted_clock"),
        )
    ]


def test_what_agrees_or_is_too_little_to_judge_by_passes(tmp_path: Path) -> None:
    agreements(tmp_path, DAY, r1="agrees", r2="unsure")
    agreements(tmp_path, NEXT_DAY)

    result = agreement_result(tmp_path, [DAY, NEXT_DAY])

    assert result.passed
    assert result.description is None


def test_the_agreement_is_checked_and_stops_nothing() -> None:
    (blocking,) = (
        spec.blocking
        for assets in defs.assets or ()
        if isinstance(assets, dg.AssetsDefinition)
        for spec in assets.check_specs
        if spec.name == "transcript_matches_audio"
    )

    assert not blocking
