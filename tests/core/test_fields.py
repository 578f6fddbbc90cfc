"""What JSON can escape and a ledger cannot hold does not come in."""

import json

import pytest

from recordings_pipeline.core.fields import parsed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\0b", "a?b"),
        ("a\ud800b", "a?b"),
        ("\0\udfff", "??"),
        ("a \\u0000 of words", "a \\u0000 of words"),
        ("ä€😀", "ä€😀"),
    ],
    ids=["NUL", "half a pair", "both", "a backslash", "whole ones"],
)
def test_a_text_is_kept_but_for_what_nothing_can_hold(text: str, kept: str) -> None:
    body = json.dumps({text: [text, {"in": text}]}).encode()

    assert parsed(body, "an answer") == {kept: [kept, {"in": kept}]}
