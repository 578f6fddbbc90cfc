"""Every call that changes a file goes wrong, in every way; the next runs leave no trace of it."""

import os
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from recordings_pipeline.core.invariants.runs import Rerun, rerun_is_free
from tests.crash.faults import FAULTS, Fault
from tests.crash.scene import Say
from tests.crash.trials import Trial
from tests.trust_results import record

SEED = 3
# Of the calls of the slow run: 1 is every one, 5 every fifth.
STEP = int(os.environ.get("RECORDINGS_CRASH_STEP", "1"))


def swept(trial: Trial, fault: Fault, points: Iterable[int], calls: int) -> Counter[str]:
    """Try a fault at some calls; say which calls they were, and how the runs ended."""
    chance, found = random.Random(SEED), Counter[str]()
    for at in points:
        again_at = chance.randint(1, calls) if at % 2 else 0
        try:
            ended = trial.run(fault, at, again_at)
        except AssertionError as error:
            raise AssertionError(f"{fault.name} at call {at}, then at {again_at}") from error
        found[ended.hit.partition(" ")[0] or "none"] += 1
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_call_goes_wrong_and_nothing_is_lost_or_left(trial: Trial, fault: Fault) -> None:
    calls = trial.clean_calls()
    at = round((FAULTS.index(fault) + 0.5) * calls / len(FAULTS))

    found = swept(trial, fault, [at], calls)

    assert found["none"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_call_goes_wrong_and_nothing_is_lost_or_left(
    trial: Trial, fault: Fault, say: Say
) -> None:
    calls = trial.clean_calls()

    found = swept(trial, fault, range(1 + FAULTS.index(fault) % STEP, calls + 1, STEP), calls)

    text = ", ".join(f"{count} {name}" for name, count in found.most_common())
    trials = found.total()
    say(f"{fault.name}: {trials} of {calls} calls, second crash at every other; {text}")
    assert found["none"] < max(trials / 10, 1)
    told = f"{trials} of {calls} calls, 0 violations: {text}"
    record("crash points", fault.name, "passed", told, trials)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_whole_of_an_export_goes_wrong_at_every_seventh_call(
    trial: Trial, fault: Fault, say: Say
) -> None:
    whole = Trial(trial.server, trial.simulator, trial.data, is_core=False)
    calls = whole.clean_calls()

    found = swept(whole, fault, range(1 + FAULTS.index(fault), calls + 1, 7 * STEP), calls)

    text = ", ".join(f"{count} {name}" for name, count in found.most_common())
    say(f"whole export, {fault.name}: {found.total()} of {calls} calls; {text}")
    told = f"{found.total()} of {calls} calls, 0 violations: {text}"
    record("crash points of a whole export", fault.name, "passed", told, found.total())


def test_a_second_run_of_a_finished_day_is_free(trial: Trial) -> None:
    trial.clean_calls()
    before, files = trial.simulator.traffic, seen(trial.data)

    trial.clean_calls()

    after = trial.simulator.traffic
    changed = [name for name, was in seen(trial.data).items() if files.get(name) != was]
    run = Rerun(media_requests=after.media_requests - before.media_requests, changed=changed)
    assert list(rerun_is_free(run)) == []


def seen(data: Path) -> dict[str, tuple[int, int]]:
    """Return what is published: tables, audio, and the audit log."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for folder in ("audio", "tables", "raw")
        for path in (data / folder).rglob("*")
        if path.is_file()
    }
