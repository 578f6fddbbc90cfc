"""Batch requests: discovered little by little, readable by their creator only."""

import threading
from dataclasses import dataclass, field
from typing import Any

from recordings_pipeline.simulator.ids import named_id
from recordings_pipeline.simulator.options import SENSITIVE, Options
from recordings_pipeline.simulator.world import Call, World

ARCHIVE_POLLS = 2
_READY_AT_POLL = 3


@dataclass(slots=True)
class _Batch:
    creator: str
    results: list[dict[str, Any]]
    polls_needed: int
    polls: int = field(default=0)


class Batches:
    """Keeps the batch requests of a run."""

    def __init__(self, world: World, options: Options) -> None:
        self._world = world
        self._options = options
        self._lock = threading.Lock()
        self._batches: dict[str, _Batch] = {}

    def submit(self, creator: str, items: list[dict[str, Any]]) -> str:
        """Take a request of up to 100 conversations and return its id."""
        calls = [(item, self._world.find(str(item.get("conversationId")))) for item in items]
        results = [result for item, call in calls if (result := self._result(item, call))]
        is_slow = any(call is not None and call.file_state == "ARCHIVED" for _, call in calls)
        with self._lock:
            batch_id = named_id(self._options.seed, "batch", len(self._batches))
            needed = _READY_AT_POLL + ARCHIVE_POLLS * is_slow
            self._batches[batch_id] = _Batch(creator, results, needed)
        return batch_id

    def poll(self, batch_id: str, creator: str) -> dict[str, Any] | None:
        """Return the state after one more poll; None for an unknown id.

        Raises:
            PermissionError: Somebody else submitted it.
        """
        with self._lock:
            batch = self._batches.get(batch_id)
            if batch is None:
                return None
            if batch.creator != creator:
                raise PermissionError
            batch.polls += 1
            polls = batch.polls
        total = len(batch.results)
        is_done = polls >= batch.polls_needed
        expected = total if is_done else (0 if polls == 1 else -(-total // 2))
        return {
            "id": batch_id,
            "jobId": batch_id,
            "expectedResultCount": expected,
            "resultCount": total if is_done else expected // 2,
            "errorCount": sum("errorMsg" in result for result in batch.results) if is_done else 0,
            "status": "Completed" if is_done else "InProgress",
            "results": batch.results if is_done else [],
        }

    def _result(self, item: dict[str, Any], call: Call | None) -> dict[str, Any] | None:
        """Return a result without its URL, or None for what the platform leaves out."""
        if call is None:
            return {
                "conversationId": item.get("conversationId"),
                "errorMsg": "Conversation not found.",
            }
        if call.recording_id is None:
            return None
        if call.is_sensitive and SENSITIVE not in self._options.permissions:
            return None
        common = {"conversationId": call.conversation_id, "recordingId": call.recording_id}
        if not call.is_exportable:
            return {**common, "errorMsg": "The recording has been deleted."}
        return {**common, "contentType": "audio/wav"}
