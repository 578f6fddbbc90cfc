"""Faults of what arrives: ids, JSON, sound, words."""

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Span
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.verify import verify
from tests.faults.case import Fault, Left, Play, Played, Shown, hostile, of
from tests.faults.http import from_host
from tests.faults.playing import each, plan
from tests.faults.scene import FETCHING, TRANSCRIPTS, Scene
from tests.hostile.answers import wav, whole

# What a WAV of mu-law has before its first sample.
HEADER = wav(1, size=0)


def flipped_at_rest(scene: Scene) -> None:
    """Export, flip a bit of a file, verify."""
    export = scene.export(scene.source())
    scene.run(export)
    path = min(export.home.path(layout.AUDIO).glob("date=*/*/*"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    faults = [fault for _, found in verify(archive_of(export), Span()) for fault in found.faults]
    scene.say(f"verify finds {len(faults)}", "; ".join(str(fault.reason) for fault in faults))


def hostile_words(scene: Scene) -> None:
    export = scene.export(scene.source(pinned={0: "hostile_text"}))
    scene.run(export, *FETCHING, TRANSCRIPTS)
    scene.say(scene.transcripts(export))


def announced(body: bytes) -> Play:
    return from_host([whole("Content-Type: audio/wav", body=body)])


FAULTS: list[Fault] = [
    Played(
        number="D1", name="Ids that are paths, commands, too long, or no text",
        how="one id of each kind in every answer", play=plan("hostile-ids"), ends=("fails",),
        told="is not a lower-case UUID",
    ),
    Played(
        number="D2", name="JSON that is none, or nested without end",
        how="a comma too much; 100,000 brackets",
        play=each(plan("malformed-json"), plan("deep-json")), ends=("fails", "fails"),
        told="is not valid JSON",
    ),
    Played(
        number="D3", name="A file without a byte, or with a header only",
        how="an empty body, then a WAV header", play=each(announced(b""), announced(HEADER)),
        ends=("1 retry", "1 quarantined"), told="an empty file", is_slow=True,
    ),
    Played(
        number="D4", is_slow=True, name="A file is announced as something else",
        how="application/pdf for every file", play=plan("wrong-type"), ends=("3 exported",),
    ),
    Shown(
        number="D5", name="A file of ten gigabytes",
        tests=hostile("A file larger than any recording is not begun"),
        ends="not begun", told="the host announced 5000000000 bytes",
    ),
    Left(
        number="D6", name="A bit flips on the wire",
        why="TLS finds it; without TLS, in a sample and not in a header, nobody can",
    ),
    Played(
        number="D7", is_slow=True, name="A bit flips on the disk after the export",
        how="in the middle of a file", play=flipped_at_rest,
        ends=("3 exported", "verify finds 1"), told="SHA-256 differs", breaks=frozenset({"I1"}),
    ),
    Played(
        number="D8", is_slow=True,
        name="Words that are commands for a terminal, a browser, a spreadsheet",
        how="a call whose transcript is full of them", play=hostile_words,
        ends=("3 exported", "3 transcribed"),
    ),
    Shown(
        number="D9", name="A transcript of 200,000 phrases, or with times that overlap",
        tests=of("core/test_transcript_file",
                "test_two_hundred_thousand_phrases_are_read",
                "test_every_entry_is_a_phrase_or_counted"),
        ends="read in bounded memory; what is odd is counted",
    ),
    Shown(
        number="D10", name="Times outside of any call",
        tests=of("core/test_transcript_file",
                "test_what_is_odd_is_repaired_and_told_by_its_path",
                "test_what_lies_after_the_end_of_the_recording_is_kept_and_told"),
        ends="repaired or kept, counted, and told by their path",
    ),
]  # fmt: skip
