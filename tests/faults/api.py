"""Faults of what the API means: pages, jobs, batches, states, transcripts."""

from datetime import timedelta
from functools import partial
from typing import Any

from tests.faults.case import Fault, Play, Played, Shown, of
from tests.faults.playing import each, fault, named, plan
from tests.faults.scene import AUDIO, FETCHING, INDEX, TRANSCRIPTS, Scene

UNASKED = "11111111-1111-4111-8111-111111111111"
CANARY = "https://media.example/a.wav?X-Amz-Signature=feedfacefeedface"


def between(path: str, change: Any, *stages: str, calls: int = 3) -> Play:  # noqa: ANN401
    """Export through somebody who changes answers below a path."""

    def play(scene: Scene) -> None:
        scene.source(calls=calls)
        scene.run(scene.export(scene.between(path, change)), *stages)

    return play


def one_more(answer: Any) -> Any:  # noqa: ANN401
    return answer | {"totalHits": answer["totalHits"] + 1} if "totalHits" in answer else answer


def without_total(answer: Any) -> Any:  # noqa: ANN401
    return {name: value for name, value in answer.items() if name != "totalHits"}


def without_anybody(answer: Any) -> Any:  # noqa: ANN401
    """Return a page whose conversations have nobody who takes part, as a null says."""
    found = answer.get("conversations") or ()
    return answer | {"conversations": [one | {"participants": None} for one in found]}


def without_last(answer: Any) -> Any:  # noqa: ANN401
    return answer | {"results": answer["results"][:-1]} if answer.get("results") else answer


def with_unasked(answer: Any) -> Any:  # noqa: ANN401
    found = answer.get("results") or []
    more = [{**found[0], "recordingId": UNASKED}] if found else []
    return answer | {"results": [*found, *more]}


def with_error_text(answer: Any) -> Any:  # noqa: ANN401
    for result in answer.get("results") or ():
        result.pop("resultUrl", None)
        result["errorMsg"] = f"could not fetch {CANARY}"
    return answer


def deleted_meanwhile(scene: Scene) -> None:
    """Index from a source, and fetch from one that has deleted a recording since."""
    before = scene.source()
    scene.run(scene.export(before), INDEX)
    after = scene.source(pinned={0: "deleted"})
    scene.run(scene.export(after), AUDIO)
    later = scene.export(after, clock=lambda: scene.later(25))
    scene.run(later)


def late_transcripts(scene: Scene) -> None:
    """Export a young day: what is absent may still come."""
    now = scene.day.end + timedelta(hours=2)
    source = scene.source("late-transcripts", now=now)
    for hours in (0, 10):
        instant = now + timedelta(hours=hours)
        export = scene.export(source, clock=partial(max, instant, instant))
        scene.run(export, *FETCHING, TRANSCRIPTS)
        scene.say(scene.transcripts(export))


def foreign_transcript(answer: Any) -> Any:  # noqa: ANN401
    """Lead every question for a transcript to the first one that was asked for."""
    _FIRST.extend(answer.get("urls", [])[:1])
    urls = [entry | {"url": _FIRST[0]["url"]} for entry in answer.get("urls", [])]
    return answer | {"urls": urls}


_FIRST: list[Any] = []

FAULTS: list[Fault] = [
    Played(
        number="P1", name="Pages repeat and skip, as the data move",
        how="a page repeats its first entry; another begins one too early",
        play=plan("duplicate-pages,shifting-pages"), ends=("3 exported",),
    ),
    Played(
        number="P2", name="The total is not what the pages add up to",
        how="one more is promised than comes; nothing is promised; conversations come with null in "
        "place of who took part; with null for every text",
        play=each(
            *(between("details/query", how) for how in (one_more, without_total, without_anybody)),
            plan("nulls"),
        ),
        ends=("fails",) * 4, told="tells of 0 of 3 recorded conversations that the source counts",
    ),
    Shown(
        number="P3", name="The next page is this one, for ever",
        tests=(
            *of("genesys/test_analytics",
                "test_a_cursor_that_repeats_is_an_error_and_not_a_loop"),
            *of("genesys/test_orphans",
                "test_a_listing_without_an_end_is_left"),
        ),
        ends="fails after the second time",
    ),
    Shown(
        number="P4", name="A day beyond the platform's cap",
        tests=of("genesys/test_analytics",
                "test_a_day_beyond_the_platforms_cap_is_read_in_parts",
                "test_a_crowd_in_every_part_is_an_error_and_not_a_loop"),
        ends="read in parts",
    ),
    Shown(
        number="P5", name="A recording turns up after its day was exported",
        tests=of("test_lookback",
                "test_what_is_planted_1_30_and_50_hours_after_the_day_comes_and_nothing_comes_twice"),
        ends="the look-back adds it; nothing else changes",
    ),
    Shown(
        number="P6", name="A job of the source fails or expires",
        tests=of("genesys/test_analytics",
                "test_a_job_that_comes_to_nothing_is_an_error"),
        ends="fails",
        told="details job",
    ),
    Played(
        number="P7", name="A batch is completed and lacks a result",
        how="the last result of a batch is left out",
        play=between("batchrequests/", without_last),
        ends=("2 exported, 1 forbidden",), told="left out of the batch without an error",
    ),
    Played(
        number="P8", name="A recording has two files",
        how="a call whose recording was cut in two", play=plan(pinned={0: "two_files"}),
        ends=("3 exported",), is_slow=True,
    ),
    Played(
        number="P9", name="A batch brings what nobody asked for",
        how="a recording in each batch that the metadata do not list",
        play=between("batchrequests/", with_unasked),
        ends=("3 exported",),
    ),
    Played(
        number="P10", name="An error text holds a signed link",
        how="each result of a batch is an error that quotes one",
        play=between("batchrequests/", with_error_text), ends=("3 retry",),
        told="the platform reported an error instead of a file",
    ),
    Played(
        number="P11", is_slow=True, name="Links are expired when they come",
        how="each link is signed until a second ago, once for each batch",
        play=plan(named("expired-urls", times=1)), ends=("3 retry",),
        told="its signed URLs expired",
    ),
    Played(
        number="P12", is_slow=True, name="A link expires in the middle of a file",
        how="the file is cut in half, then its link is refused",
        play=plan(fault("media", cut=0.5, how="close", numbers=[1])
                  + fault("media", status=403, numbers=[2]), calls=1),
        ends=("1 exported",),
    ),
    Played(
        number="P13", name="A new link leads to another version of the file",
        how="the file is cut in half, its link refused, and its ETag changes",
        play=plan(fault("media", cut=0.5, how="close", numbers=[1])
                  + fault("media", status=403, numbers=[2]) + named("changed-etag"), calls=1),
        ends=("1 exported",),
        is_slow=True,
    ),
    Played(
        number="P14", is_slow=True,
        name="Recordings that are archived, deleted, uploading, failed or restoring",
        how="one of each",
        play=plan(calls=6, pinned={0: "archived", 1: "deleted", 2: "uploading", 3: "failed",
                                   4: "restoring"}),
        ends=("2 exported, 2 missing, 2 deferred",), told="deleted at the source",
    ),
    Played(
        number="P15", is_slow=True, name="A recording is deleted between index and files",
        how="the source has deleted it when its file is asked for", play=deleted_meanwhile,
        ends=("3 discovered", "2 exported, 1 retry", "2 exported, 1 missing"),
        told="deleted at the source",
    ),
    Played(
        number="P16", is_slow=True,
        name="A transcript is not there yet", how="each is there the second time",
        play=late_transcripts,
        ends=("3 exported", "0 transcribed", "3 exported", "3 transcribed"),
    ),
    Played(
        number="P17", is_slow=True, name="A transcript of another conversation",
        how="every link leads to the same transcript",
        play=between("transcripturls", foreign_transcript, *FETCHING, TRANSCRIPTS),
        ends=("3 exported",), told="2 transcripts could not be fetched: run the day again",
    ),
    Played(
        number="P18", name="A request for files was made twice, as its answer was lost",
        how="the answer to each request is cut in half, once",
        play=plan(fault("submit", cut=0.5, how="close", times=1)), ends=("3 exported",),
        is_slow=True,
    ),
    Played(
        number="P19", name="Words and members of a later version of the API",
        how="new members everywhere, new words where there was a fixed list",
        play=plan("unknown-fields,unknown-enums"), ends=("3 exported",),
    ),
]  # fmt: skip
