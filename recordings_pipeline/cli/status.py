"""`recordings-pipeline status`: how exported days stand, from the ledger alone."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from recordings_pipeline.cli.printing import counts_text, print_table
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.preflight import BYTES_PER_GB
from recordings_pipeline.core.status import Compared, DayStatus, total_compared, total_counts
from recordings_pipeline.stages.status import read_status

_NONE = "-"


def run(first: date, last: date, data: Path | None) -> None:
    """Print the days, then what was predicted beside what happened."""
    days = read_status(place_from(os.environ, data), first, last, datetime.now(UTC))
    if not days:
        click.echo("no day of the range was planned or exported")
        return
    print_table(
        ("day", "state", "recordings", "GB", "outcomes"), [*map(_day_row, days), _day_total(days)]
    )
    for day in days:
        for reason in day.standing.reasons:
            click.echo(f"{day.standing.day}: {reason}")
        if day.lost_count:
            lost = f"{day.lost_count} legs recorded without a recording"
            click.echo(f"{day.standing.day}: {lost}: run the day again to see why")
        if day.orphan_count:
            click.echo(f"{day.standing.day}: {day.orphan_count} orphans at the source")
    click.echo()
    print_table(
        ("day", "recordings", "error", "API calls", "error", "GB", "error"),
        [*(_plan_row(str(day.standing.day), [day]) for day in days), _plan_row("total", days)],
    )


def _day_row(day: DayStatus) -> list[str]:
    state = "settled" if day.standing.is_settled else "provisional"
    recordings = sum(day.counts.values())
    outcomes = counts_text(day.counts) or _NONE
    return [str(day.standing.day), state, str(recordings), _gb(day.size_bytes), outcomes]


def _day_total(days: Sequence[DayStatus]) -> list[str]:
    settled = sum(day.standing.is_settled for day in days)
    counts = total_counts(days)
    size = sum(day.size_bytes for day in days)
    state = f"{settled} of {len(days)} settled"
    return ["total", state, str(sum(counts.values())), _gb(size), counts_text(counts) or _NONE]


def _plan_row(name: str, days: Sequence[DayStatus]) -> list[str]:
    """Write `planned > real` and the error; what was not exported yet has no error."""
    row = [name]
    exported = [day for day in days if day.is_exported]
    for choose, write in _COMPARED:
        real = total_compared([choose(day) for day in exported])
        if not exported:
            real = total_compared([choose(day) for day in days])
        error = real.error_percent if exported else None
        if real.planned is None:
            spent = sum(choose(day).real for day in days)
            row += [f"{_NONE} > {write(spent)}", _NONE]
        else:
            text = _NONE if error is None else f"{error:+.1f} %"
            row += [f"{write(real.planned)} > {write(real.real)}", text]
    return row


def _gb(size: int) -> str:
    return f"{size / BYTES_PER_GB:.2f}"


_COMPARED: tuple[tuple[Callable[[DayStatus], Compared], Callable[[int], str]], ...] = (
    (lambda day: day.recordings, str),
    (lambda day: day.calls, str),
    (lambda day: day.bytes, _gb),
)
