"""The report on trust says what is wrong, and does not take silence for success."""

from dataclasses import replace

import pytest

from tests.trust_report import Kind, Result, costs, problems, rendered, results_in

KINDS = (
    Kind("mutants", frozenset({"caught"}), frozenset({"no fsync", "no If-Range"})),
    Kind("power cuts", excused=frozenset({"skipped"})),
)
FSYNC = Result("mutants", "no fsync", "caught", "tests/a.py::test[x|y]")
RANGE = Result("mutants", "no If-Range", "caught")
FAILED = Result("failed test", "tests/b.py::test", "failed", "in its call")
CUTS = Result("power cuts", "ext4", "passed", "seed 1", 50)
SKIPPED = Result("power cuts", "ext4", "skipped", "mounting an image needs root")


def test_what_is_as_it_has_to_be_is_no_problem() -> None:
    assert problems([FSYNC, RANGE, CUTS], KINDS) == []
    assert "Not tried here" not in rendered([FSYNC, RANGE, CUTS], "today", KINDS)


def test_what_a_machine_cannot_try_is_no_problem_and_stands_beside_them() -> None:
    assert problems([FSYNC, RANGE, SKIPPED], KINDS) == []
    told = "**Not tried here: 1**\n\n- power cuts: ext4: mounting an image needs root\n"
    assert told in rendered([FSYNC, RANGE, SKIPPED], "today", KINDS)


@pytest.mark.parametrize(
    ("results", "problem"),
    [
        ([FSYNC, CUTS], "mutants: no If-Range: was not tried"),
        ([FSYNC, RANGE], "power cuts: 0 results, of 1 at least"),
        ([FSYNC, RANGE, replace(SKIPPED, detail="")], "power cuts: ext4: skipped"),
        ([FSYNC, RANGE, replace(SKIPPED, outcome="not tried")], "power cuts: ext4: not tried"),
        (
            [FSYNC, Result("mutants", "no If-Range", "survived"), CUTS],
            "mutants: no If-Range: survived",
        ),
        (
            [
                FSYNC,
                RANGE,
                CUTS,
                Result("failed test", "tests/b.py::test", "failed", "in its call"),
            ],
            "tests/b.py::test: failed in its call",
        ),
    ],
    ids=[
        "a name is absent",
        "a kind is absent",
        "nobody says why",
        "it could be tried",
        "one ended otherwise",
        "a test failed",
    ],
)
def test_what_is_wrong_or_was_not_tried_is_named(results: list[Result], problem: str) -> None:
    assert problems(results, KINDS) == [problem]
    assert f"**Problems: 1**\n\n- {problem}\n" in rendered(results, "today", KINDS)


def test_nothing_at_all_is_a_problem_of_every_kind() -> None:
    assert len(problems([])) > 100
    assert "| canaries | 0 | 0 | NOT TRIED |" in rendered([], "today")


def test_a_report_counts_results_and_trials_and_shows_each() -> None:
    text = rendered([FSYNC, RANGE, SKIPPED], "today", KINDS)

    assert "| mutants | 2 | 2 | 2 caught |\n" in text
    assert "| power cuts | 1 | 0 | 1 skipped (mounting an image needs root) |\n" in text
    assert (
        "\n## Mutants\n\n| which | how it ended | |\n|---|---|---|\n| no fsync | caught |" in text
    )
    assert "tests/a.py::test[x\\|y]" in text
    assert "| power cuts | 1 | 50 | 1 passed |\n" in rendered([CUTS], "today", KINDS)


def test_what_two_processes_recorded_is_one_result_and_numbers_are_in_order() -> None:
    lines = [
        f'{{"kind": "faults", "name": "{name}", "outcome": "passed", "detail": "", "count": 1}}'
        for name in ("N10 x", "N2 x", "N10 x")
    ]

    assert [one.name for one in results_in("\n".join(lines))] == ["N2 x", "N10 x"]


def test_what_a_benchmark_prints_is_read() -> None:
    said = (
        f"{'1 process: state and event, each alone, events/s':<56}{'1,234':>12}\n"
        f"{'overhead, percent':<56}{'4.2':>12}  yes\n"
        "target of 100,000 events verified in 10 s: NO\n"
        "\n"
    )

    assert costs(said) == [
        Result("costs", "1 process: state and event, each alone, events/s", "measured", "1,234"),
        Result("costs", "overhead, percent", "met", "4.2"),
        Result("costs", "target of 100,000 events verified in 10 s", "missed"),
    ]
