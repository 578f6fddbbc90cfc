"""What may be written down of an erasure, and which telephone numbers are the same."""

import pytest

from recordings_pipeline.core.erasing import checked_reason, is_same_line
from recordings_pipeline.core.errors import ConfigurationError


@pytest.mark.parametrize(
    "reason", ["DSAR-2026-00017", "SR1234567", "art. 17, of 2026-01-31", "CASE-030-1234567"]
)
def test_a_ticket_is_a_reason(reason: str) -> None:
    assert checked_reason(f" {reason} ") == reason


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "call +49 30 1234567",
        "0301234567",
        "Petra 030-1234567",
        "030-123-45-67",
        "(030) 123\u201345\u201367",
        "+49-30-123-4567",
        "jane@example.org",
        "https://tickets.example/?sig=abc",
        "a\nb",
        "x" * 121,
    ],
)
def test_what_names_a_person_or_is_no_line_is_none(reason: str) -> None:
    with pytest.raises(ConfigurationError, match="--reason"):
        checked_reason(reason)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("tel:+493012345678", "030 1234 5678", True),
        ("+493012345678", "+49 (30) 12345678", True),
        ("sip:Jane@example.org;transport=tls", "jane@example.org", True),
        ("+493012345678", "+493012345679", False),
        ("+493012345678", "345678", False),
        ("", "", False),
        ("jane@example.org", "example.org", False),
    ],
)
def test_a_number_is_the_same_however_it_is_written(one: str, other: str, *, is_same: bool) -> None:
    assert is_same_line(one, other) is is_same
    assert is_same_line(other, one) is is_same
