"""The assets about speech, in the order data flows: a stage with several tables is one step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.defs.assets import asset_options, run_asset
from recordings_pipeline.defs.checks import contract_result, contract_spec
from recordings_pipeline.defs.metadata import (
    materialization_metadata,
    pictures_metadata,
    table_metadata,
)
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.resources import Organization

# What turns and metrics are made from.
_SAID = ("recording_index", "transcripts", "speech_events")
_HEARD = ("voice_activity", "audio_channels")


def _spec(table: str, deps: Sequence[str], description: str) -> dg.AssetSpec:
    """Describe one of several tables that a stage publishes."""
    options = asset_options(table)
    names = ("group_name", "kinds", "code_version", "metadata")
    common = {name: options[name] for name in names}
    keys = [dg.AssetKey(name) for name in deps]
    return dg.AssetSpec(table, description=description, deps=keys, **common)


@dg.multi_asset(
    name="transcripts",
    partitions_def=DAYS,
    pool="genesys_api",
    specs=[
        _spec(
            "transcripts",
            ["audio_files"],
            "What was said: one row per phrase. Only a part of the calls is transcribed at the "
            "source, and what its files hold beyond what is documented is counted as drift.",
        ),
        _spec("words", ["audio_files"], "What was said, word by word."),
        _spec(
            "speech_events",
            ["audio_files"],
            "Silence, overtalk, hold, pauses, topics and sentiment: one row per event.",
        ),
    ],
    check_specs=[contract_spec(name) for name in ("transcripts", "words", "speech_events")],
)
def transcripts(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Fetch the transcripts that are due, and publish their three tables in one pass."""
    yield from _results(organization, run_asset(context, organization, "transcripts"))


# In no pool, like all that follow: they ask nobody.
@dg.multi_asset(
    name="voice_activity",
    partitions_def=DAYS,
    specs=[
        _spec(
            "voice_activity",
            ["audio_files"],
            "Who spoke when, told from the sound itself: one row per stretch of speech and "
            "channel. Needs no transcript and no licence; RECORDINGS_VOICE chooses the detector, "
            "or none.",
        ),
        _spec(
            "audio_channels",
            ["audio_files"],
            "How well each channel of an audio file can be heard: one row per channel, and one for "
            "a file that nobody could listen to, with the reason.",
        ),
    ],
    check_specs=[contract_spec(name) for name in ("voice_activity", "audio_channels")],
)
def voice_activity(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Listen to the day's audio files; those that were heard before are not heard again."""
    yield from _results(organization, run_asset(context, organization, "voice_activity"))


@dg.multi_asset(
    name="diarization",
    partitions_def=DAYS,
    specs=[
        _spec(
            "diarization",
            [*_SAID, *_HEARD],
            "Who held the floor: one row per turn, with the agent where only one can be meant. "
            "Turns come from the transcript and from the audio: choose a source.",
        ),
        _spec(
            "transcript_agreement",
            [*_SAID, *_HEARD],
            "How well transcript and audio agree: one row per recording that has both. Exchanged "
            "channels, shifted clocks and missing speech show here.",
        ),
    ],
    check_specs=[contract_spec(name) for name in ("diarization", "transcript_agreement")],
)
def diarization(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Join phrases and voice activity into turns, compare the two, and draw a few recordings."""
    report = run_asset(context, organization, "diarization")
    yield from _results(organization, report, _pictures(organization, report.day))


@dg.asset(
    **{**asset_options("conversation_metrics"), "pool": None},
    check_specs=[contract_spec("conversation_metrics")],
    deps=[dg.AssetKey(name) for name in (*_SAID, "diarization")],
)
def conversation_metrics(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """Talk, overtalk, silence, interruptions, sentiment: one row per conversation.

    From transcripts where there are any, else from the audio; null where a value is unknown.
    """
    report = run_asset(context, organization, "conversation_metrics")
    return dg.MaterializeResult(
        metadata=materialization_metadata(report),
        check_results=[contract_result(organization.data, report.stage, report.day)],
    )


def _results(
    organization: Organization, report: StageReport, more: Mapping[str, Any] | None = None
) -> Iterator[dg.MaterializeResult]:
    """Tell of each table; what the stage took is told with the first."""
    told: dict[str, Mapping[str, Any]] = {
        report.stage: {**materialization_metadata(report), **(more or {})}
    }
    told |= {table.name: table_metadata(table) for table in report.others}
    for name, metadata in told.items():
        checked = contract_result(organization.data, name, report.day)
        yield dg.MaterializeResult(asset_key=name, metadata=metadata, check_results=[checked])


def _pictures(organization: Organization, day: Day) -> Mapping[str, Any]:
    """Draw a few recordings of the day."""
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.pictures import pictures_of

    with open_archive(organization.data) as archive:
        return pictures_metadata(pictures_of(archive, day))
