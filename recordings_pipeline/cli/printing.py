"""Tables and numbers for people: plain text that reads the same in a terminal and in a pipe."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import click

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap
from recordings_pipeline.core.quantities import BYTES_PER_MB, MOST_SHOWN
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[n]) for line in lines) for n in range(len(header))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def stage_line(report: StageReport) -> str:
    """Say in one line what a stage did."""
    spent = report.throughput
    moved = f", {spent.bytes_moved / BYTES_PER_MB:.1f} MB moved" if spent.bytes_moved else ""
    counts = {name: count for name, count in report.counts.items() if name != "is_settled"}
    return (
        f"{report.stage:<21} {report.day}  {report.row_count:>6} rows  "
        f"{spent.seconds:5.1f} s{moved}  ({counts_text(counts)})"
    )


def print_gaps(found: Sequence[tuple[Day, Gap]]) -> None:
    """Print recordings that should be there and are not, as many as a person reads."""
    if not found:
        return
    click.echo(f"recordings that should be there and are not: {len(found)}")
    rows = [(str(day), gap.id, gap.reason, gap.next_step) for day, gap in found[:MOST_SHOWN]]
    print_table(("day", "communication", "why", "what to do"), rows)
    if len(found) > MOST_SHOWN:
        click.echo(f"… and {len(found) - MOST_SHOWN} more")


def counts_text(counts: Mapping[str, int]) -> str:
    """Write counts as words, leaving zeros out."""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)


def head_text(head: str) -> str:
    """Say what stands for the whole audit log: whoever keeps it can tell later what was cut off."""
    return f"audit log sealed, head {head}"


def moved_text(spent: Throughput, *, is_all_there: bool) -> str:
    """Say what moved, what it cost, and what went wrong on the way.

    Args:
        spent: What moved.
        is_all_there: Whether nothing failed and no recording may still come.
    """
    if not spent.bytes_moved:
        why = ": everything was there already" if is_all_there else ""
        return f"no media bytes moved{why} ({spent.api_calls} API calls)"
    waits = (f"{name.removesuffix('_s')} {s:.1f} s" for name, s in asdict(spent.waits).items())
    return (
        f"{spent.bytes_moved / BYTES_PER_MB:.1f} MB moved at {spent.mb_per_s:.1f} MB/s, "
        f"{spent.api_calls} API calls; {spent.resumed_count} downloads resumed after a cut, "
        f"{spent.rate_limited_count} requests waited out a 429\n"
        f"seconds of all threads: {', '.join(waits)}"
    )
