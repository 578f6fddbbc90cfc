"""The page of a conversation, read by a parser of HTML that is not ours."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from recordings_pipeline.core.page import MOST_ROWS, Look, Shown, Sound, page
from recordings_pipeline.core.spoken import SpokenConversation
from tests.spoken import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    EITHER,
    HOSTILE,
    SECOND,
    conversation,
    event,
    hostile,
    recording,
    said,
    turn,
)

LOOK = Look(
    '<meta http-equiv="Content-Security-Policy" content="$policy"><title>$title</title>'
    "<h1>$heading</h1><p>$facts</p>$recordings<style>$style</style><script>$script</script>",
    "b { color: red }\n",
    "start();\n",
)
INERT = {"bdi", "button", "div", "h1", "h2", "li", "meta", "ol", "p", "section", "small", "span",
         "style", "time", "title", "ul", "audio", "script", "svg"}  # fmt: skip


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text inside each kind."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.tags if name == tag)


def read(
    made: SpokenConversation, sounds: tuple[Sound, ...] = (), source: str | None = None
) -> Reader:
    shown = [Shown(found, "<svg></svg>", sounds) for found in made.recordings]
    return Reader(page(made, shown, LOOK, source))


def rows(found: Reader) -> list[str]:
    """Return the text of what can be clicked, in order."""
    return [text for tag, text in found.texts if tag == "bdi" and text]


def test_phrases_can_be_clicked_and_say_who_spoke_when() -> None:
    phrases = [said(AGENT, 0, 900, "good day"), said(CUSTOMER, 61_500, 62_000, "hi")]

    found = read(conversation(recording(phrases)), (Sound("data:audio/wav;base64,AA==", 0),))

    assert [button["data-ms"] for button in found.of("button")] == ["0", "61500"]
    assert rows(found)[2:] == ["Anna A.", "good day", "Customer", "hi"]
    assert [text for tag, text in found.texts if tag == "time"] == ["0:00", "1:01"]
    assert [button["tabindex"] for button in found.of("button")] == ["0", "-1"]
    assert [sound["data-from"] for sound in found.of("audio")] == ["0"]


def test_what_happened_between_and_at_once_is_marked() -> None:
    phrases = [
        said(AGENT, 0, 3_000, "a"),
        said(CUSTOMER, 2_000, 3_000, "b"),
        said(EITHER, 10_000, 11_000, "c"),
    ]
    turns = [turn(one.speaker, one.phrase.start_ms, one.phrase.end_ms) for one in phrases]
    made = recording(phrases, turns, events=(event("hold", 20_000, 30_000),))

    texts = [text.strip() for tag, text in read(conversation(made)).texts if tag in ("li", "span")]

    told = [text for text in texts if text in
            ("both speak", "7 s silence", "unsure", "on hold 10 s")]  # fmt: skip
    assert told == ["both speak", "both speak", "7 s silence", "unsure", "on hold 10 s"]


def test_several_recordings_are_on_one_page() -> None:
    first = recording([said(AGENT, 0, 900, "one")])
    second = recording([said(COLLEAGUE, 0, 900, "two")], id_=SECOND, after_ms=65_000)

    found = read(conversation(first, second))

    assert [text for tag, text in found.texts if tag == "h2"] == [
        "Recording 1 of 2", "Recording 2 of 2"
    ]  # fmt: skip
    assert "begins 1:05 after the first" in {text for _, text in found.texts}


def test_turns_stand_for_phrases_where_nothing_was_transcribed_or_the_audio_is_asked_for() -> None:
    heard = [turn(AGENT, 0, 900), turn(CUSTOMER, 5_000, 6_000)]
    both = conversation(recording([said(AGENT, 0, 900, "a")], heard=heard))

    assert len(list(read(conversation(recording(heard=heard))).of("button"))) == 2
    assert len(list(read(both).of("button"))) == 1
    assert len(list(read(both, source="audio").of("button"))) == 2


def test_the_policy_allows_our_own_script_and_style_and_nothing_from_elsewhere() -> None:
    shown = [Shown(found, "", ()) for found in conversation(recording()).recordings]
    text = page(conversation(recording()), shown, LOOK)

    (policy,) = re.findall('content="(default-src[^"]*)"', text)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["media-src"] == "data: file: 'self'"
    for name, tag in (("script-src", "script"), ("style-src", "style")):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"


def test_hostile_words_are_text_and_nothing_else() -> None:
    found = read(hostile(), (Sound('"><script>alert(1)</script>', 0),))

    assert {tag for tag, _ in found.tags} <= INERT
    assert [tag for tag, _ in found.tags].count("script") == 1
    names = {name for _, attributes in found.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "href")]
    assert HOSTILE[0] in rows(found)
    assert HOSTILE[11] in rows(found)
    text = "".join(text for _, text in found.texts)
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]", text) == []


@pytest.mark.parametrize(
    ("count", "shown", "note"),
    [(MOST_ROWS, MOST_ROWS, 0), (200_000, MOST_ROWS, 1)],
    ids=["all of it", "its beginning"],
)
def test_a_page_shows_as_much_as_a_browser_can_and_says_so(
    count: int, shown: int, note: int
) -> None:
    phrases = [said(AGENT, n, n + 1, "x", words=False) for n in range(count)]
    made = conversation(recording(phrases))

    text = page(made, [Shown(made.recordings[0], "", ())], LOOK)

    assert text.count("<button") == shown
    assert text.count("180,000 more: export-transcript has all") == note
