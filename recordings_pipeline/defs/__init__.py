"""Dagster, and nothing but Dagster: each asset, job, schedule and sensor calls a stage.

Dagster loads all of it in every process it starts. So what only an annotation names is imported for
type checkers, and what only a step calls when it is called. The annotations of a function that
Dagster is given are for real: it reads them to find configuration and resources.
"""
