"""What a person types. Commands parse, call and print; they decide nothing."""

from recordings_pipeline.cli.main import main

__all__ = ["main"]
