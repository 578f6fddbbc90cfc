"""`recordings-pipeline verify`: archive against ledger, and what helps where they differ."""

import os
import secrets
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.quantities import BYTES_PER_MB
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.core.verification import (
    Fault,
    Sample,
    Verification,
    export_command,
    total,
)
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.contents import require_identity, verify_contents
from recordings_pipeline.stages.repair import Repaired, repair, require_audio
from recordings_pipeline.stages.verify import Lot, Watch, unwatched, verify

Say = Callable[[Iterable[str]], None]
_SEEDS = 1_000_000


def run(  # noqa: PLR0913 (one for each option)
    span: Span,
    sample: Sample,
    seed: int | None,
    data: Path | None,
    *,
    is_repairing: bool,
    is_opening: bool = False,
) -> bool:
    """Verify, print what differs as it is found, repair if asked; return whether all is well."""
    lot = Lot(sample, secrets.randbelow(_SEEDS) if seed is None else seed)
    started = time.monotonic()
    parts: list[Verification] = []
    repaired: list[Repaired] = []
    root = place_from(os.environ, data)
    keeping, keys = keeping_from(os.environ), keys_from(os.environ)
    with open_archive(root, keeping, keys=keys) as archive, _bar() as (watch, say):
        if is_repairing:
            require_audio(archive)
        identity = require_identity(archive) if is_opening else None
        for day, seen in verify(archive, span, lot, watch=watch):
            found = seen
            if identity is not None and day is not None:
                found = total((seen, verify_contents(archive, day, identity)))
            say(_day_lines(day, found))
            parts.append(found)
            if (
                is_repairing
                and day is not None
                and any(f.cause.is_repairable for f in found.faults)
            ):
                repaired.append(repair(archive, day, found.faults))
    whole = total(parts)
    click.echo(_summary(whole, time.monotonic() - started, lot))
    _print_counts(whole)
    _print_remedy(whole, repaired, is_repairing=is_repairing)
    return whole.is_clean


def _day_lines(day: Day | None, found: Verification) -> list[str]:
    lines = [_fault_line(fault) for fault in found.faults]
    if found.unjudged_count:
        files = f"{found.unjudged_count} files the ledger does not know yet"
        lines.append(f"{day}: {files}: the day is being exported just now")
    return lines


def _fault_line(fault: Fault) -> str:
    name = fault.path or f"recording {fault.recording_id} of {fault.day}"
    return f"{name}: {fault.reason}; {fault.next_step}"


def _summary(whole: Verification, seconds: float, lot: Lot) -> str:
    rate = whole.hashed_bytes / BYTES_PER_MB / seconds if seconds else 0.0
    hashed = f"{whole.hashed_count} hashed" if not lot.sample.is_all else "all hashed"
    sample = "" if lot.sample.is_all else f" (sample with --seed {lot.seed})"
    return (
        f"{whole.file_count} files, {hashed}{sample}: {whole.hashed_bytes / BYTES_PER_MB:.1f} MB "
        f"in {seconds:.1f} s, {rate:.0f} MB/s"
    )


def _print_counts(whole: Verification) -> None:
    if whole.is_clean:
        click.echo("archive and ledger agree")
        return
    rows = [(str(cause), str(count)) for cause, count in sorted(whole.counts.items())]
    print_table(("what differs", "files"), [*rows, ("total", str(whole.fault_count))])


def _print_remedy(whole: Verification, repaired: Iterable[Repaired], *, is_repairing: bool) -> None:
    """Say what was made due, and what a person types next."""
    days = []
    for done in repaired:
        for problem in done.problems:
            click.echo(f"{done.day} not repaired: {problem}", err=True)
        if done.recording_ids:
            days.append(done.day)
            click.echo(f"{done.day}: {len(done.recording_ids)} recordings are due again")
    for day in days:
        click.echo(export_command(day))
    if not is_repairing and whole.is_repairable:
        click.echo("to set damaged files aside and fetch them again: verify --repair")


@contextmanager
def _bar() -> Generator[tuple[Watch, Say]]:
    """Show files, bytes, rate and time left on a terminal, nothing of it in a pipe."""
    if not sys.stderr.isatty():
        yield unwatched, _say
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("starting", total=None)

        def show(files: int, all_files: int, size: int, all_size: int) -> None:
            text = f"{files:,} of {all_files:,} files"
            bar.update(task, description=text, completed=size, total=all_size)

        def say(lines: Iterable[str]) -> None:
            bar.stop()  # or the lines would end up in the middle of it
            _say(lines)
            bar.start()

        yield show, say


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
