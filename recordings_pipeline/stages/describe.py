"""What a data directory says of itself, brought up to date when a stage has published."""

from recordings_pipeline.storage.catalog import keep_catalog
from recordings_pipeline.storage.dictionary_file import keep_dictionary
from recordings_pipeline.storage.home import Home


def describe(home: Home) -> None:
    """Write the dictionary and the catalogue, where what is there is not theirs of today."""
    with home.turn("describe"):
        keep_dictionary(home.root)
        keep_catalog(home.root)
