"""What a broken invariant says, and the sentences that have to hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as it has to be.

    Attributes:
        invariant: Its name, such as ``I2``.
        thing: What is concerned: a path, a recording, a day.
        cause: What was found, as half a sentence.
        next_step: What a person does.
    """

    invariant: str
    thing: str
    cause: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.thing}: {self.cause}; {self.next_step}"


STATEMENTS = {
    "I1": "no wrong bytes: every file has the bytes that were verified",
    "I2": "manifest and disk agree: exported means there, and nothing else lies there",
    "I3": "one event for each change, and the last one says how a recording stands",
    "I4": "the audit log is what was sealed, and says what the ledger says",
    "I5": "tables are whole, and tell of the ledger's rows",
    "I6": "nothing is lost: every recording has an end, or a time to come",
    "I7": "nothing is left over from runs that died",
    "I8": "nothing finished is done again",
    "I9": "what grows stays within its limit",
    "I10": "the source is asked no more than it allows",
    "I11": "no credential is written down",
    "I12": "everything lies inside of the directory, and is private",
    "I13": "nothing claims success over an open end, and every refusal says why",
    "I14": "erased is gone, and told of; held is not erased",
}
# A directory does not tell: `runs.source_is_spared` judges what a source was asked.
SHOWN_BY_RUNS = frozenset({"I10"})
