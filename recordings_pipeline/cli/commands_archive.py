"""Commands for what was exported already; they need no credentials."""

import os
import sys
from datetime import date, datetime
from pathlib import Path

import click

from recordings_pipeline.cli.options import DAY, INCOMPLETE, data_option
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.replaying import REPLAYABLE


@click.command()
@click.option("--from", "first", type=DAY, help="First day; default: the first there is.")
@click.option("--to", "last", type=DAY, help="Last day, included; default: the last there is.")
@click.option("--sample", help="Hash so many recordings, or such a share: 200 or 1%.")
@click.option("--seed", type=int, help="Choose the same sample again; default: another one.")
@click.option("--repair", is_flag=True, help="Set damaged files aside and make them due again.")
@click.option(
    "--decrypt",
    "is_opening",
    is_flag=True,
    help="Also open what is encrypted, with the private key.",
)
@data_option("verify")
def verify(  # noqa: PLR0913, PLR0917 (one for each option)
    first: datetime | None,
    last: datetime | None,
    sample: str | None,
    seed: int | None,
    repair: bool,  # noqa: FBT001
    is_opening: bool,  # noqa: FBT001
    data: Path | None,
) -> None:
    """Compare the audio with the ledger: every byte, or with --sample those of some recordings.

    Needs no credentials and asks nobody; exports may run meanwhile. Whether files are there, are
    files and have the right size is always looked at. Encrypted files, those in raw/ among them,
    are compared as they lie there, which takes no key; with --decrypt, which needs
    RECORDINGS_AGE_IDENTITY_FILE, so is what is in them. Exit code 1 when something differs.

    \b
    Examples:
      recordings-pipeline verify
      recordings-pipeline verify --from 2026-01-01 --to 2026-01-31 --sample 1%
      recordings-pipeline verify --from 2026-01-31 --to 2026-01-31 --repair
      RECORDINGS_AGE_IDENTITY_FILE=key.txt recordings-pipeline verify --decrypt
    """
    from recordings_pipeline.cli.verify import run
    from recordings_pipeline.core.verification import Sample, sample_from

    if is_opening and sample is not None:
        raise click.UsageError("--decrypt opens all: leave --sample out")
    try:
        chosen = Sample() if sample is None else sample_from(sample)
    except ValueError as error:
        raise click.UsageError(f"--sample: {error}") from None
    span, asked = _span(first, last), {"is_repairing": repair, "is_opening": is_opening}
    sys.exit(0 if run(span, chosen, seed, data, **asked) else INCOMPLETE)


@click.command()
@click.option("--from", "first", type=DAY, help="First day; default: the first there is.")
@click.option("--to", "last", type=DAY, help="Last day, included; default: the last there is.")
@click.option(
    "--outcome",
    type=click.Choice([str(outcome) for outcome in REPLAYABLE]),
    default=str(REPLAYABLE[0]),
    show_default=True,
    help="What to replay; excluded: what RECORDINGS_CODECS and RECORDINGS_MEDIA let in by now.",
)
@click.option("--recording", help="Id of the only recording to replay.")
@click.option("--list", "is_listing", is_flag=True, help="Show what that is; change nothing.")
@click.option("--run", "is_exporting", is_flag=True, help="Export those days at once.")
@data_option("work on")
def replay(  # noqa: PLR0913, PLR0917 (one for each option)
    first: datetime | None,
    last: datetime | None,
    outcome: str,
    recording: str | None,
    is_listing: bool,  # noqa: FBT001
    is_exporting: bool,  # noqa: FBT001
    data: Path | None,
) -> None:
    """Give what has no file another chance: due again, bytes in quarantine kept beside.

    For what is quarantined, for a codec or medium that is wanted by now, for what a permission was
    granted for, and for what failed and should not wait for its time. Needs credentials with --run
    only. Exit code 1 when a day could not be replayed or exported.

    \b
    Examples:
      recordings-pipeline replay --list
      recordings-pipeline replay --from 2026-01-31 --to 2026-01-31 --run
      recordings-pipeline replay --outcome forbidden --run
      recordings-pipeline replay --recording 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e
    """
    from recordings_pipeline.cli.replay import choice_from, run, show

    if is_listing and (is_exporting or recording):
        raise click.UsageError("--list changes nothing: leave --run and --recording out")
    span, choice = _span(first, last), choice_from(os.environ, outcome, recording)
    if is_listing:
        show(span, choice, data)
        sys.exit(0)
    sys.exit(0 if run(span, choice, data, is_exporting=is_exporting) else INCOMPLETE)


@click.command()
@click.option("--day", type=DAY, help="The only day; instead of --from and --to.")
@click.option("--from", "first", type=DAY, help="First day; default: the first there is.")
@click.option("--to", "last", type=DAY, help="Last day, included; default: the last there is.")
@data_option("work on")
def rebuild(
    day: datetime | None, first: datetime | None, last: datetime | None, data: Path | None
) -> None:
    """Publish the tables about speech again, from the transcript files that are kept.

    For a version that reads them better. Needs no credentials and asks nobody; tables that would
    not change are left alone. Encrypted files need RECORDINGS_AGE_IDENTITY_FILE: a day with such
    files is left as it is without. Exit code 1 when a day could not be rebuilt.

    \b
    Examples:
      recordings-pipeline rebuild
      recordings-pipeline rebuild --day 2026-01-31
      recordings-pipeline rebuild --from 2026-01-01 --to 2026-01-31 --data /srv/recordings
    """
    from recordings_pipeline.cli.rebuild import run

    if day and (first or last):
        raise click.UsageError("--day names the only day: leave --from and --to out")
    sys.exit(0 if run(_span(day or first, day or last), data) else INCOMPLETE)


@click.command()
@click.option("--list", "is_listing", is_flag=True, help="Show what lies there; change nothing.")
@data_option("work on")
def ingest(is_listing: bool, data: Path | None) -> None:  # noqa: FBT001
    """Take recordings out of the drop folder incoming/, where other ways than ours bring them.

    An S3 export in the vendor's layout, or single files with the recording's id in their names:
    matched with the index, verified like downloads, published. What is not taken is moved to
    quarantine/incoming/ with its reason, or left for a stated one; nothing is deleted. Needs no
    credentials. Exit code 1 when something was quarantined.

    \b
    Examples:
      recordings-pipeline ingest --list
      recordings-pipeline ingest --data /srv/recordings
    """
    from recordings_pipeline.cli.ingest import run, show

    if is_listing:
        show(data)
        sys.exit(0)
    sys.exit(0 if run(data) else INCOMPLETE)


def _span(first: datetime | None, last: datetime | None) -> Span:
    if first and last and last < first:
        raise click.UsageError(f"--to {last.date()} is before --from {first.date()}")
    return Span(first.date() if first else date.min, last.date() if last else date.max)
