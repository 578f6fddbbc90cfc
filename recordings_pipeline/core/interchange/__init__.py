"""What was said, in formats that other programs read: a conversation in, text out.

Each module is one format, with its rules of escaping: words come from an engine that heard a
stranger, so that none of them may become markup, a command of a terminal, or another line.
"""
