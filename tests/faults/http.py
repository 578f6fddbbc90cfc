"""Faults of HTTP: ranges, lengths, statuses, pages."""

from recordings_pipeline.core import layout
from recordings_pipeline.storage.part_file import PartFile
from tests.faults.case import Fault, Play, Played, Shown, of
from tests.faults.playing import each, fault, named, plan
from tests.faults.scene import AUDIO, INDEX, Scene
from tests.hostile.answers import answer
from tests.hostile.server import Script, Turn

_CUT = fault("media", cut=0.5, how="reset", times=1)


def held(more: bytes, *, is_whole: bool) -> Play:
    """Export where an earlier run left a part: all of the file, or noise as long as it.

    Args:
        more: What lies behind it.
        is_whole: Whether the part is the file.
    """

    def play(scene: Scene) -> None:
        source = scene.source(calls=1)
        export = scene.export(source)
        scene.run(export, INDEX)
        (id_,) = source.world.calls(scene.day.date)[0].recordings
        content = source.media(id_.id)
        kept = (content if is_whole else bytes(len(content))) + more
        with PartFile(export.home.path(layout.PARTS), id_.id) as part:
            part.begin(0, len(content), source.content(id_.id).etag)
            part.append(kept)
        sent = source.traffic.media_bytes
        scene.run(export, AUDIO)
        moved = source.traffic.media_bytes - sent
        scene.say("nothing is sent again" if moved == 0 else "the file is sent again")

    return play


def from_host(script: Script) -> Play:
    """Export one recording whose link leads to a raw socket."""

    def play(scene: Scene) -> None:
        scene.source(calls=1)
        scene.run(scene.export(scene.media(script)))

    return play


def senseless(body: str, content_type: str = "application/json") -> Play:
    """Export from a source that answers every question, that for a token too, with the same."""
    return plan(fault("login|api", status=200, body=body, content_type=content_type))


two_lengths = Turn(answer(200, "Content-Type: audio/wav", "Content-Length: 5",
                          "Content-Length: 7", body=b"RIFF-----"))  # fmt: skip

PAGE = "<html>Sign in, please.</html>"

FAULTS: list[Fault] = [
    Played(
        number="W1", name="200 with the whole file where its rest was asked for",
        how="files are cut in half, then Range is ignored",
        play=plan(_CUT + named("ignored-range")), ends=("3 exported",),
    ),
    Played(
        number="W2", name="206 with another range than was asked for",
        how="files are cut in half, then the wrong bytes are sent, once",
        play=plan(_CUT + named("wrong-range")), ends=("3 exported",),
    ),
    Played(
        number="W3", is_slow=True, name="416, as all of it is here already",
        how="an earlier run left the whole file as a part",
        play=held(b"", is_whole=True), ends=("1 discovered", "1 exported", "nothing is sent again"),
    ),
    Played(
        number="W4", name="416, as what is here is longer than the file, or noise",
        how="an earlier run left the file and 100 bytes more as a part",
        play=held(bytes(100), is_whole=True),
        ends=("1 discovered", "1 exported", "the file is sent again"),
    ),
    Played(
        number="W5", is_slow=True, name="The file changes between two attempts",
        how="files are cut in half, then have another ETag each time",
        play=plan(_CUT + named("changed-etag")), ends=("3 exported",),
    ),
    Played(
        number="W6", is_slow=True, name="More bytes come than were announced",
        how="the Content-Length is too small, once, then always",
        play=each(plan("length-too-short"), plan(named("length-too-short", times=0))),
        ends=("3 exported", "3 quarantined"),
        told="the RIFF header announces 66122 bytes, the file has 65122",
    ),
    Played(
        number="W7", is_slow=True, name="Two lengths that differ",
        how="two Content-Length headers, each time",
        play=from_host([two_lengths]), ends=("1 retry",), told="no byte of it arrived",
    ),
    Played(
        number="W8", name="A file, or an answer, that unpacks to a thousand times its size",
        how="gzip of 256 MB of zeros for every file, then for every answer",
        play=each(plan("gzip-bomb", calls=1), plan("json-bomb")), ends=("1 retry", "fails"),
        told="the answer unpacks to more than 128 MB", is_slow=True,
    ),
    Played(
        number="W9", is_slow=True, name="A page instead of a recording, with status 200",
        how="HTML for every file",
        play=plan("html-media"), ends=("3 retry",), told="html instead of a recording",
    ),
    Played(
        number="W10", name="A redirect to somewhere else",
        how="302 to another port for every file",
        play=plan("redirect"), ends=("3 retry",), told="unexpected HTTP status 302",
    ),
    Shown(
        number="W11", name="429 with seconds, a date, nothing, nonsense, hours",
        tests=of("genesys/test_attempts",
                "test_nobody_asks_again_before_the_time_that_the_server_named",
                "test_a_time_may_be_named_as_a_date",
                "test_a_refusal_for_the_rate_that_names_no_time_is_waited_out_for_five_seconds"),
        ends="waited out, and never asked again too early; two minutes at most",
    ),
    Shown(
        number="W12", name="429 for minutes",
        tests=of("genesys/test_attempts",
                "test_an_allowance_that_stays_used_up_is_an_error_in_the_end",
                "test_a_refusal_for_the_rate_holds_back_every_thread"),
        ends="all threads wait together, then the day fails",
        told="rate limit reached, retry in",
    ),
    Played(
        number="W13", name="A server that fails and then works",
        how="500, 502, 503 and 504 for each question, then the answer",
        play=plan("server-error,bad-gateway,unavailable,gateway-timeout"), ends=("3 exported",),
        is_slow=True,
    ),
    Played(
        number="W14", is_slow=True, name="The media host asks to slow down",
        how="503 SlowDown for each file, once",
        play=plan("slow-down"), ends=("3 exported",),
    ),
    Played(
        number="W15", is_slow=True, name="A batch is refused because of one of its items",
        how="400 for each request for files that names one of them, then for every request",
        play=each(plan(pinned={1: "refused"}), plan(fault("submit", status=400))),
        ends=("2 exported, 1 retry", "fails"),
        told="the source refuses every request for its file: HTTP 400",
    ),
    Played(
        number="W16", name="A batch is too large",
        how="413 for every request for files",
        play=plan(fault("submit", status=413)), ends=("fails",),
        told="POST /api/v2/recording/batchrequests: unexpected HTTP status 413",
    ),
    Played(
        number="W17", name="The store has no such file",
        how="404 NoSuchKey for every file",
        play=plan("gone"), ends=("3 missing",), told="deleted at the source",
    ),
    Played(
        number="W18", is_slow=True, name="A gateway answers with its own page",
        how="HTML for each question, once with 502 and once with 200, then for good",
        play=each(plan("bad-gateway,html-200"), senseless(PAGE, "text/html")),
        ends=("3 exported", "fails"),
        told="POST /oauth/token: text/html of 29 bytes came instead of JSON",
    ),
    Played(
        number="W19", name="An answer that says nothing, or another thing",
        how="an empty body, null, and a list, with status 200",
        play=each(*map(senseless, ("", "null", "[]"))), ends=("fails", "fails", "fails"),
        told="application/json of 0 bytes came instead of JSON",
    ),
]  # fmt: skip
