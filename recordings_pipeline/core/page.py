"""A conversation as one HTML page that needs nothing else: sound, picture, and what was said.

Everything that a stranger said or sent is escaped; beyond that the page forbids itself to run any
other script than its own, to load anything from elsewhere, and to send anything anywhere.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from string import Template

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.hues import HUES, hue_of
from recordings_pipeline.core.interchange.text import one_line
from recordings_pipeline.core.marks import marks_of
from recordings_pipeline.core.page_rows import rows_of
from recordings_pipeline.core.recording_picture import lanes_of
from recordings_pipeline.core.spoken import SpokenConversation, SpokenRecording
from recordings_pipeline.core.waveform import LEFT, PLOT, WIDTH, clock_text, told

# ``file:`` is for sound too large to be inside: it lies beside the page on the same disk.
_POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; media-src data: file: 'self'; "
    "base-uri 'none'; form-action 'none'"
)
# A day of talk; a browser takes 7 s for it on a busy machine, and minutes for ten times as much.
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """The page's own texts."""

    html: str
    style: str
    script: str


@dataclass(frozen=True, slots=True)
class Sound:
    """An audio file of a recording.

    Attributes:
        address: Its bytes as a ``data:`` address, or a relative one.
        start_ms: Where in the recording it begins.
    """

    address: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A recording with what is drawn and heard of it.

    Attributes:
        is_locked: Whether sound of it is encrypted and not in the page.
    """

    recording: SpokenRecording
    picture: str
    sounds: tuple[Sound, ...]
    is_locked: bool = False


def page(
    conversation: SpokenConversation, shown: Sequence[Shown], look: Look, source: str | None = None
) -> str:
    """Return the page of a conversation.

    Args:
        conversation: What it is about.
        shown: Its recordings, in order.
        look: How it looks and works.
        source: Whose turns, ``transcript`` or ``audio``; without one the transcript's if any.
    """
    cast = Cast(conversation)
    style = look.style + "".join(f".hue-{name} {{ --hue: {hue} }}\n" for name, hue in HUES.items())
    policy = _POLICY.format(script=_digest(look.script), style=_digest(style))
    return Template(look.html).substitute(
        policy=policy,
        title=f"Conversation {_words(conversation.id)}",
        heading=f"Conversation {_words(conversation.id)}",
        facts="".join(f"<span>{_words(fact)}</span>" for fact in _facts(conversation)),
        recordings="\n".join(
            _section(one, number, len(shown), conversation, cast, source)
            for number, one in enumerate(shown, 1)
        ),
        style=style,
        script=look.script,
    )


def _facts(conversation: SpokenConversation) -> Iterator[str]:
    if conversation.start is not None:
        yield f"{conversation.start:%Y-%m-%d %H:%M:%S} UTC"
    if conversation.direction:
        yield conversation.direction
    if conversation.queue_name:
        yield f"queue {conversation.queue_name}"
    count = len(conversation.recordings)
    yield f"{count} recording{'' if count == 1 else 's'}"


def _section(  # noqa: PLR0913, PLR0917 (what a section shows)
    shown: Shown,
    number: int,
    count: int,
    conversation: SpokenConversation,
    cast: Cast,
    source: str | None,
) -> str:
    recording = shown.recording
    marks = marks_of(recording.turns_by(source), recording.events, recording.length_ms)
    rows = list(rows_of(recording, cast, marks, source))
    return _SECTION.substitute(
        ms=recording.length_ms,
        seconds=recording.length_ms // 1_000,
        left=f"{LEFT / WIDTH:.6f}",
        plot=f"{PLOT / WIDTH:.6f}",
        name="Recording" if count == 1 else f"Recording {number} of {count}",
        about="".join(_about(recording, conversation)),
        legend=_legend(recording, cast, source),
        picture=shown.picture,
        told=_words(told(lanes_of(recording, cast, source), marks, recording.length_ms)),
        sounds="\n".join([*_sounds(shown.sounds), *_missing(shown)]),
        said=_said(rows) if rows else _NOTHING,
    )


_SECTION = Template("""\
<section class="recording" data-ms="$ms" data-left="$left" data-plot="$plot">
<h2>$name</h2>
<p class="facts">$about</p>
<ul class="legend" aria-label="Speakers">$legend</ul>
<div class="picture" role="slider" tabindex="0" aria-label="Position in the recording"
aria-valuemin="0" aria-valuemax="$seconds" aria-valuenow="0">
$picture
<div class="cursor"></div>
</div>
<p class="facts">$told</p>
$sounds
$said
</section>""")
_NOTHING = '<p class="quiet">Nobody is known to speak: neither a transcript nor turns are here.</p>'
_SILENT = '<p class="quiet">There is no audio of it here.</p>'
_LOCKED = '<p class="quiet">Audio of it is encrypted, and is not in this page.</p>'


def _said(rows: Sequence[str]) -> str:
    """Return the transcript; of one that no browser could show, the beginning, and says so."""
    text = "\n".join(rows[:MOST_ROWS])
    more = len(rows) - MOST_ROWS
    note = f'\n<li class="mark">{more:,} more: export-transcript has all</li>' if more > 0 else ""
    return f'<ol class="transcript" aria-label="Transcript">\n{text}{note}\n</ol>'


def _about(recording: SpokenRecording, conversation: SpokenConversation) -> Iterator[str]:
    yield f"<span>{_words(recording.id)}</span><span>{clock_text(recording.length_ms)} long</span>"
    offset_ms = conversation.offset_ms(recording)
    if offset_ms:
        yield f"<span>begins {clock_text(offset_ms)} after the first</span>"


def _legend(recording: SpokenRecording, cast: Cast, source: str | None) -> str:
    """List who speaks, once each."""
    speakers = [said.speaker for said in recording.said]
    speakers += [turn.speaker for turn in recording.turns_by(source)]
    seen = {
        (hue_of(speaker, cast), cast.name(speaker), speaker.role): speaker for speaker in speakers
    }
    return "".join(
        f'<li class="hue-{hue}"><bdi>{_words(name)}</bdi>'
        + (f" <small>{_words(role)}</small>" if role.lower() != name.lower() else "")
        + "</li>"
        for hue, name, role in seen
    )


def _sounds(sounds: Sequence[Sound]) -> Iterator[str]:
    for number, sound in enumerate(sounds, 1):
        name = f"File {number}" if len(sounds) > 1 else "Audio"
        label = f"<span>{name}</span>" if len(sounds) > 1 else ""
        yield (
            f'<div class="sound">{label}<audio controls preload="metadata" aria-label="{name}" '
            f'data-from="{sound.start_ms}" src="{escape(sound.address)}"></audio>'
            '<span class="trouble" hidden>This browser cannot play it.</span></div>'
        )


def _missing(shown: Shown) -> Iterator[str]:
    if shown.is_locked:
        yield _LOCKED
    elif not shown.sounds:
        yield _SILENT


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _words(text: str) -> str:
    return escape(one_line(text))
