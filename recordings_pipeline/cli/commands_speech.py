"""Commands for what was said; they need no credentials."""

import sys
from datetime import datetime
from pathlib import Path

import click

from recordings_pipeline.cli.options import DAY, data_option

_FORMATS = ("vtt", "srt", "rttm", "ctm", "json", "vcon")
_SOURCES = click.Choice(("transcript", "audio"))
_MOST_EMBEDDED_MB = 25


@click.command("export-transcript")
@click.argument("id_", metavar="ID")
@click.option("--format", "kind", type=click.Choice(_FORMATS), required=True, help="See below.")
@click.option("--output", type=click.Path(path_type=Path), help="File; default: standard output.")
@click.option("--source", type=_SOURCES, help="Whose turns; default: the transcript's, if any.")
@click.option("--audio-url", help="vcon: HTTPS address below which the data directory is served.")
@click.option("--single-channel", is_flag=True, help="rttm: channel 1 throughout, as some expect.")
@click.option("--day", type=DAY, help="Its day, if you know it; default: the ledger knows.")
@data_option("read")
def export_transcript(  # noqa: PLR0913, PLR0917 (one for each option)
    id_: str,
    kind: str,
    output: Path | None,
    source: str | None,
    audio_url: str | None,
    single_channel: bool,  # noqa: FBT001
    day: datetime | None,
    data: Path | None,
) -> None:
    """Write what was said in a conversation, or in one recording of it, in a format others read.

    vtt and srt are subtitles on the clock of the conversation's first recording. rttm has turns and
    ctm words, each recording with a clock of its own. json has everything; vcon is the container of
    the IETF's draft, with the audio by reference: its file name and SHA-512, and its address with
    --audio-url. The hash of encrypted audio needs RECORDINGS_AGE_IDENTITY_FILE.

    \b
    Examples:
      recordings-pipeline export-transcript 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --format vtt
      recordings-pipeline export-transcript 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --format rttm --source audio
      recordings-pipeline export-transcript 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --format vcon --audio-url https://files.example.org/recordings --output call.vcon.json
    """  # noqa: E501 (a command is one line)
    from recordings_pipeline.cli.export_transcript import Wanted, run

    if audio_url is not None and kind != "vcon":
        raise click.UsageError("--audio-url is for --format vcon")
    if single_channel and kind != "rttm":
        raise click.UsageError("--single-channel is for --format rttm")
    wanted = Wanted(kind, source, audio_url, is_single_channel=single_channel)
    run(id_, wanted, output, None if day is None else day.date(), data)
    sys.exit(0)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--output", type=click.Path(path_type=Path), help="Page; default: show-ID.html.")
@click.option("--open", "is_opening", is_flag=True, help="Open it in the browser.")
@click.option("--source", type=_SOURCES, help="Whose turns; default: the transcript's, if any.")
@click.option(
    "--embed-mb",
    default=_MOST_EMBEDDED_MB,
    show_default=True,
    type=click.IntRange(0),
    help="Audio files up to this size are inside the page, larger ones are linked.",
)
@click.option("--day", type=DAY, help="Its day, if you know it; default: the ledger knows.")
@data_option("read")
def show(  # noqa: PLR0913, PLR0917 (one for each option)
    id_: str,
    output: Path | None,
    is_opening: bool,  # noqa: FBT001
    source: str | None,
    embed_mb: int,
    day: datetime | None,
    data: Path | None,
) -> None:
    """Write a page with player, waveform and transcript of a conversation or recording.

    The page needs nothing else, loads nothing and sends nothing. It holds what people said. To play
    and draw encrypted audio it needs RECORDINGS_AGE_IDENTITY_FILE.

    \b
    Examples:
      recordings-pipeline show 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --open
      recordings-pipeline show 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --output call.html
    """
    from recordings_pipeline.cli.show import run

    found = None if day is None else day.date()
    path = run(id_, output, embed_mb * 1_000_000, source, found, data)
    click.echo(path)
    if is_opening:
        click.launch(path.absolute().as_uri())
    sys.exit(0)
