"""How a fault plan is written down, and what is said of a wrong one."""

from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.simulator.fault_plans import BadPlan, plan_from, plan_of
from recordings_pipeline.simulator.faults import Act, Cut, Drip, Replace, When

ONCE = When(times=1)


@pytest.mark.parametrize(
    ("text", "whens"),
    [
        ("", []),
        (" , ,", []),
        ("cut-bodies", [("cut-bodies", ONCE)]),
        ("gone", [("gone", When())]),
        ("cut-bodies:0.05", [("cut-bodies", When(share=0.05, times=1))]),
        ("cut-bodies:1", [("cut-bodies", ONCE)]),
        ("cut-bodies:0", [("cut-bodies", When(share=0, times=1))]),
        ("cut-bodies/20", [("cut-bodies", When(every=20))]),
        ("cut-bodies@3", [("cut-bodies", When(numbers=(3,)))]),
        ("late-data", [("late-recordings", ONCE), ("late-transcripts", ONCE)]),
        (
            "late-data/7",
            [("late-recordings", When(every=7)), ("late-transcripts", When(every=7))],
        ),
        (" gone , hang@2 ", [("gone", When()), ("hang", When(numbers=(2,)))]),
        ("gone@1,gone@3", [("gone", When(numbers=(1,))), ("gone", When(numbers=(3,)))]),
    ],
)
def test_a_plan_is_names_and_numbers(text: str, whens: list[tuple[str, When]]) -> None:
    assert [(fault.name, fault.when) for fault in plan_from(text)] == whens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("late-dta", ["'late-dta'", "late-data"]),
        ("gone,cut_bodies", ["'cut_bodies'"]),
        ("gone:much", ["gone:much", "'much'"]),
        ("gone:", ["gone:", "''"]),
        ("gone:1.5", ["gone", "share", "1.5"]),
        ("gone:-0.1", ["gone", "share", "-0.1"]),
        ("gone:nan", ["gone", "share", "nan"]),
        ("gone/0", ["gone", "every", "0"]),
        ("gone/-1", ["gone", "every", "-1"]),
        ("gone/0.5", ["gone", "every", "0.5", "1"]),
        ("gone/1.5", ["gone", "every", "1.5", "whole"]),
        ("gone/inf", ["gone", "every", "inf"]),
        ("gone@0", ["gone", "numbers", "0"]),
        ("gone@1e400", ["gone", "numbers", "inf"]),
        ("gone:0.5/2", ["gone:0.5/2", "'0.5/2'"]),
        (":0.5", ["''"]),
        ("missing.toml", ["missing.toml", "No such file"]),
    ],
)
def test_a_wrong_plan_is_refused_naming_the_word(text: str, words: list[str]) -> None:
    with pytest.raises(BadPlan) as refused:
        plan_from(text)

    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("entry", "act", "when"),
    [
        ({"status": 503}, Replace(503), When()),
        (
            {"status": 429, "retry_after": 7, "body": "wait", "content_type": "text/plain"},
            Replace(429, b"wait", "text/plain", {"Retry-After": "7"}),
            When(),
        ),
        (
            {"status": 429, "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"},
            Replace(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
            When(),
        ),
        ({"status": 302, "location": "/x"}, Replace(302, headers={"Location": "/x"}), When()),
        ({"cut": 0.5}, Cut(0.5, "reset"), When()),
        ({"cut": 1, "how": "close"}, Cut(1, "close"), When()),
        ({"cut": 0, "how": "hang", "every": 2}, Cut(0, "hang"), When(every=2)),
        ({"bytes_per_s": 100, "times": 3}, Drip(100), When(times=3)),
        ({"status": 500, "share": 0.5}, Replace(500), When(share=0.5)),
        ({"status": 500, "numbers": [1, 3]}, Replace(500), When(numbers=(1, 3))),
    ],
)
def test_an_entry_says_what_happens_and_when(entry: dict[str, Any], act: Act, when: When) -> None:
    (fault,) = plan_of([{"route": "media|transcript", **entry}])

    assert (fault.routes, fault.act, fault.when) == (("media", "transcript"), act, when)


def test_entries_that_do_different_things_are_counted_apart() -> None:
    acts: list[dict[str, Any]] = [
        {"status": 503}, {"status": 500}, {"cut": 1}, {"cut": 0.5}, {"bytes_per_s": 9}
    ]  # fmt: skip

    names = [fault.name for fault in plan_of([{"route": "poll", **act} for act in acts])]

    assert names == [
        "poll 503", "poll 500", "poll reset after 1", "poll reset after 0.5", "poll 9 bytes/s",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (3, ["list"]),
        ({"name": "gone"}, ["list"]),
        (["gone"], ["'gone'", "neither name nor route"]),
        ([{}], ["route"]),
        ([{"name": "goen"}], ["'goen'", "gone"]),
        ([{"name": ["gone"]}], ["['gone']"]),
        ([{"name": "gone", "shaer": 0.5}], ["gone", "shaer"]),
        ([{"name": "gone", "status": 500}], ["gone", "status"]),
        ([{"name": "gone", "share": "0.5"}], ["gone", "share", "'0.5'"]),
        ([{"name": "gone", "every": True}], ["gone", "every", "True"]),
        ([{"name": "gone", "numbers": 3}], ["gone", "numbers", "3", "list"]),
        ([{"name": "gone", "numbers": []}], ["gone", "numbers", "list"]),
        ([{"name": "gone", "numbers": [1, "x"]}], ["gone", "numbers", "'x'"]),
        ([{"name": "gone", "times": -1}], ["gone", "times", "-1"]),
        ([{"name": "gone"}, {"name": "hang", "times": 0.5}], ["hang", "times", "0.5"]),
        ([{"route": "detials", "status": 500}], ["'detials'", "details"]),
        ([{"route": 5, "status": 500}], ["route", "5"]),
        ([{"route": "media|", "status": 500}], ["''", "route"]),
        ([{"route": "media"}], ["status", "cut", "bytes_per_s"]),
        ([{"route": "media", "status": 500, "cut": 1}], ["'status'", "'cut'"]),
        ([{"route": "media", "status": "500"}], ["status", "'500'"]),
        ([{"route": "media", "status": 100}], ["status", "100", "200"]),
        ([{"route": "media", "status": 500, "how": "reset"}], ["status", "how"]),
        ([{"route": "media", "status": 500, "boddy": "x"}], ["status", "boddy"]),
        ([{"route": "media", "status": 500, "retry_after": "1\r\nX: y"}], ["retry_after", "X: y"]),
        ([{"route": "media", "cut": -1}], ["cut", "-1"]),
        ([{"route": "media", "cut": 1, "how": "sideways"}], ["how", "'sideways'", "close"]),
        ([{"route": "media", "bytes_per_s": 0}], ["bytes_per_s", "0"]),
        ([{"route": "media", "status": 500, "every": 0}], ["media 500", "every", "0"]),
    ],
)
def test_a_wrong_entry_is_refused_naming_the_word(entries: object, words: list[str]) -> None:
    with pytest.raises(BadPlan) as refused:
        plan_of(entries)

    assert [word for word in words if word not in str(refused.value)] == []


def test_a_file_holds_entries(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(
        '[[fault]]\nname = "cut-bodies"\nshare = 0.05\n'
        '[[fault]]\nroute = "details|poll"\nstatus = 503\nretry_after = 2\nnumbers = [2, 5]\n'
    )

    first, second = plan_from(str(path))

    assert (first.name, first.when) == ("cut-bodies", When(share=0.05, times=1))
    assert second.routes == ("details", "poll")
    assert second.act == Replace(503, headers={"Retry-After": "2"})
    assert second.when == When(numbers=(2, 5))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[fault]\n", ["plan.toml"]),
        ("", ["plan.toml", "[[fault]]"]),
        ('[[faults]]\nname = "gone"\n', ["plan.toml", "faults"]),
        ('fault = "gone"\n', ["list"]),
        ('seed = 1\n[[fault]]\nname = "gone"\n', ["plan.toml", "seed"]),
        ('[[fault]]\nname = "goen"\n', ["'goen'"]),
    ],
)
def test_a_wrong_file_is_refused_naming_the_word(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text)

    with pytest.raises(BadPlan) as refused:
        plan_from(str(path))

    assert [word for word in words if word not in str(refused.value)] == []
