"""The parties of a vCon: the customer first, then agents and machines as they appear."""

from collections.abc import Iterator
from typing import Any

from recordings_pipeline.core.cast import Cast, agent_ids, role_text
from recordings_pipeline.core.purposes import MACHINES
from recordings_pipeline.core.speech import Speaker
from recordings_pipeline.core.spoken import EXTERNAL, INTERNAL, SpokenConversation, SpokenRecording

Json = dict[str, Any]
Party = int | list[int] | None
_EXTERNAL_ROLES = ("customer", "external")


class Parties:
    """Everybody in a conversation, with the number that the rest of the document says."""

    customer = 0

    def __init__(self, conversation: SpokenConversation) -> None:
        self._cast = Cast(conversation)
        self.objects: list[Json] = [_customer(conversation)]
        self._numbers: dict[str, int] = {}
        for recording in conversation.recordings:
            for speaker in _speakers(recording):
                for key in _keys(speaker):
                    self._add(key, speaker)

    def of(self, speaker: Speaker) -> Party:
        """Return a speaker's number; several when several could be meant."""
        if speaker.role in _EXTERNAL_ROLES:
            return self.customer
        return _flat([self._numbers[key] for key in _keys(speaker)])

    def channels(self, recording: SpokenRecording) -> list[Party]:
        """Return who is heard on each channel, in order; on a mono file everybody at once."""
        inside = sorted({self._numbers[key] for s in _speakers(recording) for key in _keys(s)})
        if recording.is_mono:
            return [self.customer, *inside]
        count = (recording.files[0].channels if recording.files else None) or 2
        by_side = {EXTERNAL: self.customer, INTERNAL: _flat(inside)}
        return [by_side.get(recording.side_of(channel) or "") for channel in range(count)]

    def originator(self, direction: str | None) -> int:
        """Return who called: the customer, or on outbound calls the first agent."""
        agents = [self._numbers[id_] for id_ in self._cast.agents]
        return agents[0] if direction == "outbound" and agents else self.customer

    def _add(self, key: str, speaker: Speaker) -> None:
        if key in self._numbers:
            return
        self._numbers[key] = len(self.objects)
        if key in agent_ids(speaker):
            alone = Speaker(speaker.role, key, is_ambiguous=False)
            self.objects.append({"name": self._cast.name(alone), "uuid": key, "type": "person"})
            return
        kind = "bot" if speaker.role in MACHINES else "person"
        self.objects.append({"name": role_text(speaker.role), "type": kind})


def _customer(conversation: SpokenConversation) -> Json:
    is_outbound = conversation.direction == "outbound"
    number = conversation.dnis if is_outbound else conversation.ani
    if not number:
        return {"name": "anonymous", "type": "person"}
    return {"tel": number if number.startswith("tel:") else f"tel:{number}", "type": "person"}


def _speakers(recording: SpokenRecording) -> Iterator[Speaker]:
    """Yield who speaks on the internal side."""
    speakers = [said.speaker for said in recording.said]
    speakers += [turn.speaker for turns in recording.turns.values() for turn in turns]
    return (speaker for speaker in speakers if speaker.role not in _EXTERNAL_ROLES)


def _keys(speaker: Speaker) -> tuple[str, ...]:
    """Return what tells a party from others: agents by id, the rest by role."""
    return agent_ids(speaker) or (speaker.role,)


def _flat(numbers: list[int]) -> Party:
    """Write one number alone, and nobody as null."""
    if not numbers:
        return None
    return numbers[0] if len(numbers) == 1 else numbers
