"""How far a stage has come, in words."""

from dataclasses import replace

from recordings_pipeline.core.headway import Headway, Sample, headway_text, recent_rate

UNDER_WAY = Headway(
    stage="audio_files",
    done=123,
    total=4_000,
    bytes_moved=1_200_000_000,
    seconds=6.0,
    bytes_per_s=85e6,
    calls_used=280,
    calls_allowed=300,
)


def test_a_line_says_what_is_done_what_moves_and_what_is_left_of_the_allowance() -> None:
    assert headway_text(UNDER_WAY) == (
        "123 of 4,000 recordings, 1.2 GB, 85 MB/s, about 3 min left, allowance 280 of 300"
    )


def test_a_line_says_why_nothing_moves() -> None:
    waiting = replace(UNDER_WAY, is_waiting=True, rate_limited_count=2)

    assert headway_text(waiting).endswith(", allowance 280 of 300, waiting, 2 times 429")


def test_before_anything_is_done_nobody_knows_how_long_it_takes() -> None:
    assert replace(UNDER_WAY, done=0).left_s is None
    assert replace(UNDER_WAY, total=0).left_s is None
    assert replace(UNDER_WAY, done=4_000).left_s == 0
    assert replace(UNDER_WAY, done=4_100).left_s == 0


def test_a_stage_that_moves_nothing_says_nothing_of_bytes() -> None:
    index = Headway("recording_index", 3, 4, seconds=6, calls_used=7, calls_allowed=300)

    assert headway_text(index) == "3 of 4 conversations, about 2 s left, allowance 7 of 300"
    assert headway_text(Headway("transcripts")) == (
        "communications: not counted yet, allowance 0 of 0"
    )


def test_the_recent_rate_is_that_between_the_first_and_the_last_sample() -> None:
    samples = [Sample(10.0, 1_000), Sample(11.0, 1_500), Sample(12.0, 5_000)]

    assert recent_rate(samples) == 2_000
    assert recent_rate(samples[:1]) == recent_rate([]) == 0
    assert recent_rate([samples[0], samples[0]]) == 0
