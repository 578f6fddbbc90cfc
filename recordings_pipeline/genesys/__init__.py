"""The only code that speaks HTTP to Genesys Cloud."""
