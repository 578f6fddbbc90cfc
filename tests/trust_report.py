"""What the tests of trust find, by one command, as tables.

``python -m tests.trust_report`` runs them and prints Markdown; pytest talks on standard error. It
ends with 1 when anything was violated, survived or leaked, and when something was not tried at all.
``--from FILE`` renders the results of an earlier run, which ``--keep FILE`` has kept.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.crash.faults import FAULTS as CRASHES
from tests.crash.mutants import MUTANTS
from tests.faults.table import FAULTS
from tests.fuzz.targets import TARGETS
from tests.trust_results import VARIABLE

ROOT = Path(__file__).parents[1]
# Ten minutes on two cores; whoever has an hour sets them: 1000, 20000 and 1.
QUICK = {
    "RECORDINGS_KILLS": "100",
    "RECORDINGS_FUZZ_EXECUTIONS": "2000",
    "RECORDINGS_CRASH_STEP": "6",
}
_SUITES = (
    "tests/crash/test_mutants.py::test_a_mutant_is_caught",
    "tests/crash/test_kill.py",
    "tests/crash/test_power.py",
    "tests/crash/test_sweep.py",
    "tests/fuzz/test_fuzz.py::test_what_is_nearly_right_and_what_is_noise_is_read_or_refused",
    "tests/fuzz/test_fuzz.py::test_a_fuzzer_that_sees_which_lines_are_reached_finds_nothing",
    "tests/privacy/test_canaries.py",
    "tests/storage/test_ledger_model.py",
    "tests/storage/test_ledger_steps.py",
    "tests/storage/audit/test_tampering.py",
    "tests/faults",
)
_BENCHMARKS = ("audit.py", "trust_overhead.py")
# A row of a benchmark: what, a number, and whether that is what it should be.
_COST = re.compile(r"(?P<name>.+?)(?::|\s)\s+(?P<value>-?[\d.,]*)\s*(?P<said>yes|NO)?")
_SAID = {"yes": "met", "NO": "missed", None: "measured"}


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the file that `tests.trust_results.record` writes."""

    kind: str
    name: str
    outcome: str
    detail: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """Results of one kind, and what they have to be.

    Attributes:
        good: Outcomes that are no problem.
        excused: Outcomes that are none either where it is said why: this machine cannot.
        names: What has to be among them.
        least: How many of them there are at least.
    """

    name: str
    good: frozenset[str] = frozenset({"passed"})
    names: frozenset[str] = field(default=frozenset())
    least: int = 1
    excused: frozenset[str] = field(default=frozenset())

    def is_problem(self, one: Result) -> bool:
        """Say whether a result is not what it has to be."""
        return one.outcome not in self.good and not self.is_excused(one)

    def is_excused(self, one: Result) -> bool:
        """Say whether something was not tried, for a reason that is told."""
        return one.outcome in self.excused and bool(one.detail)


KINDS = (
    Kind(
        "faults",
        frozenset({"passed", "shown", "left out"}),
        frozenset(f"{fault.number} {fault.name}" for fault in FAULTS),
    ),
    Kind("crash points", names=frozenset(fault.name for fault in CRASHES)),
    Kind("crash points of a whole export", names=frozenset(fault.name for fault in CRASHES)),
    Kind("mutants", frozenset({"caught"}), frozenset(mutant.name for mutant in MUTANTS)),
    Kind("kills", least=2),
    Kind("power cuts", excused=frozenset({"skipped"})),
    Kind("model lives", least=2),
    Kind("migrations"),
    Kind("fuzz: hypothesis", names=frozenset(TARGETS)),
    Kind("fuzz: atheris", names=frozenset(TARGETS)),
    Kind("tamperings", frozenset({"found"}), least=40),
    Kind("canaries", frozenset({"none found", "all found"}), least=4),
    Kind("costs", frozenset({"measured", "met"}), least=10),
)


def problems(results: Iterable[Result], kinds: Sequence[Kind] = KINDS) -> list[str]:
    """Say what was violated or not tried, a sentence each."""
    by_kind: dict[str, list[Result]] = {}
    for one in results:
        by_kind.setdefault(one.kind, []).append(one)
    known = {kind.name for kind in kinds}
    found = [
        f"{one.name}: {one.outcome} {one.detail}".rstrip()
        for name, some in by_kind.items()
        if name not in known
        for one in some
    ]
    for kind in kinds:
        some = by_kind.get(kind.name, [])
        found += [f"{kind.name}: {r.name}: {r.outcome}" for r in some if kind.is_problem(r)]
        absent = sorted(kind.names - {one.name for one in some})
        found += [f"{kind.name}: {name}: was not tried" for name in absent]
        if len(some) < kind.least:
            found.append(f"{kind.name}: {len(some)} results, of {kind.least} at least")
    return found


def rendered(results: Sequence[Result], title: str, kinds: Sequence[Kind] = KINDS) -> str:
    """Return a report as Markdown: what there is in all, what is wrong, and every result."""
    wrong = problems(results, kinds)
    lines = ["# What the tests of trust found", "", title, ""]
    lines += ["| what | results | trials | how they ended |", "|---|---|---|---|"]
    lines += [_summary(kind.name, results) for kind in kinds]
    lines += ["", f"**Problems: {len(wrong)}**", "", *(f"- {sentence}" for sentence in wrong)]
    lines += _not_tried(results, kinds)
    for kind in kinds:
        rows = [_row(one) for one in results if one.kind == kind.name]
        if rows:
            head = ["| which | how it ended | |", "|---|---|---|"]
            lines += ["", f"## {kind.name.capitalize()}", "", *head, *rows]
    return "\n".join(lines) + "\n"


def _not_tried(results: Iterable[Result], kinds: Sequence[Kind]) -> list[str]:
    """Say what this machine could not try: no problem, and no success either."""
    by_name = {kind.name: kind for kind in kinds}
    excused = [one for one in results if one.kind in by_name and by_name[one.kind].is_excused(one)]
    if not excused:
        return []
    told = [f"- {one.kind}: {one.name}: {one.detail}" for one in excused]
    return ["", f"**Not tried here: {len(told)}**", "", *told]


def _summary(kind: str, results: Iterable[Result]) -> str:
    some = [one for one in results if one.kind == kind]
    outcomes = Counter(one.outcome for one in some)
    ends = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    reasons = "; ".join(one.detail for one in some if one.outcome == "skipped")
    trials = sum(one.count for one in some if one.outcome != "skipped")
    how = f"{ends} ({reasons})" if reasons else ends
    return f"| {kind} | {len(some)} | {trials:,} | {how or 'NOT TRIED'} |"


def _row(one: Result) -> str:
    cells = (text.replace("|", "\\|") for text in (one.name, one.outcome, one.detail))
    return f"| {' | '.join(cells)} |"


def results_in(text: str) -> list[Result]:
    """Read what was recorded, each result once, in the order of kinds and names."""
    found = {Result(**json.loads(line)) for line in text.splitlines()}
    return sorted(found, key=lambda one: [_natural(one.kind), _natural(one.name)])


def _natural(text: str) -> list[tuple[int, str]]:
    """Sort N2 before N10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def costs(text: str) -> list[Result]:
    """Read what a benchmark printed."""
    rows = [match for line in text.splitlines() if (match := _COST.fullmatch(line.strip()))]
    return [Result("costs", row["name"], _SAID[row["said"]], row["value"]) for row in rows]


def _run(results: Path, environ: dict[str, str]) -> int:
    """Run the suites, then the benchmarks with nothing beside them; return pytest's code."""
    processes = str(2 * (os.cpu_count() or 1))
    command = ["-m", "pytest", *_SUITES, "--numprocesses", processes, "--dist", "worksteal"]
    code = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, stdout=sys.stderr, check=False
    ).returncode
    for name in _BENCHMARKS:
        done = subprocess.run(
            [sys.executable, f"benchmarks/{name}"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        found = costs(done.stdout)
        if done.returncode and all(one.outcome != "missed" for one in found):
            found.append(Result("costs", name, f"ended with {done.returncode}"))
        with results.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in found)
    return code


def main() -> int:
    """Run everything, or read what was kept, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust_report")
    parser.add_argument("--from", dest="earlier", type=Path, help="Results to render; runs nothing")
    parser.add_argument("--keep", type=Path, help="File for the results, added to what it holds")
    arguments = parser.parse_args()
    chosen = {name: os.environ.get(name, usual) for name, usual in QUICK.items()}
    with tempfile.TemporaryDirectory(prefix="trust-") as folder:
        path = arguments.earlier or (arguments.keep or Path(folder, "results")).absolute()
        began, code = time.monotonic(), 0
        if arguments.earlier is None:
            code = _run(path, {**os.environ, **chosen, VARIABLE: str(path)})
        results = results_in(path.read_text(encoding="utf-8"))
    how = " ".join(f"{name}={value}" for name, value in chosen.items())
    minutes = (time.monotonic() - began) / 60
    title = f"{datetime.now(UTC):%Y-%m-%d}, `{how} make trust-report`, {minutes:.0f} minutes"
    if arguments.earlier:
        title = f"Kept in {arguments.earlier}"
    print(rendered(results, title), end="")  # noqa: T201 (it is what the program is for)
    return 1 if code or problems(results) else 0


if __name__ == "__main__":
    sys.exit(main())
