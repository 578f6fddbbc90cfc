"""Every parser of bytes that somebody else wrote, as a function of bytes that raises on a bug only.

What a parser is allowed to say of nonsense, it says by the errors of its own, which are caught
here. Anything else that comes out is a bug, and so is a value that no table could hold.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from recordings_pipeline.core import arrivals, ingest, layout, verification, wire, wire_analytics
from recordings_pipeline.core.audit.findings import (
    ledger_findings,
    manifest_of,
    segment_findings,
    signature_findings,
)
from recordings_pipeline.core.audit.lines import GENESIS, sealed_bodies
from recordings_pipeline.core.audit.manifest import head_from
from recordings_pipeline.core.audit.schema import day_of_line
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.errors import ConfigurationError, MalformedPayload
from recordings_pipeline.core.fields import parsed
from recordings_pipeline.core.headers import header_mapping, pause_s
from recordings_pipeline.core.probes.probe import probe
from recordings_pipeline.core.probes.sound import MOST_BYTES, MOST_READS
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.core.speakers import speakers_of
from recordings_pipeline.core.speech_schemas import SPEECH_EVENTS, TRANSCRIPTS, WORDS
from recordings_pipeline.core.stretches import stretches_as_text, stretches_from_text, stretches_of
from recordings_pipeline.core.transcript_file import transcript
from recordings_pipeline.core.transcript_rows import (
    Block,
    all_events,
    event_rows,
    phrase_rows,
    word_rows,
)
from recordings_pipeline.core.transfer import Held, judge
from recordings_pipeline.core.variables import VARIABLES
from recordings_pipeline.core.voice.mp3_delay import late_samples
from recordings_pipeline.storage.columns import column_of, repeated_column
from recordings_pipeline.storage.group_record import part_groups
from recordings_pipeline.storage.side_record import read_record
from recordings_pipeline.storage.tables import arrow_schema
from recordings_pipeline.storage.webm_opus import UnreadableWebm, ogg_minutes
from recordings_pipeline.watch.journal import Journal, read_on
from tests.fuzz.exports import exported
from tests.fuzz.storable import require_storable

ID = "00000000-0000-4000-8000-00000000000c"
NAMES = [variable.name for variable in VARIABLES]
# What a file of a few kilobytes may turn into.
MOST_MINUTES = 50
Target = Callable[[bytes], None]
_PARSERS: tuple[Callable[[Any], Any], ...] = (
    lambda payload: wire.recordings(payload, ID),
    wire.batch_state,
    wire.batch_id,
    wire.upload_report,
    wire.retained_page,
    wire.orphans_page,
    wire.names_page,
    wire.transcript_links,
    wire.organization,
    wire.batch_url_lifetime_s,
    lambda payload: wire.limit(payload, "client.credentials.token.rate.per.minute"),
    wire.error_text,
    wire_analytics.conversations_page,
    wire_analytics.job_page,
    wire_analytics.job_id,
    wire_analytics.job_state,
    wire_analytics.available_until,
)


def api_replies(data: bytes) -> None:
    """Read an answer of the API as every kind of answer."""
    try:
        payload = parsed(data, "answer")
    except MalformedPayload:
        return
    for parse in _PARSERS:
        with suppress(MalformedPayload):
            require_storable(parse(payload))


def headers(data: bytes) -> None:
    """Read the headers of a media host, and judge them as an answer to each kind of request."""
    text = data.decode("latin-1")
    lines = (line.partition(":") for line in text.split("\n"))
    found = header_mapping((name, value) for name, _, value in lines)
    wait = pause_s(found)
    assert wait is None or 0 <= wait <= 120
    for held in (Held(), Held(5, '"a"', 10)):
        for status in (200, 206, 302, 403, 404, 416, 429, 503):
            judge(held, status, found, is_text=False)


def transcripts(data: bytes) -> None:
    """Read a transcript, make it rows and columns, and every document that we write of it."""
    try:
        found = transcript(data, ID, ID, ID)
    except MalformedPayload:
        return
    speakers = speakers_of(found, ())
    blocks = {
        TRANSCRIPTS: phrase_rows(found, speakers),
        WORDS: word_rows(found, speakers),
        SPEECH_EVENTS: event_rows(found, all_events(found, ())),
    }
    for schema, block in blocks.items():
        require_columns(schema, block)
    exported(found, speakers)


def require_columns(schema: Schema, block: Block) -> None:
    """Fail where a table cannot hold rows."""
    for column in arrow_schema(schema):
        if column.name in block.columns:
            column_of(block.columns[column.name], column.type)
        elif column.name in block.repeated:
            repeated_column(block.repeated[column.name], column.type, block.counts)


def containers(data: bytes) -> None:
    """Probe a file, whole, and as the beginning of one that is longer than it is."""
    for size in (len(data), 2 * len(data) + 1):
        drive(data, size)
    late_samples(data)


def drive(data: bytes, size: int) -> None:
    """Give a probe what it asks for, and fail where it asks for too much."""
    steps, reads, total = probe(size), 0, 0
    try:
        need = next(steps)
        while True:
            reads, total = reads + 1, total + need.length
            assert reads <= MOST_READS
            assert total <= MOST_BYTES
            need = steps.send(data[need.offset : need.offset + need.length])
    except StopIteration as end:
        require_storable(end.value)


def webm_sound(data: bytes) -> None:
    """Take the sound out of a WebM file."""
    with in_memory(data) as (descriptor, _), suppress(UnreadableWebm):
        for minute in islice(ogg_minutes(descriptor), MOST_MINUTES):
            assert minute.startswith(b"OggS")


def journal(data: bytes) -> None:
    """Read a journal, and go on writing it."""
    with in_memory(data) as (_, path):
        reading = read_on(path, "", 0, most=100)
        for entry in reading.entries:
            assert {type(entry.id), type(entry.name), type(entry.reason)} == {str}
            assert type(entry.size_bytes) is int
            require_storable([str(entry.day), entry.place, arrivals.told_name(entry), entry.reason])
            require_storable([entry.id, entry.name, entry.size_bytes])
        position = arrivals.position_from(data.decode("utf-8", "replace"))
        arrivals.position_text(position)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        Journal(Path(file.name)).close()


def records(data: bytes) -> None:
    """Read what lies beside parts, as one record and as a group's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "parts"
        folder.mkdir()
        side = folder / f"{ID}.json"
        side.write_bytes(data)
        read_record(side, ID)
        (folder / f"{ID}.group").write_bytes(data)
        part_groups(folder)
        assert [path.name for path in Path(name).iterdir()] == ["parts"]


def configuration(data: bytes) -> None:
    """Read settings: a line each, in the order of the variables, or with a name before ``=``."""
    lines = data.decode("utf-8", "replace").split("\n")
    given = dict(zip(NAMES, lines, strict=False))
    given |= {name: value for name, mark, value in (line.partition("=") for line in lines) if mark}
    said = ""
    try:
        settings_from(given)
    except ConfigurationError as error:
        said = str(error)
    said.encode()
    secret = given.pop("GENESYS_CLIENT_SECRET", "").strip()
    # Whoever gives it as something else as well, a region say, is told what he gave.
    is_elsewhere = any(secret in value for value in given.values())
    assert len(secret) < 12 or is_elsewhere or secret not in said


def paths(data: bytes) -> None:
    """Read everything that a name can say, whoever chose it."""
    text = data.decode("utf-8", "surrogateescape").replace("\0", "")
    path = PurePosixPath("incoming") / text
    require_storable([layout.recording_of(path), ingest.dropped(path).about])
    ingest.is_second(path)
    if path.name:
        ingest.metadata_names(path)
        ingest.described_by(path)
    day = layout.day_of(path)
    assert day is None or f"date={day}" in path.parts
    verification.printable(text).encode()
    assert not text.isprintable() or arrivals.refusal(text, "file", 1) == ""
    arrivals.is_passed_over(text)
    try:
        key = layout.part_key(text, 2)
    except ValueError:
        return
    assert PurePosixPath(key).name == key
    assert len(key) < 60


def vendor_metadata(data: bytes) -> None:
    """Read the metadata that lie beside a recording of the vendor's own export."""
    said = ingest.said_by_metadata(data)
    assert all(layout.is_id(value) for value in said.values())


def stretches(data: bytes) -> None:
    """Read what everybody did on a call, write it down, and read it back."""
    try:
        payload = parsed(data, "participants")
        participants = payload if isinstance(payload, list) else [payload]
        found = stretches_of([item for item in participants if isinstance(item, Mapping)])
    except MalformedPayload:
        return
    assert stretches_from_text(stretches_as_text(found)) == found
    require_storable(found)


def audit_log(data: bytes) -> None:
    """Read lines as a manifest's, and what follows the first as the segment that it seals."""
    lines = data.split(b"\n")
    manifest = manifest_of(lines)
    found = list(manifest.findings)
    found += signature_findings(manifest.entries, frozenset({"0" * 32}), lambda *_: False)
    for entry in manifest.entries[:2]:
        found += segment_findings(entry, GENESIS, b"\n".join(lines[1:]))
    for line in lines:
        day_of_line(line)
    bodies = sealed_bodies(data)
    found += ledger_findings(bodies, {})
    for finding in found:
        str(finding).encode()
    with suppress(ValueError):
        head_from(data.decode("utf-8", "replace"))


class in_memory:  # noqa: N801 (a context manager, used as a function)
    """Some bytes as a file, for the length of a ``with`` block."""

    def __init__(self, data: bytes) -> None:
        self._descriptor = os.memfd_create("fuzz")
        os.write(self._descriptor, data)

    def __enter__(self) -> tuple[int, Path]:
        return self._descriptor, Path(f"/proc/self/fd/{self._descriptor}")

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


TARGETS: Mapping[str, Target] = {
    target.__name__: target
    for target in (
        api_replies,
        headers,
        transcripts,
        containers,
        webm_sound,
        journal,
        records,
        configuration,
        paths,
        vendor_metadata,
        stretches,
        audit_log,
    )
}
