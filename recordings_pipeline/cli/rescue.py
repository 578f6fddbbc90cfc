"""`recordings-pipeline rescue`: what the source archives or deletes soon, that we do not have."""

import os

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.genesys.retention import MOST_PAGES, PAGE_SIZE
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.rescue_list import list_rescues


def run() -> bool:
    """Print the list, the most urgent first; return whether there is nothing to rescue."""
    settings = settings_from(os.environ)
    with open_export(settings) as export:
        report = list_rescues(export)
    if not report.is_whole:
        most = MOST_PAGES * PAGE_SIZE
        click.echo(f"warning: the source keeps more than {most:,} recordings: these were read")
    if not report.rescues:
        click.echo(f"nothing to rescue within {settings.rescue_days} days")
        return report.is_whole
    rows = [
        (
            str(rescue.days_left),
            rescue.ending_time.strftime("%Y-%m-%d %H:%M"),
            rescue.ending,
            rescue.conversation_id,
            rescue.recording_id,
            rescue.reason,
        )
        for rescue in report.rescues
    ]
    print_table(
        ("days left", "when (UTC)", "will be", "conversation", "recording", "why not exported"),
        rows,
    )
    return False
