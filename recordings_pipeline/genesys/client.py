"""Questions in our words, asked through the official SDK."""

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from recordings_pipeline.core import wire
from recordings_pipeline.core.allowance import Spending
from recordings_pipeline.core.errors import Interrupted, NotFound
from recordings_pipeline.core.fields import parsed
from recordings_pipeline.core.model import (
    BatchState,
    Organization,
    Recording,
)
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.core.settings import Settings
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.genesys.budget import WindowStore
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.genesys.sdk import Sdk, open_sdk
from recordings_pipeline.genesys.transport import ApiTransport, Reply

# The platform's own maximum of items in a batch request.
BATCH_SIZE = 100
_ALLOWANCE_KEY = "client.credentials.token.rate.per.minute"


class GenesysClient:
    """One organization. Threads may share it; the first question pays for the SDK's import."""

    def __init__(self, settings: Settings, transport: ApiTransport, stop: threading.Event) -> None:
        self._base_url = settings.base_url
        self._transport = transport
        self._lock = threading.Lock()
        self._opened: Sdk | None = None
        self.stop = stop
        self.poll_s = settings.poll_s
        self.peers = settings.peers

    @property
    def meter(self) -> Meter:
        """Where whoever fetches this organization's files counts their bytes."""
        return self._transport.meter

    @property
    def spent(self) -> Throughput:
        """What was asked, waited for and received since the client was opened."""
        return self.meter.reading()

    @property
    def allowance(self) -> Spending:
        """What there is of the API allowance now."""
        return self._transport.gate.spending()

    def wait(self, seconds: float) -> None:
        """Wait until the time is over.

        Raises:
            Interrupted: The run was asked to stop meanwhile.
        """
        if self.stop.wait(seconds):
            raise Interrupted

    def organization(self) -> Organization:
        """Say whose token we hold; needs no permission."""
        return wire.organization(json_of(self.sdk.tokens.get_tokens_me(), "token info"))

    def recordings(self, conversation_id: str) -> list[Recording]:
        """List a conversation's recordings; a conversation the source forgot has none."""
        try:
            reply = self.sdk.recording.get_conversation_recordingmetadata(conversation_id)
        except NotFound:
            return []
        return wire.recordings(json_of(reply, "recording metadata"), conversation_id)

    def request_batch(self, conversation_ids: Sequence[str]) -> str:
        """Ask for signed URLs of all recordings of up to `BATCH_SIZE` conversations.

        Returns:
            The id of the batch request; only this OAuth client may ask for its state.
        """
        items = [{"conversationId": conversation_id} for conversation_id in conversation_ids]
        body = {"batchDownloadRequestList": items}
        reply = self.sdk.recording.post_recording_batchrequests(body)
        return wire.batch_id(json_of(reply, "batch request"))

    def batch(self, batch_id: str) -> BatchState:
        """Ask how a batch request stands."""
        reply = self.sdk.recording.get_recording_batchrequest(batch_id)
        return wire.batch_state(json_of(reply, "batch request"))

    def transcript_links(self, conversation_id: str, communication_id: str) -> dict[str, SignedUrl]:
        """Ask for the URL of each recording's transcript file; they live ten minutes.

        Returns:
            URLs by recording.

        Raises:
            NotFound: The communication is not transcribed, or not yet.
        """
        ask = self.sdk.speech.get_speechandtextanalytics_conversation_communication_transcripturls
        return wire.transcript_links(
            json_of(ask(conversation_id, communication_id), "transcript URLs")
        )

    def batch_url_lifetime_s(self) -> int:
        """Ask how long the URLs of a batch request live, in seconds; needs no permission."""
        reply = self.sdk.recording.get_recording_settings()
        return wire.batch_url_lifetime_s(json_of(reply, "recording settings"))

    def calls_per_minute(self) -> int | None:
        """Ask for this client's allowance, and keep to it; None when it is not listed."""
        reply = self.sdk.organization.get_organizations_limits_namespace("platform.api")
        limit = wire.limit(json_of(reply, "limits"), _ALLOWANCE_KEY)
        if limit:
            self._transport.gate.promise(limit)
        return limit

    @property
    def sdk(self) -> Sdk:
        """The official SDK on our transport; the first use pays for its import."""
        with self._lock:
            if self._opened is None:
                self._opened = open_sdk(self._base_url, self._transport)
            return self._opened


@contextmanager
def open_client(
    settings: Settings,
    stop: threading.Event,
    store: WindowStore | None = None,
    *,
    share: float = 1.0,
) -> Generator[GenesysClient]:
    """Open a client for the length of a ``with`` block.

    Args:
        settings: Where to ask, and as whom.
        stop: Set it to end every wait and make the next question raise ``Interrupted``.
        store: What other processes know of the API allowance; of this one alone by default.
        share: Part of the allowance to use, 0 to 1.
    """
    with ApiTransport(settings, stop, store, share=share) as transport:
        yield GenesysClient(settings, transport, stop)


def json_of(reply: Reply, what: str) -> Any:  # noqa: ANN401 (core.wire gives it a type)
    """Decode a reply."""
    return parsed(reply.data, what)
