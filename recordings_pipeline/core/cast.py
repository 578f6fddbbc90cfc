"""What the speakers of a conversation are called, by people and by machines."""

from collections.abc import Iterator

from recordings_pipeline.core.speech import Speaker
from recordings_pipeline.core.spoken import SpokenConversation

AGENT, CUSTOMER = "agent", "customer"
_WORDS = {
    AGENT: "Agent",
    CUSTOMER: "Customer",
    "ivr": "IVR",
    "acd": "Queue",
    "internal": "Internal side",
    "external": "External side",
}


class Cast:
    """Everybody who speaks in a conversation; agents in order of appearance."""

    def __init__(self, conversation: SpokenConversation) -> None:
        self._names = conversation.names
        ids = (id_ for speaker in _speakers(conversation) for id_ in agent_ids(speaker))
        self.agents: tuple[str, ...] = tuple(dict.fromkeys(ids))

    def name(self, speaker: Speaker) -> str:
        """Name a speaker; of an ambiguous one, everybody who could be meant."""
        ids = agent_ids(speaker)
        if ids:
            return " or ".join(self._agent(id_) for id_ in ids)
        return role_text(speaker.role)

    def id(self, speaker: Speaker) -> str:
        """Tell speakers apart, without names: the role, with the agent's id where it is clear."""
        return f"{speaker.role}:{speaker.user_id}" if speaker.user_id else speaker.role

    def agent_number(self, speaker: Speaker) -> int | None:
        """Return which agent it is, from 0; None for others, and when several could be meant."""
        return None if speaker.user_id is None else self.agents.index(speaker.user_id)

    def _agent(self, id_: str) -> str:
        if id_ in self._names:
            return self._names[id_]
        number = f" {self.agents.index(id_) + 1}" if len(self.agents) > 1 else ""
        return f"{_WORDS[AGENT]}{number}"


def role_text(role: str) -> str:
    """Write a role as people read it."""
    return _WORDS.get(role, role[:1].upper() + role[1:])


def agent_ids(speaker: Speaker) -> tuple[str, ...]:
    """Return the agents who could be meant."""
    return (speaker.user_id,) if speaker.user_id else speaker.candidates


def _speakers(conversation: SpokenConversation) -> Iterator[Speaker]:
    for recording in conversation.recordings:
        yield from (said.speaker for said in recording.said)
        yield from (turn.speaker for turns in recording.turns.values() for turn in turns)
