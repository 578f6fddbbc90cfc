"""Whether a file may be published."""

from dataclasses import replace

import pytest

from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.core.trust import DEFAULT_CODECS, Facts, Policy, judge_sound

CALL = Sound("wav", "ulaw", 2, 8_000, duration_s=100.0, payload_offset=58, payload_bytes=1_600_000)
AUDIO = Facts(media="audio", content_type="audio/wav")
SCREEN = Sound("webm", "vp8", duration_s=100.0, is_video=True)


def verdict_on(sound: Sound, facts: Facts = AUDIO, policy: Policy | None = None) -> Verdict:
    return judge_sound(sound, facts, policy or Policy()).verdict


def test_a_whole_file_is_exported_with_the_extension_of_its_content() -> None:
    trust = judge_sound(replace(CALL, is_silent=False), AUDIO, Policy())

    assert trust.verdict == Verdict(Outcome.EXPORTED)
    assert (trust.extension, trust.is_silent) == ("wav", False)
    assert not trust.differs
    assert not trust.is_mislabelled


def test_a_problem_goes_to_quarantine_in_its_own_words() -> None:
    trust = judge_sound(replace(CALL, problem="the file ends inside a sample"), AUDIO, Policy())

    assert trust.verdict == Verdict(Outcome.QUARANTINED, "the file ends inside a sample")
    assert trust.extension is None


@pytest.mark.parametrize(
    ("sound", "media", "reason"),
    [
        (Sound("json"), "audio", "not sound"),
        (Sound(None), "audio", "no known audio container"),
        (CALL, "chat", "no known form of a written conversation"),
        (CALL, "screen", "holds no picture"),
        (replace(CALL, duration_s=0.02), "audio", "too short"),
        (replace(CALL, codec=None), "audio", "is unknown"),
    ],
)
def test_what_is_not_what_was_asked_for_goes_to_quarantine(
    sound: Sound, media: str, reason: str
) -> None:
    verdict = verdict_on(sound, Facts(media=media))

    assert verdict.outcome is Outcome.QUARANTINED
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("sound", "media"), [(Sound("zip"), "chat"), (Sound("eml"), "email"), (SCREEN, "screen")]
)
def test_text_and_screens_are_exported_as_what_they_are(sound: Sound, media: str) -> None:
    assert verdict_on(sound, Facts(media=media)).outcome is Outcome.EXPORTED


@pytest.mark.parametrize(
    ("recording_s", "is_trusted", "differs"),
    [
        (None, True, False),
        (100.4, True, False),
        (100.6, True, True),
        (105.2, True, True),
        (105.4, False, False),
        (60.0, True, True),
    ],
)
def test_a_file_shorter_than_its_recording_lost_a_piece(
    recording_s: float | None,
    is_trusted: bool,  # noqa: FBT001
    differs: bool,  # noqa: FBT001
) -> None:
    trust = judge_sound(CALL, replace(AUDIO, recording_s=recording_s), Policy())

    assert (trust.verdict.outcome is Outcome.EXPORTED) is is_trusted
    assert trust.differs is differs


@pytest.mark.parametrize(
    ("conversation_s", "media", "is_trusted"),
    [
        (None, "audio", True),
        (3_000.0, "audio", True),
        (41.0, "audio", True),
        (39.0, "audio", False),
        (39.0, "screen", True),
    ],
)
def test_a_call_is_not_longer_than_its_conversation(
    conversation_s: float | None,
    media: str,
    is_trusted: bool,  # noqa: FBT001
) -> None:
    sound = CALL if media == "audio" else SCREEN
    verdict = verdict_on(sound, Facts(media=media, conversation_s=conversation_s))

    assert (verdict.outcome is Outcome.EXPORTED) is is_trusted


def test_a_doubt_is_told_and_only_a_known_duration_dispels_it() -> None:
    doubt = "the last Ogg page does not end the stream"
    doubtful, known = replace(CALL, doubt=doubt), replace(AUDIO, recording_s=100.0)

    assert verdict_on(doubtful) == Verdict(Outcome.EXPORTED, doubt)
    assert verdict_on(doubtful, known) == Verdict(Outcome.EXPORTED)
    assert verdict_on(replace(doubtful, duration_s=None), known) == Verdict(Outcome.EXPORTED, doubt)


def test_an_unknown_duration_is_no_reason_for_distrust() -> None:
    facts = replace(AUDIO, recording_s=100.0, conversation_s=100.0)

    assert verdict_on(replace(CALL, duration_s=None), facts).outcome is Outcome.EXPORTED


@pytest.mark.parametrize(
    ("listed", "is_supported"),
    [
        ({"wav"}, True),
        ({"ulaw"}, True),
        ({"wav/ulaw"}, True),
        ({"wav/alaw", "ogg"}, False),
        (DEFAULT_CODECS, True),
        (frozenset(), False),
    ],
)
def test_a_policy_lists_containers_codecs_or_pairs(
    listed: set[str],
    is_supported: bool,  # noqa: FBT001
) -> None:
    verdict = verdict_on(CALL, policy=Policy(frozenset(listed)))

    assert (verdict.outcome is Outcome.EXPORTED) is is_supported
    assert is_supported or "wav/ulaw" in verdict.reason


def test_what_is_not_supported_is_excluded_or_quarantined() -> None:
    policy = Policy(frozenset({"ogg"}))
    strict = Policy(frozenset({"ogg"}), Outcome.QUARANTINED)

    assert verdict_on(CALL, policy=policy).outcome is Outcome.EXCLUDED
    assert verdict_on(CALL, policy=strict).outcome is Outcome.QUARANTINED
    assert verdict_on(replace(CALL, problem="cut"), policy=policy).outcome is Outcome.QUARANTINED


@pytest.mark.parametrize(
    ("content_type", "is_mislabelled"),
    [
        ("", False),
        ("audio/wav", False),
        ("audio/something-new", False),
        ("application/octet-stream", False),
        ("audio/ogg", True),
        ("application/pdf", True),
    ],
)
def test_an_announced_type_that_lies_is_told_but_believed_less_than_the_bytes(
    content_type: str,
    is_mislabelled: bool,  # noqa: FBT001
) -> None:
    trust = judge_sound(CALL, replace(AUDIO, content_type=content_type), Policy())

    assert trust.verdict.outcome is Outcome.EXPORTED
    assert trust.is_mislabelled is is_mislabelled
