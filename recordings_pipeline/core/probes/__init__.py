"""What a finished file really is: its structure, read within bounds, without touching a disk."""
