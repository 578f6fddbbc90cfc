"""The assets about speech, in the order data flows: a stage with several tables is one step."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.defs.checks import (
    AGREEMENT,
    agreement_result,
    agreement_spec,
    contract_result,
)
from recordings_pipeline.defs.metadata import pictures_metadata
from recordings_pipeline.defs.options import day_asset, day_assets, table_options
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.run_days import run_asset

if TYPE_CHECKING:
    from recordings_pipeline.core.reports import StageReport

# What turns and metrics are made from.
_SAID = ("recording_index", "transcripts", "speech_events")
_HEARD = ("voice_activity", "audio_channels")


def _spec(table: str, deps: Sequence[str], description: str, *, asks: bool = False) -> dg.AssetSpec:
    """Describe one of several tables that a stage publishes."""
    keys = [dg.AssetKey(name) for name in deps]
    return dg.AssetSpec(
        table, description=description, deps=keys, **table_options(table, asks=asks)
    )


@day_assets(
    "transcripts",
    asks=True,
    specs=[
        _spec(
            "transcripts",
            ["audio_files"],
            "What was said: one row per phrase. Only a part of the calls is transcribed at the "
            "source, and what its files hold beyond what is documented is counted as drift.",
            asks=True,
        ),
        _spec("words", ["audio_files"], "What was said, word by word.", asks=True),
        _spec(
            "speech_events",
            ["audio_files"],
            "Silence, overtalk, hold, pauses, topics and sentiment: one row per event.",
            asks=True,
        ),
    ],
)
def transcripts(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Fetch the transcripts that are due, and publish their three tables in one pass."""
    days = run_asset(context, organization, "transcripts")
    yield from _results(context, organization, days)


# In no pool, like all that follow: they ask nobody.
@day_assets(
    "voice_activity",
    asks=False,
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
)
def voice_activity(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Listen to the day's audio files; those that were heard before are not heard again."""
    days = run_asset(context, organization, "voice_activity")
    yield from _results(context, organization, days)


@day_assets(
    "diarization",
    asks=False,
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
    check_specs=[agreement_spec()],
)
def diarization(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult]:
    """Join phrases and voice activity into turns, compare the two, and draw a few recordings."""
    days = run_asset(context, organization, "diarization", partial(_pictures, organization))
    yield from _results(context, organization, days)


@day_asset(
    "conversation_metrics",
    asks=False,
    deps=[dg.AssetKey(name) for name in (*_SAID, *_HEARD, "diarization")],
)
def conversation_metrics(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """Talk, overtalk, silence, interruptions, sentiment: one row per conversation.

    From transcripts where there are any, else from the audio; null where a value is unknown.
    """
    days = run_asset(context, organization, "conversation_metrics")
    contract = contract_result(organization.data, "conversation_metrics", days)
    return dg.MaterializeResult(check_results=[contract])


def _results(
    context: dg.AssetExecutionContext, organization: Organization, days: Sequence[Day]
) -> Iterator[dg.MaterializeResult]:
    """Say that all tables of the stage are there; what is told of each day is known already."""
    for spec in context.assets_def.specs:
        table = spec.key.to_user_string()
        checks = [contract_result(organization.data, table, days)]
        if table == AGREEMENT:
            checks.append(agreement_result(organization.data, days))
        yield dg.MaterializeResult(asset_key=spec.key, check_results=checks)


def _pictures(organization: Organization, report: "StageReport") -> Mapping[str, Any]:
    """Draw a few recordings of the day."""
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.pictures import pictures_of

    with open_archive(organization.place, keys=organization.age_keys) as archive:
        return pictures_metadata(pictures_of(archive, report.day))
