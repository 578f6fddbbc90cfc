"""What commands have in common: exit codes, and how days and instants are written."""

import click

INCOMPLETE, WRONG_SETTINGS, INTERRUPTED = 1, 2, 130
DAY = click.DateTime(formats=["%Y-%m-%d"])
INSTANT = click.DateTime(formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])
