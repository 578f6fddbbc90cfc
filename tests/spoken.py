"""Conversations as values, and a transcript as somebody would write it who means harm."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recordings_pipeline.core.speech import Phrase, Speaker, SpeechEvent, Turn, Word
from recordings_pipeline.core.spoken import (
    Said,
    SoundFile,
    SpokenConversation,
    SpokenRecording,
)

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
CONVERSATION = "00000000-0000-4000-8000-00000000000c"
FIRST, SECOND = (f"00000000-0000-4000-8000-0000000000{number}1" for number in ("a", "b"))
ANNA, BERT = (f"00000000-0000-4000-8000-0000000000{number}2" for number in ("a", "b"))
AGENT = Speaker("agent", ANNA, is_ambiguous=False)
COLLEAGUE = Speaker("agent", BERT, is_ambiguous=False)
EITHER = Speaker("agent", None, is_ambiguous=True, candidates=(ANNA, BERT))
CUSTOMER = Speaker("customer", None, is_ambiguous=False)
MACHINE = Speaker("ivr", None, is_ambiguous=False)

# Each would do something in a player, a browser, a terminal, a spreadsheet or a parser.
HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</v></button></ol><iframe src='https://example.com/'></iframe>",
    "00:00:01.000 --> 00:00:02.000",
    "first\n\n2\n00:00:00,000 --> 00:00:09,000\nsecond",
    "first\r\nSPEAKER x 1 0 1 <NA> <NA> y <NA> <NA>",
    "\x1b]0;owned\x07\x1b[2J\x9b31m\x00",
    '=HYPERLINK("https://example.com/","click")',
    "half \ud800 of a pair \udfff",
    "\u202eevil\u202c \u2066hidden\u2069 \u2028\u2029",
    "{\\an8}{\\pos(0,0)}<b>bold</b> &lt;i&gt; &amp;",
    "$title ${script} {title} %s %(x)s",
    "",
    "   ",
    "\ufffe\uffff",
    "مرحبا 你好 👋🏽",
)


def said(speaker: Speaker, start_ms: int, end_ms: int, text: str, *, words: bool = True) -> Said:
    """Return a phrase whose words share its time."""
    side = "external" if speaker is CUSTOMER else "internal"
    parts = text.split() if words else []
    step = (end_ms - start_ms) // max(len(parts), 1)
    spoken = tuple(
        Word(part, start_ms + number * step, start_ms + (number + 1) * step, 0.5)
        for number, part in enumerate(parts)
    )
    phrase = Phrase(
        "run", 0, side, side, start_ms, end_ms, text, "", 0.5, None, "en-us", words=spoken
    )
    return Said(phrase, speaker)


def worded(speaker: Speaker, words: Sequence[Word]) -> Said:
    """Return a phrase of these words."""
    side = "external" if speaker is CUSTOMER else "internal"
    return Said(Phrase("run", 0, side, side, 0, 9, "", "", None, None, None, tuple(words)), speaker)


def turn(speaker: Speaker, start_ms: int, end_ms: int) -> Turn:
    side = "external" if speaker is CUSTOMER else "internal"
    return Turn(side, speaker, start_ms, end_ms, 1, 3, 0.5)


def event(kind: str, start_ms: int, end_ms: int | None) -> SpeechEvent:
    return SpeechEvent(kind, "conversation", None, start_ms, end_ms)


def recording(
    phrases: Sequence[Said] = (),
    turns: Sequence[Turn] = (),
    id_: str = FIRST,
    after_ms: int = 0,
    heard: Sequence[Turn] = (),
    **more: object,
) -> SpokenRecording:
    """Return a recording of a minute in stereo, so long after the first."""
    path = f"audio/date=2026-01-31/{CONVERSATION}/{id_}.wav"
    found = SpokenRecording(
        id=id_,
        communication_id=None,
        start=START + timedelta(milliseconds=after_ms),
        files=(SoundFile(1, path, "wav", 2, 60_000, "0" * 64),),
        said=tuple(phrases),
        turns={"transcript": tuple(turns), "audio": tuple(heard)},
    )
    return replace(found, **more)  # type: ignore[arg-type]


def conversation(*recordings: SpokenRecording, **more: object) -> SpokenConversation:
    found = SpokenConversation(
        id=CONVERSATION,
        day="2026-01-31",
        start=START,
        direction="inbound",
        queue_name="Sales",
        ani="+15550000001",
        dnis="+15550000002",
        names={ANNA: "Anna A.", BERT: "Bert B."},
        recordings=recordings,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def hostile() -> SpokenConversation:
    """Return a conversation in which everything that is a text means harm."""
    phrases = [said(AGENT, n * 1_000, n * 1_000 + 900, text) for n, text in enumerate(HOSTILE)]
    turns = [turn(AGENT, n * 1_000, n * 1_000 + 900) for n in range(len(HOSTILE))]
    strange = Speaker("\x1b[31m<i>\n", None, is_ambiguous=False)
    phrases += [said(strange, -500, -900, text) for text in HOSTILE]
    turns.append(turn(strange, -500, -900))
    names = {ANNA: HOSTILE[0] + HOSTILE[6] + "\n"}
    made = recording(phrases, turns, events=(event(HOSTILE[1], 0, None), event("hold", 0, None)))
    return conversation(made, names=names, queue_name=HOSTILE[1], ani=HOSTILE[6])
