"""Legal holds in Dagster: what must not be erased, until two people release it."""

from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError, RecordingsError
from recordings_pipeline.defs.erasing import BY
from recordings_pipeline.defs.given_days import described
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.core.holding import Person
    from recordings_pipeline.stages.archive import Archive


class WhatToHold(dg.Config):
    """What is held, or which hold is released.

    Dagster does not tell who starts a run, so he says it: evidence for the audit log, and no proof.
    """

    conversation_ids: list[str] = Field(default=[], description="Ids of conversations.")
    first_day: str = Field(default="", description="First day of all that is held.")
    last_day: str = Field(default="", description="Last day, included.")
    in_advance: bool = Field(default=False, description="Also ids nobody indexed yet.")
    release: int = Field(
        default=0, description="Number of a hold: one run asks, one of somebody else confirms."
    )
    reason: str = Field(description="A case; kept for ever, so that it must not name people.")
    person: str = Field(description="Your account, such as a.smith.")
    dry_run: bool = Field(
        default=True, description="Only say what would be held or released; false does it."
    )


@dg.op(description="Holds conversations or days, or releases a hold; by default it only tells.")
def hold_conversations(
    context: dg.OpExecutionContext, config: WhatToHold, organization: Organization
) -> None:
    """Hold, or let go, and say how all holds stand; asks the platform nothing."""
    from recordings_pipeline.core.erasing import checked_reason
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.holding import hold, release

    try:
        what, by = _what(config), _person(config.person)
        reason = checked_reason(config.reason, "reason")
        with open_archive(organization.place, organization.keeping) as archive:
            if config.dry_run:
                context.log.info("%s", _told(archive, what, by, config))
            elif isinstance(what, int):
                release(archive, what, reason, by)
            else:
                hold(archive, what, reason, by, is_in_advance=config.in_advance)
            holds = archive.ledger.holds.all()
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    for one in holds:
        context.log.info("hold %d of %s: %s", one.hold_id, one.what, one.state)
    held = sum(not one.released_by for one in holds)
    context.add_output_metadata({"dry_run": config.dry_run, "holds": held})


@dg.job(
    description=described(
        "Keeps conversations, or all of some days, from being erased, until two people release "
        "them; by default it only says what would be held. Reason and person are required.",
        {
            "hold_conversations": {
                "conversation_ids": ["5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e"],
                "reason": "CASE-4",
                "person": "a.smith",
                "dry_run": True,
            }
        },
    )
)
def hold() -> None:
    """Hold, or release, once."""
    hold_conversations()


def _what(config: WhatToHold) -> tuple[str, ...] | Span | int:
    """Return conversations or days to hold, or the number of the hold to release."""
    from recordings_pipeline.core.erasing import checked_ids

    has_days = bool(config.first_day or config.last_day)
    if [bool(config.conversation_ids), has_days, bool(config.release)].count(True) != 1:
        problem = "or first_day and last_day, or release: name one of them"
        raise ConfigurationError("conversation_ids", problem)
    if has_days:
        return _days(config)
    return config.release or checked_ids(config.conversation_ids, "conversation_ids")


def _days(config: WhatToHold) -> Span:
    try:
        first, last = map(Day.from_key, (config.first_day, config.last_day))
    except ValueError as error:
        raise ConfigurationError("first_day", f"and last_day are days: {error}") from None
    if last < first:
        raise ConfigurationError("last_day", f"{last} is before first_day {first}")
    return Span(first.date, last.date)


def _person(name: str) -> "Person":
    from recordings_pipeline.core.holding import Person, checked_name

    try:
        return Person(BY, checked_name(name))
    except ConfigurationError as error:
        raise ConfigurationError("person", error.problem) from None


def _told(
    archive: "Archive", what: tuple[str, ...] | Span | int, by: "Person", config: WhatToHold
) -> str:
    """Say what would happen, or raise what would be raised."""
    from recordings_pipeline.stages.holding import check, is_last_word

    if isinstance(what, int):
        is_last = is_last_word(archive, what, by)
        return f"hold {what} would be {'released' if is_last else 'asked to be released'}"
    check(archive, what, is_in_advance=config.in_advance)
    named = f"{what.first} to {what.last}" if isinstance(what, Span) else ", ".join(what)
    return f"would be held: {named}"
