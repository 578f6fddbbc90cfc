"""The days Dagster offers: whole UTC days, never the one still running."""

import os

import dagster as dg

from recordings_pipeline.core.timetable import first_day

DAYS = dg.DailyPartitionsDefinition(start_date=first_day(os.environ).isoformat(), timezone="UTC")
