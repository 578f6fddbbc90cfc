"""What an error says to people, apart from what a report holds: `defs` needs it while it loads."""


def sentence_of(error: BaseException) -> str:
    """Return what an error says, and what went wrong besides, as its notes have it."""
    return "; besides, ".join((str(error), *getattr(error, "__notes__", ())))
