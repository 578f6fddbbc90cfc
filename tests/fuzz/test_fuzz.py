"""No parser of ours falls over bytes that somebody else wrote."""

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.bending import bent
from tests.fuzz.found import FOUND
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS
from tests.trust_results import record

ROOT = Path(__file__).parents[2]
# Names how often a target is run under the fuzzer; a release takes 300,000.
VARIABLE = "RECORDINGS_FUZZ_EXECUTIONS"
EXECUTIONS = int(os.environ.get(VARIABLE, "20000"))
EXAMPLES, SWEEP_EXAMPLES = 60, 2_000
# Of the answers there are many kinds; a record is a file, which costs a millisecond.
_FEW = {"records": 20, "transcripts": 40, "api_replies": 150}
EVERY = pytest.mark.parametrize("name", TARGETS)


def run(name: str, examples: int) -> None:
    """Run a target on what it is meant to read, on that bent, and on noise."""
    good = seeds(name)
    for seed in good:
        TARGETS[name](seed)

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32), st.binary(max_size=200))
    def tried(number: int, noise: bytes) -> None:
        chance = random.Random(number)
        seed = good[chance.randrange(len(good))]
        TARGETS[name](bent(seed, chance.randrange))
        TARGETS[name](noise)

    tried()
    record("fuzz: hypothesis", name, "passed", f"{2 * examples:,} examples", 2 * examples)


@EVERY
def test_what_is_nearly_right_and_what_is_noise_is_read_or_refused(name: str) -> None:
    run(name, _FEW.get(name, EXAMPLES))


@pytest.mark.parametrize(
    ("target", "data"), [pytest.param(name, data, id=f"{name}: {why}") for name, why, data in FOUND]
)
def test_what_a_parser_once_fell_over_is_read_or_refused(target: str, data: bytes) -> None:
    TARGETS[target](data)


@pytest.mark.slow
@EVERY
def test_of_thousands_none_is_a_surprise(name: str) -> None:
    run(name, SWEEP_EXAMPLES)


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed: extra [fuzz]"
)
@EVERY
def test_a_fuzzer_that_sees_which_lines_are_reached_finds_nothing(
    name: str, tmp_path: Path
) -> None:
    for number, seed in enumerate(seeds(name)):
        (tmp_path / str(number)).write_bytes(seed)
    command = [sys.executable, "-m", "tests.fuzz.child", name, str(EXECUTIONS), str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    said = [line for line in ended.stderr.splitlines() if not line.startswith(("INFO", "WARN"))]
    assert ended.returncode == 0, "\n".join(said)[-4_000:] + ended.stdout[-1_000:]
    corpus = len(list(tmp_path.iterdir()))
    told = f"{EXECUTIONS:,} executions, {corpus} inputs kept"
    record("fuzz: atheris", name, "passed", told, EXECUTIONS)
