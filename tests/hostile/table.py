"""The table of cases as Markdown."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.hostile.case import Case
from tests.hostile.cases import SECTIONS

DOCUMENT = Path(__file__).with_name("README.md")
INTRODUCTION = """\
# Hostile media hosts

What a media host can do to a download, and what becomes of the recording. Each line is a case of
`cases.py`, played on a raw socket and read by two clients, libcurl (the product's) and httpx, so
that no outcome leans on what one of them happens to do.

- **exported**: whole, under its final name, byte for byte as the host has it.
- **retry**: nothing under the final name; a later run tries again. The manifest says why.
- **link expired**: the same run asks the platform for another link, a bounded number of times.
- **missing**: the store itself says that there is nothing; it is not asked for again.
- **quarantined**: it came whole and is no recording; it lies aside, for a person to look at.

Six requests without progress are the budget of a run. The recording has 20,044 bytes. No message
and no log line holds a link, whose signature is a credential, or the body of a refusal, which
repeats it. `python -m tests.hostile.table` writes this document.
"""


def document() -> str:
    """Return what `README.md` says."""
    return INTRODUCTION + rendered(SECTIONS)


def rendered(sections: Mapping[str, Sequence[Case]]) -> str:
    """Return the cases as Markdown, a table per section."""
    lines = []
    for title, cases in sections.items():
        lines += ["", f"## {title}", "", "| what is true | what the host does | how it ends |"]
        lines += ["|---|---|---|"]
        lines += [f"| {case.name} | {case.does} | {_end(case)} |" for case in cases]
    return "\n".join(lines) + "\n"


def _end(case: Case) -> str:
    held = f"with {case.held:,} bytes held: " if case.held else ""
    end = case.ends + (", continued" if case.is_resumed else "")
    kept = f"; {case.kept:,} bytes are kept" if case.kept else ""
    told = f"; the user reads “{case.told}…”" if case.told else ""
    return f"{held}{end}, {_counted(case.requests)}{kept}{told}"


def _counted(requests: int) -> str:
    return f"{requests or 'no'} request{'' if requests == 1 else 's'}"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
