"""What was said, row by row, for a page: phrases, and between them what else happened."""

from collections.abc import Iterator, Sequence
from html import escape

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.hues import hue_of
from recordings_pipeline.core.interchange.text import one_line
from recordings_pipeline.core.marks import OVERTALK, Mark
from recordings_pipeline.core.speech import Speaker
from recordings_pipeline.core.spoken import SpokenRecording
from recordings_pipeline.core.waveform import clock_text, mark_text

# Start, end, speaker, words; turns of the audio have none.
_Line = tuple[int, int, Speaker, str]


def rows_of(
    recording: SpokenRecording, cast: Cast, marks: Sequence[Mark], source: str | None
) -> Iterator[str]:
    """Yield list items ordered by start: what was said, silences, holds and pauses.

    Where nothing was transcribed, or the audio's turns are asked for, turns stand for phrases.
    """
    between = [mark for mark in marks if mark.kind != OVERTALK]
    overtalk = [mark for mark in marks if mark.kind == OVERTALK]
    at = over = 0
    before: Speaker | None = None
    for number, (start_ms, end_ms, speaker, text) in enumerate(_lines(recording, source)):
        while at < len(between) and between[at].start_ms <= start_ms:
            yield f'<li class="mark">{escape(mark_text(between[at]))}</li>'
            at, before = at + 1, None
        while over < len(overtalk) and overtalk[over].end_ms <= start_ms:
            over += 1
        talks_over = over < len(overtalk) and overtalk[over].start_ms < end_ms
        badges = [*(["unsure"] if speaker.is_ambiguous else []), *(["both speak"] * talks_over)]
        yield _row(number, start_ms, speaker, text, cast, badges, is_again=speaker == before)
        before = speaker
    for mark in between[at:]:
        yield f'<li class="mark">{escape(mark_text(mark))}</li>'


def _lines(recording: SpokenRecording, source: str | None) -> Iterator[_Line]:
    if recording.said and source != "audio":
        for said in recording.said:
            yield said.phrase.start_ms, said.phrase.end_ms, said.speaker, said.text
        return
    for turn in recording.turns_by(source):
        yield turn.start_ms, turn.end_ms, turn.speaker, ""


def _row(  # noqa: PLR0913, PLR0917 (what a row shows)
    number: int,
    start_ms: int,
    speaker: Speaker,
    text: str,
    cast: Cast,
    badges: Sequence[str],
    *,
    is_again: bool,
) -> str:
    start_ms = max(start_ms, 0)
    again = ' class="again"' if is_again else ""
    marked = "".join(f'<span class="badge">{badge}</span>' for badge in badges)
    words = escape(one_line(text)) or "speaks"
    return (
        f'<li{again}><button type="button" class="hue-{hue_of(speaker, cast)}" '
        f'data-ms="{start_ms}" tabindex="{-1 if number else 0}">'
        f'<time>{clock_text(start_ms)}</time> <bdi class="who">{_name(speaker, cast)}</bdi> '
        f'<span class="text"><bdi>{words}</bdi>{marked}</span></button></li>'
    )


def _name(speaker: Speaker, cast: Cast) -> str:
    return escape(one_line(cast.name(speaker)))
