"""A manifest's line is read only as we write it, and heads find their place."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recordings_pipeline.core.audit.findings import head_findings, manifest_of
from recordings_pipeline.core.audit.lines import GENESIS
from recordings_pipeline.core.audit.manifest import (
    Entry,
    Head,
    entry_from,
    entry_line,
    head_from,
    line_digest,
    sealed,
    segment_of,
    signed_text,
)

NOW = datetime(2026, 2, 3, tzinfo=UTC)
KEY = "a" * 32


def entry(before: Entry | None = None) -> Entry:
    """Return an entry of two events that nobody signed, after another one."""
    events = [{"seq": n, "action": "api.spent", "object_id": "x"} for n in (1, 3)]
    segment = segment_of(before.chain if before else GENESIS, events)
    last = (before, entry_line(before)) if before else None
    return replace(sealed(last, segment, NOW, KEY), signature="b" * 128)


def test_an_entry_is_read_as_it_was_written() -> None:
    first = entry()

    assert entry_from(entry_line(first)) == first
    assert (first.number, first.first_seq, first.last_seq, first.event_count) == (1, 1, 3, 2)
    assert b"signature" not in signed_text(first)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        entry_line(entry()).replace(b",", b", "),
        entry_line(entry()).replace(b'"number":1', b'"number":1.0'),
        entry_line(entry()).replace(b'"number":1', b'"number":true'),
        entry_line(entry()).replace(b'"v":1', b'"v":2'),
        entry_line(replace(entry(), root="x")),
        b"\xff",
    ],
)
def test_what_we_would_not_write_is_no_entry(line: bytes) -> None:
    assert entry_from(line) is None


def test_a_manifest_whose_lines_follow_each_other_has_no_findings() -> None:
    first = entry()

    manifest = manifest_of([entry_line(first), entry_line(entry(first))])

    assert manifest.findings == ()
    assert [one.number for one in manifest.entries] == [1, 2]


def test_a_head_is_found_in_a_log_that_has_grown_and_not_in_another_one() -> None:
    first = entry()
    lines = [entry_line(first), entry_line(entry(first))]
    head = Head(1, line_digest(lines[0]))

    assert list(head_findings(manifest_of(lines), head, "x")) == []
    assert list(head_findings(manifest_of(lines[1:]), head, "x")) != []
    assert list(head_findings(manifest_of([]), head, "x")) != []
    assert list(head_findings(manifest_of(lines), Head(1, GENESIS), "x")) != []


def test_a_head_is_read_as_it_is_printed() -> None:
    head = Head(12, "0" * 64)

    assert head_from(f" {head}\n") == head


@pytest.mark.parametrize("text", ["", "12", "0:" + "0" * 64, "1:" + "0" * 63, "1:" + "G" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a head is"):
        head_from(text)
