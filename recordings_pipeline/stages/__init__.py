"""The five steps in the order data flows; usable without Dagster."""
