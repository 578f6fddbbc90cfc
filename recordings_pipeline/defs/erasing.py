"""Erasure in Dagster: conversations by their ids, and nothing that names a person."""

from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.defs.given_days import described
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.core.erasing import Erasure

BY = "dagster"


class WhatToErase(dg.Config):
    """Which conversations are erased.

    A run's configuration is kept by Dagster for good: telephone numbers have no place in it.
    """

    conversation_ids: list[str] = Field(description="Ids of conversations.")
    reason: str = Field(description="A ticket; kept for ever, so that it must not name people.")
    dry_run: bool = Field(
        default=True, description="Only say what would go; false erases for good."
    )


@dg.op(description="Erases conversations for good; by default it only says what would go.")
def erase_conversations(
    context: dg.OpExecutionContext, config: WhatToErase, organization: Organization
) -> None:
    """Erase, and fail if something stays; asks the platform nothing."""
    from recordings_pipeline.core.erasing import Order, checked_ids, checked_reason
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.erasing import erase, survey

    try:
        order = Order(checked_reason(config.reason, "reason"), BY)
        ids = checked_ids(config.conversation_ids, "conversation_ids")
        with open_archive(organization.place, organization.keeping) as archive:
            found = list(survey(archive, ids) if config.dry_run else erase(archive, ids, order))
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    tell(context, found, is_dry=config.dry_run)


@dg.job(
    description=described(
        "Erases conversations for good, with a tombstone that later exports respect; by default "
        "it only says what would go. Ids and reason are required.",
        {
            "erase_conversations": {
                "conversation_ids": ["5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e"],
                "reason": "DSAR-17",
                "dry_run": True,
            }
        },
    )
)
def erase() -> None:
    """Erase once."""
    erase_conversations()


class HowToRetain(dg.Config):
    """Whether what was kept long enough goes."""

    apply: bool = Field(default=False, description="Erase; by default it only says what would go.")


@dg.op(description="Erases what was kept for longer than RECORDINGS_KEEP_DAYS, holds aside.")
def retain_days(
    context: dg.OpExecutionContext, config: HowToRetain, organization: Organization
) -> None:
    """Erase day by day, and fail if something stays that nobody holds."""
    from recordings_pipeline.stages.archive import open_archive
    from recordings_pipeline.stages.retaining import plan, retain

    try:
        days = organization.keep_days
        with open_archive(organization.place, organization.keeping) as archive:
            done = list(retain(archive, days, BY) if config.apply else plan(archive, days))
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    for one in done:
        fate = "erased" if config.apply else "would go"
        context.log.info("%s: %d conversations %s", one.day, one.conversation_count, fate)
        for reason, count in one.stays.items():
            context.log.info("%s: %d stay: %s", one.day, count, reason)
    left = [f"{one.day}: {why}" for one in done for why in one.left]
    context.add_output_metadata(
        {
            "dry_run": not config.apply,
            "conversations": sum(one.conversation_count for one in done),
            "recordings": sum(one.recording_count for one in done),
            "bytes": sum(one.size_bytes for one in done),
            "left": sum(sum(one.stays.values()) for one in done),
        }
    )
    if left:
        raise dg.Failure(description=" | ".join(left), allow_retries=False)


@dg.job(
    description=described(
        "Erases what was kept for longer than RECORDINGS_KEEP_DAYS, holds aside; by default it "
        "only says what would go.",
        {"retain_days": {"apply": False}},
    )
)
def retain() -> None:
    """Retain once."""
    retain_days()


def tell(context: dg.OpExecutionContext, found: "list[Erasure]", *, is_dry: bool) -> None:
    """Log what became of each conversation, and count; a failure names what stays.

    Raises:
        Failure: Something was to go and is still there.
    """
    from recordings_pipeline.core.erasing import Fate

    gone = [one for one in found if one.fate is Fate.ERASED]
    stays = [one for one in found if one.fate is not Fate.ERASED]
    for one in found:
        fate = "would be erased" if is_dry and one in gone else one.fate
        context.log.info("%s: %s %s", one.conversation_id, fate, one.reason)
    context.add_output_metadata(
        {
            "dry_run": is_dry,
            "conversations": len(gone),
            "recordings": sum(one.recording_count for one in gone),
            "files": sum(one.file_count for one in gone),
            "bytes": sum(one.size_bytes for one in gone),
            "left": len(stays),
        }
    )
    if stays and not is_dry:
        text = " | ".join(f"{one.conversation_id}: {one.reason}" for one in stays)
        raise dg.Failure(description=text, allow_retries=False)
