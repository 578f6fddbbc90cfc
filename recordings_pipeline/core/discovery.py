"""What is asked of the source to learn which recordings a conversation has.

A batch request names the recordings of a hundred conversations at once; metadata costs a call for
each. So metadata is asked for only where the batch and the conversation leave a question open.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import WRITTEN_MEDIA, Conversation, Media, Recording
from recordings_pipeline.core.pauses import pauses_as_texts

AUDIO = "audio"
# What an organization was seen to do. One that does both may hide a recording from us: a batch
# that leaves one of two out looks like a batch of one, and only metadata tells.
EXTRA_LEGS, WITHHOLDS = "records_legs_it_does_not_name", "withholds_recordings"
_SIDE_MEDIA, _SIDE_SUBTYPES = "screen", frozenset({"Screen", "Snippet"})
# A job costs about five calls, whatever the day; a page of the query holds a hundred.
JOB_PAYS_FROM = 1_000


def reads_by_job(day: Day, count: int, available_until: datetime | None) -> bool:
    """Say whether a day's conversations are read by a details job instead of page by page.

    Args:
        day: The day.
        count: Conversations it has, as far as is known.
        available_until: Up to when the data lake is complete; None for not known.
    """
    is_complete = available_until is not None and available_until >= day.end
    return is_complete and count >= JOB_PAYS_FROM


def recordings_from_batch(
    conversation: Conversation, media: Sequence[Media], known: Collection[str] = ()
) -> list[Recording] | None:
    """Return what a batch result tells of a conversation's recordings.

    Args:
        conversation: What analytics says.
        media: What the batch brought of it.
        known: Recordings it had before.

    Returns:
        The recordings; None where metadata has to be asked: nothing came, an error came, several
        recordings came, a known one did not come, or the leg that was recorded is not the only one
        that could be meant.
    """
    ids = {item.recording_id for item in media}
    if conversation.end is None or len(ids) != 1 or any(item.has_error for item in media):
        return None
    if not ids.issuperset(known):
        return None
    communication_id, name = _only_leg(conversation), _medium(conversation, media)
    if name is None or (name == AUDIO and communication_id is None):
        return None
    (recording_id,) = ids
    return [
        Recording(
            id=recording_id,
            conversation_id=conversation.id,
            communication_id=communication_id,
            media=name,
            media_subtype=None,
            file_state="AVAILABLE",
            has_metadata=False,
        )
    ]


def learned_from(
    conversation: Conversation, recordings: Iterable[Recording], delivered_ids: Collection[str]
) -> frozenset[str]:
    """Return what the metadata of a conversation shows of its organization's ways.

    Args:
        conversation: What analytics says.
        recordings: What metadata says.
        delivered_ids: Recordings that a batch answered for, with a file or an error.
    """
    audio = [found for found in recordings if found.media == AUDIO and found.has_metadata]
    found = set()
    if any(recording.communication_id not in conversation.recorded_ids for recording in audio):
        found.add(EXTRA_LEGS)
    if any(r.file_state == "AVAILABLE" and r.id not in delivered_ids for r in audio):
        found.add(WITHHOLDS)
    return frozenset(found)


def needs_all_metadata(learned: Collection[str]) -> bool:
    """Say whether batches of an organization cannot be trusted to show all there is."""
    return {EXTRA_LEGS, WITHHOLDS} <= set(learned)


def unlisted_ids(conversation: Conversation, recordings: Iterable[Recording]) -> tuple[str, ...]:
    """Return the communications that say they were recorded, but have no recording.

    Screens and snippets are kept beside the recording of their leg, and are no substitute for it.
    A recording that does not say its leg stands for any one of them.
    """
    listed = [
        found.communication_id for found in recordings if is_whole(found.media, found.media_subtype)
    ]
    unlisted = [id_ for id_ in conversation.recorded_ids if id_ not in listed]
    return tuple(unlisted[listed.count(None) :])


def is_whole(media: str | None, media_subtype: str | None) -> bool:
    """Say whether a recording is that of its leg, and not a screen or a snippet beside it."""
    return media != _SIDE_MEDIA and media_subtype not in _SIDE_SUBTYPES


def index_row(
    conversation: Conversation, recording: Recording, known: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a recording's row of the index; names are added when the table is published.

    Args:
        conversation: What analytics says.
        recording: What metadata, or a batch, says.
        known: The row from before; what only metadata tells is kept from it.
    """
    row = {
        "recording_id": recording.id,
        "conversation_id": conversation.id,
        "communication_id": recording.communication_id,
        "media": recording.media,
        "media_subtype": recording.media_subtype,
        "file_state": recording.file_state,
        "conversation_start_time": conversation.start,
        "conversation_end_time": conversation.end,
        "is_open": conversation.end is None,
        "direction": conversation.direction,
        "queue_id": conversation.queue_id,
        "division_id": next(iter(conversation.division_ids), None),
        "agent_user_id": next(iter(conversation.agent_ids), None),
        "agent_user_ids": list(conversation.agent_ids),
        "agent_count": len(conversation.agent_ids),
        "participant_count": conversation.participant_count,
        "leg_count": conversation.leg_count,
        "transfer_count": conversation.transfer_count,
        "hold_ms": conversation.hold_ms,
        "wrap_up_code": conversation.wrap_up_code,
        "ani": conversation.ani,
        "dnis": conversation.dnis,
        "archive_time": recording.archive_time,
        "delete_time": recording.delete_time,
        "export_time": recording.export_time,
        "region": recording.region,
        "has_metadata": recording.has_metadata,
        "pauses": pauses_as_texts(recording.pauses),
    }
    if known is None or recording.has_metadata:
        return row
    kept = {name: known.get(name) if value is None else value for name, value in row.items()}
    return {**kept, "has_metadata": bool(known.get("has_metadata"))}


def _only_leg(conversation: Conversation) -> str | None:
    """Return the communication a single recording belongs to.

    A batch leaves out what is sensitive without a word: beside a snippet, one recording may be
    either of two.
    """
    if len(conversation.recorded_ids) == 1 and not conversation.has_snippet:
        return conversation.recorded_ids[0]
    return None


def _medium(conversation: Conversation, media: Sequence[Media]) -> str | None:
    """Name what was recorded, where conversation and content type agree."""
    is_audio = all(item.content_type.startswith("audio/") for item in media)
    if conversation.medium == "voice":
        return AUDIO if is_audio else None
    if conversation.medium in WRITTEN_MEDIA and not is_audio:
        return conversation.medium
    return None
