"""A pretend Genesys Cloud: it states the wire on its own and imports nothing of ours."""
