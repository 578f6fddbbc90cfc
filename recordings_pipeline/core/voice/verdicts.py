"""What to do about a recording whose transcript and sound do not tell of the same call."""

# By verdict; all others say that both agree, or that there is too little to judge by.
NEXT_STEPS = {
    "swapped_channels": (
        "listen with `show`: sides are exchanged in the transcript or in the audio; do not use its "
        "speakers before you know in which"
    ),
    "shifted_clock": (
        "add shift_ms to the times of the transcript before you look for its words in the audio"
    ),
    "missing_speech": (
        "compare transcript_ms with audio_ms and listen with `show`: the source that has less "
        "lacks speech; use the turns of the other"
    ),
}
