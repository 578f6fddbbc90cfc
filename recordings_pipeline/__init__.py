"""Exports Genesys Cloud call recordings, one UTC day at a time, as verified audio and Parquet."""
