"""The rules of the house as functions of values: no I/O, no clock, no randomness."""
