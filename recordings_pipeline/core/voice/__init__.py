"""Who spoke when, told from the sound itself: functions of samples and of what is measured in them.

Everything is counted in frames of 10 ms at 8,000 samples a second, the rate of telephone lines.
"""
