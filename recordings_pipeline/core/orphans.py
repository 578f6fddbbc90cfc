"""Recordings that the source keeps without a conversation: what can be told of whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.settling import SETTLING_DELAY

DELETED = "DELETED"
# More ids than a person types.
_MOST_NAMED = 5
_AUDIO = "audio"
PERMISSION = "recording:orphan:view"


@dataclass(frozen=True, slots=True)
class Orphan:
    """One recording that no conversation has claimed.

    Attributes:
        conversation_id: Whose it says it is; None for most of them.
        communication_id: The leg it says it is of.
        recording_id: What it is called once a conversation has it.
        media: As we name media, lower case.
        created: When it was recorded; None when the source does not say.
        file_state: As the platform writes it.
    """

    id: str
    conversation_id: str | None
    communication_id: str | None
    recording_id: str | None
    media: str
    created: datetime | None
    file_state: str


@dataclass(frozen=True, slots=True)
class Orphans:
    """The orphans of an organization, all days together: the source cannot be asked for one day.

    Attributes:
        found: Those that were not listed as anybody's recording meanwhile.
        days: Days of the conversations they name, by conversation, as far as we know these.
        is_all: Whether the source told of all of them.
    """

    found: tuple[Orphan, ...]
    days: Mapping[str, Day]
    is_all: bool = True

    def of_day(self, day: Day) -> tuple[Orphan, ...]:
        """Return those of a day: that of their conversation, or else that of their creation.

        Each belongs to one day at most; one that tells neither belongs to none.
        """
        return tuple(orphan for orphan in self.found if self._is_of(orphan, day))

    def near(self, day: Day) -> tuple[Orphan, ...]:
        """Return the audio that may be of a day's conversations, and of which nobody can tell.

        It names no conversation, and was created before the day's settling delay had passed: a
        conversation, and a recovery, may outlast midnight.
        """
        end = day.end + SETTLING_DELAY
        return tuple(
            orphan
            for orphan in self.found
            if orphan.media == _AUDIO
            and orphan.conversation_id is None
            and orphan.created is not None
            and day.start <= orphan.created < end
        )

    def _is_of(self, orphan: Orphan, day: Day) -> bool:
        known = self.days.get(orphan.conversation_id or "")
        if known is not None:
            return known == day
        return orphan.created is not None and orphan.created in day


def claims(legs: Mapping[str, Sequence[str]], found: Iterable[Orphan]) -> dict[str, Orphan]:
    """Return the orphans that explain legs without a recording, by leg; each explains one.

    One that does not say its leg stands for any one of its conversation that is left.

    Args:
        legs: Legs without a recording, by conversation.
        found: Orphans of their day.
    """
    claimed: dict[str, Orphan] = {}
    audio = [orphan for orphan in found if orphan.media == _AUDIO]
    for orphan in sorted(audio, key=lambda orphan: orphan.communication_id is None):
        wanted = legs.get(orphan.conversation_id or "", ())
        left = [leg for leg in wanted if leg not in claimed]
        leg = orphan.communication_id or next(iter(left), None)
        if leg is not None and leg in left:
            claimed[leg] = orphan
    return claimed


def named(found: Sequence[Orphan]) -> str:
    """Write ids for a person to look up."""
    ids = ", ".join(orphan.id for orphan in found[:_MOST_NAMED])
    more = len(found) - _MOST_NAMED
    return f"{ids} and {more} more" if more > 0 else ids


def warnings(strays: Sequence[Orphan], *, is_all: bool) -> tuple[str, ...]:
    """Return what a person should know of a day's orphans that explain no gap of it.

    They do not fail the day: nothing that the source lists, or says it recorded, is missing because
    of them, and they may belong to calls of which we are to have nothing.

    Args:
        strays: Those orphans.
        is_all: Whether the source told of all orphans it has.
    """
    said = []
    if strays:
        said.append(
            f"{len(strays)} orphan recordings at the source explain no gap for certain, and nobody "
            f"exports them: have an administrator look whose they are: {named(strays)}"
        )
    if not is_all:
        said.append("the source has more orphan recordings than it tells: not all were looked at")
    return tuple(said)
