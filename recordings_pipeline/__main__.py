"""Runs the command line: ``recordings-pipeline`` or ``python -m recordings_pipeline``."""

from recordings_pipeline.cli import main

if __name__ == "__main__":
    main()
