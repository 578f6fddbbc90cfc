"""Who spoke when, told from the sound itself: no transcript and no licence is needed.

A row per stretch of speech and channel, and one per channel that says how well it can be heard.
What was published of a recording stays as long as its files and the detector do, so that a second
run listens to nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import StageReport, TableReport
from recordings_pipeline.core.sealing import CANNOT_HEAR, NEEDS_IDENTITY
from recordings_pipeline.core.settings import VOICE_OFF
from recordings_pipeline.core.speech_schemas import AUDIO_CHANNELS, VOICE_ACTIVITY
from recordings_pipeline.core.voice.rows import NEEDS_CODECS
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.listening import Listener
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.voice_tables import VoiceTables
from recordings_pipeline.storage.published import published_rows, row_count

STAGE = VOICE_ACTIVITY.name


def listen_day(export: Export, day: Day) -> StageReport:
    """Publish who spoke when in all the day's audio files, and what their channels are like.

    When listening is switched off, what was heard before of unchanged files stays.

    Raises:
        ConfigurationError: The detector's extra is not installed.
        Interrupted: A person asked to stop; the tables hold what was known until then.
    """
    measurement = Measurement(export.client)
    paths = [layout.table_path(schema.name, day) for schema in (VOICE_ACTIVITY, AUDIO_CHANNELS)]
    # Who switches it off for a while would else have to listen to everything again.
    listener = None if export.voice == VOICE_OFF else Listener(export.voice)
    tables = VoiceTables(export, day, listener)
    survey = tables.survey()
    new = 0 if survey.is_known else tables.publish(survey.total)
    problems: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    detector = None if listener is None else listener.detector
    counts = {"listened_to": new, **_counts(export, day, problems, kept)}
    first, other = (
        TableReport(path.parts[1], row_count(export.home.path(path)), path) for path in paths
    )
    if detector is not None:
        del kept[detector]
    warnings = (*_warnings(problems), *_kept_warnings(kept if detector else Counter(), detector))
    spent = measurement.taken()
    return StageReport(
        STAGE, day, first.row_count, first.path, counts, spent, warnings, others=(other,)
    )


def _counts(
    export: Export, day: Day, problems: Counter[str], kept: Counter[str]
) -> Mapping[str, int]:
    """Count what the table of channels says, and by which detector."""
    found = Counter({"channels": 0, "without_speech": 0, "dual_mono": 0, "not_heard": 0})
    path = export.home.path(layout.table_path(AUDIO_CHANNELS.name, day))
    for row in published_rows(
        path, ("channel", "is_silent", "is_dual_mono", "problem", "detector")
    ):
        if row["problem"] is not None:
            problems[row["problem"]] += 1
            found["not_heard"] += 1
            continue
        found["channels"] += 1
        kept[row["detector"]] += row["channel"] == 1
        found["without_speech"] += row["is_silent"]
        found["dual_mono"] += row["is_dual_mono"] and row["channel"] == 1
    return dict(found)


def _warnings(problems: Counter[str]) -> Iterator[str]:
    if aac := problems[NEEDS_CODECS]:
        yield f"{aac} files hold AAC: pip install 'recordings-pipeline[codecs]', and run again"
    if locked := problems[CANNOT_HEAR]:
        yield f"{locked} files are encrypted and were never listened to: {NEEDS_IDENTITY}"
    if others := problems.total() - aac - locked:
        yield f"{others} files could not be listened to: audio_channels says why"


def _kept_warnings(kept: Counter[str], detector: str | None) -> Iterator[str]:
    """Tell of files that another detector has heard: only encrypted ones are left at that."""
    for name, count in sorted(kept.items()):
        if count:
            yield (
                f"{count} files are encrypted and stay as {name} heard them: {NEEDS_IDENTITY} to "
                f"have {detector} listen"
            )
