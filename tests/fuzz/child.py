"""Runs one target under a fuzzer that watches which lines are reached, in a process of its own.

``python -m tests.fuzz.child TARGET EXECUTIONS CORPUS``: the corpus is read, and grows. Ends with a
code that is not 0, and the traceback on standard error, when the target raises.
"""

import random
import sys

import atheris

with atheris.instrument_imports(include=["recordings_pipeline"]):
    from tests.fuzz.targets import TARGETS
from tests.fuzz.bending import bent

# As many as the fuzzer's own keep its way into bytes; the others keep JSON whole.
_SHARE_BENT = 0.5


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Change an input: its bytes, or, where it is JSON, what it says."""
    chance = random.Random(seed)
    if data and chance.random() < _SHARE_BENT:
        return bent(data, chance.randrange)[:most]
    return bytes(atheris.Mutate(data, most))


def main() -> None:
    """Fuzz."""
    name, executions, corpus = sys.argv[1:]
    limits = [f"-runs={executions}", "-seed=1", "-max_len=65536", "-timeout=10"]
    # An input that breaks the target is kept beside the corpus.
    options = [*limits, "-verbosity=0", f"-artifact_prefix={corpus}/"]
    atheris.Setup([sys.argv[0], *options, corpus], TARGETS[name], custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
