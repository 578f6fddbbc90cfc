"""Whatever goes wrong, an export ends as the table says, and every invariant holds."""

import ast
from collections.abc import Generator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import pytest

from tests.faults.case import Played, Shown
from tests.faults.scene import SIGNATURE, Scene
from tests.faults.table import DOCUMENT, FAULTS, LEFT, PLAYED, SHOWN, document
from tests.hostile.cases import CASES
from tests.trust_results import record

ROOT = Path(__file__).parents[2]
ALL, LEAST = 127, 90


@pytest.fixture
def scene(tmp_path: Path) -> Generator[Scene]:
    with ExitStack() as stack:
        yield Scene(tmp_path, stack)


def _parameter(fault: Played) -> object:
    marks = [pytest.mark.slow] if fault.is_slow else []
    return pytest.param(fault, id=f"{fault.number} {fault.name}", marks=marks)


@pytest.mark.parametrize("fault", [_parameter(fault) for fault in PLAYED])
def test_a_fault_ends_as_the_table_says_and_breaks_no_invariant(
    fault: Played, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "recordings_pipeline")

    fault.play(scene)

    told = "\n".join(scene.told)
    broken = scene.violations()
    assert tuple(scene.ends) == fault.ends, told
    assert fault.told in told
    assert SIGNATURE not in told + caplog.text
    assert {violation.invariant for violation in broken} == fault.breaks, broken
    assert bool(scene.wrong_files()) == ("I1" in fault.breaks)
    record("faults", f"{fault.number} {fault.name}", "passed", " → ".join(fault.ends))


@pytest.mark.parametrize("fault", SHOWN, ids=lambda fault: fault.number)
def test_what_other_tests_show_is_still_shown_by_them(fault: Shown) -> None:
    for test in fault.tests:
        file, _, name = test.partition("::")
        function, _, case = name.partition("[")
        assert function in functions_in(file)
        assert not case or case.removesuffix("]") in CASES
    record("faults", f"{fault.number} {fault.name}", "shown", ", ".join(fault.tests))


@lru_cache
def functions_in(file: str) -> frozenset[str]:
    """Return the names of a file's functions, without importing what it needs."""
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_fault_is_in_the_table_once_and_most_have_a_test() -> None:
    numbers = [fault.number for fault in FAULTS]

    assert len(numbers) == len(set(numbers)) == ALL
    assert len(PLAYED) + len(SHOWN) >= LEAST
    assert all(fault.why for fault in LEFT)
    for fault in LEFT:
        record("faults", f"{fault.number} {fault.name}", "left out", fault.why)


def test_the_document_is_the_table() -> None:
    assert DOCUMENT.read_text() == document()
