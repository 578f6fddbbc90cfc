"""The only code that listens to the file system."""
