"""The platform's JSON: a second statement of the wire format, on purpose.

Sharing the reader's field names would make both sides agree on the same mistake.
"""
