"""Colours of speakers: seen by people who confuse some, on white as well as on black.

They are those of Okabe and Ito, darkened or lightened until each has a contrast of 3 : 1 with both.
"""

from recordings_pipeline.core.cast import AGENT, CUSTOMER, Cast
from recordings_pipeline.core.purposes import MACHINES
from recordings_pipeline.core.speech import Speaker

# A second agent takes over at a transfer; from the third on colours come again.
AGENTS = ("agent-1", "agent-2", "agent-3")
HUES = {
    "agent-1": "#1a7fc0",
    "agent-2": "#b8649a",
    "agent-3": "#7f8f2e",
    CUSTOMER: "#d55e00",
    "machine": "#009e73",
    "other": "#8a8f98",
}
TEXT, FAINT, OVERTALK = "#84888f", "#8a8f98", "#b98200"
_EXTERNAL = (CUSTOMER, "external")


def hue_of(speaker: Speaker, cast: Cast) -> str:
    """Return the name of a speaker's colour; agents who could be several are ``other``."""
    if speaker.role in MACHINES:
        return "machine"
    if speaker.role in _EXTERNAL:
        return CUSTOMER
    number = cast.agent_number(speaker)
    if number is not None:
        return AGENTS[number % len(AGENTS)]
    return (
        AGENTS[0] if speaker.role in (AGENT, "internal") and not speaker.is_ambiguous else "other"
    )
