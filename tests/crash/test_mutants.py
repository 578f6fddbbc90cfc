"""The tests bite: whoever makes the package subtly wrong is told so."""

from pathlib import Path

import pytest

from tests.crash.mutants import MUTANTS, Mutant, outcome
from tests.crash.processes import ROOT
from tests.trust_results import record

_TESTS_FAILED = 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_a_mutant_changes_stands_in_the_package_once(mutant: Mutant) -> None:
    text = (ROOT / "recordings_pipeline" / mutant.file).read_text()

    assert text.count(mutant.before) == 1


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    code, said = outcome(mutant, mutant.tests, mutant.chosen, tmp_path)

    assert code == _TESTS_FAILED, said
    caught_by = next(line for line in said.splitlines() if line.startswith("FAILED "))
    record("mutants", mutant.name, "caught", caught_by.partition(" - ")[0].removeprefix("FAILED "))


@pytest.mark.slow
@pytest.mark.parametrize("tests", sorted({(one.tests, one.chosen) for one in MUTANTS}), ids=str)
def test_without_a_mutant_the_same_tests_pass(tests: tuple[str, str], tmp_path: Path) -> None:
    code, said = outcome(None, *tests, tmp_path)

    assert code == 0, said
