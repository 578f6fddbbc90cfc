"""All faults as Markdown."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults import api, auth, data, disk, http, network, outside, process
from tests.faults.case import Fault, Left, Played, Shown

DOCUMENT = Path(__file__).with_name("README.md")
SECTIONS: Mapping[str, Sequence[Fault]] = {
    "Network": network.FAULTS,
    "HTTP": http.FAULTS,
    "Logins and permissions": auth.FAULTS,
    "What the API means": api.FAULTS,
    "What arrives": data.FAULTS,
    "Disk": disk.FAULTS,
    "Processes": process.PROCESS,
    "Clocks": process.CLOCK,
    "Several at once": process.CONCURRENCY,
    "Dagster": outside.DAGSTER,
    "Object stores": outside.STORE,
}
FAULTS = [fault for faults in SECTIONS.values() for fault in faults]
PLAYED = [fault for fault in FAULTS if isinstance(fault, Played)]
SHOWN = [fault for fault in FAULTS if isinstance(fault, Shown)]
LEFT = [fault for fault in FAULTS if isinstance(fault, Left)]
INTRODUCTION = """\
# Faults, and what becomes of an export

{all} things that go wrong around an export: {played} are played by the tests of this folder,
{shown} are shown by other tests, {left} have no test, and the last table says why.

What is played is played against the whole pipeline, over real HTTP, on a few short calls. Then the
bytes of every file are compared with the source's, and every invariant of `doctor --deep` is judged
over the directory: no wrong bytes, no recording lost, nothing left over, an event for each change,
tables that say what the ledger says, no credential anywhere. A case that breaks one on purpose says
which. How it ends is what the ledger says of the recordings after each run.

`python -m tests.faults.table` writes this document.
"""


def document() -> str:
    """Return what `README.md` says."""
    counts = {"played": len(PLAYED), "shown": len(SHOWN), "left": len(LEFT), "all": len(FAULTS)}
    return INTRODUCTION.format(**counts) + rendered()


def rendered() -> str:
    """Return the faults as Markdown, a table per section and one of what has no test."""
    lines: list[str] = []
    for title, faults in SECTIONS.items():
        rows = [_row(fault) for fault in faults if not isinstance(fault, Left)]
        if rows:
            head = "| | what goes wrong | how | how it ends | what a person reads |"
            lines += ["", f"## {title}", "", head, "|---|---|---|---|---|", *rows]
    lines += ["", "## Without a test", "", "| | what goes wrong | why |", "|---|---|---|"]
    lines += [f"| {fault.number} | {fault.name} | {fault.why} |" for fault in LEFT]
    return "\n".join(lines) + "\n"


def _row(fault: Played | Shown) -> str:
    told = f"“{fault.told}”" if fault.told else ""
    if isinstance(fault, Shown):
        files = dict.fromkeys(test.partition("::")[0] for test in fault.tests)
        how = ", ".join(f"`{file.removeprefix('tests/')}`" for file in files)
        return f"| {fault.number} | {fault.name} | {how} | {fault.ends} | {told} |"
    ends = " → ".join(fault.ends)
    broken = f" (breaks {', '.join(sorted(fault.breaks))})" if fault.breaks else ""
    return f"| {fault.number} | {fault.name} | {fault.how} | {ends}{broken} | {told} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
