"""The audit log on disk: sealed from the ledger, read again, its head kept elsewhere as well."""
